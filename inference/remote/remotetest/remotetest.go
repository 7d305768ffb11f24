// Package remotetest serves a small endpoint that speaks the OpenAI protocol, for tests: what it offers, and how it misbehaves, is up to the test.
package remotetest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The parts of an endpoint that may be missing.
const (
	Models         = "models"
	Chat           = "chat/completions"
	Completions    = "completions"
	Embeddings     = "embeddings"
	LogProbs       = "logprobs"        // accepted, and left out of the answer
	Echo           = "echo"            // ignored
	PromptLogProbs = "prompt_logprobs" // ignored
	JSONSchema     = "json_schema"     // refused
	JSONObject     = "json_object"     // refused
	MaxTokens      = "max_tokens"      // refused in favour of max_completion_tokens
	Usage          = "usage"           // left out
)

// A Call is a request that came.
type Call struct {
	Path, Auth string
	Body       map[string]any
	At         time.Time
}

// An Endpoint answers like a model whose tokens are words. Its fields are set before the first call.
type Endpoint struct {
	URL     string // up to /v1
	Names   []string
	Key     string // "": none wanted
	Context int    // tokens; 0: no limit
	Lacks   []string

	// Reply is the text of an answer; nil: "yes", or the first label or property of a schema.
	Reply func(body map[string]any) string
	// Shifted answers echo with the log-probabilities of the token behind each, as llama-cpp-python 0.3 does.
	Shifted bool
	// Wrong is asked first; true: it has answered itself.
	Wrong func(w http.ResponseWriter, r *http.Request, body map[string]any) bool

	server *httptest.Server
	mu     sync.Mutex
	calls  []Call
	now    int
	most   int
}

// New starts an endpoint with the model "tiny", which ends with the test.
func New(t testing.TB) *Endpoint {
	e := &Endpoint{Names: []string{"tiny"}}
	e.server = httptest.NewServer(http.HandlerFunc(e.serve))
	e.URL = e.server.URL + "/v1"
	t.Cleanup(func() {
		e.server.CloseClientConnections()
		e.server.Close()
	})
	return e
}

// Calls returns the requests for a path below /v1 ("": all) so far.
func (e *Endpoint) Calls(path string) []Call {
	e.mu.Lock()
	defer e.mu.Unlock()
	var cs []Call
	for _, c := range e.calls {
		if path == "" || c.Path == path {
			cs = append(cs, c)
		}
	}
	return cs
}

// Most is how many requests were on their way at once.
func (e *Endpoint) Most() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.most
}

func (e *Endpoint) has(part string) bool { return !slices.Contains(e.Lacks, part) }

func (e *Endpoint) serve(w http.ResponseWriter, r *http.Request) {
	var body map[string]any
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			Fail(w, 400, "invalid_json", "the body is no JSON")
			return
		}
	}
	path := strings.TrimPrefix(r.URL.Path, "/v1/")
	e.mu.Lock()
	e.calls = append(e.calls, Call{path, r.Header.Get("Authorization"), body, time.Now()})
	e.now++
	e.most = max(e.most, e.now)
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		e.now--
		e.mu.Unlock()
	}()
	if e.Wrong != nil && e.Wrong(w, r, body) {
		return
	}
	if e.Key != "" && r.Header.Get("Authorization") != "Bearer "+e.Key {
		Fail(w, 401, "invalid_api_key", "Incorrect API key provided: "+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		return
	}
	switch {
	case !e.has(path) || !strings.HasPrefix(r.URL.Path, "/v1/"):
		http.NotFound(w, r)
	case path == Models:
		var data []map[string]any
		for _, n := range e.Names {
			data = append(data, map[string]any{"id": n, "object": "model"})
		}
		Answer(w, map[string]any{"object": "list", "data": data})
	case !slices.Contains(e.Names, fmt.Sprint(body["model"])):
		Fail(w, 404, "model_not_found", fmt.Sprintf("The model `%v` does not exist.", body["model"]))
	case path == Embeddings:
		Answer(w, map[string]any{"data": []any{map[string]any{"embedding": []float64{0.25, -0.5, 1}}}, "usage": map[string]any{"prompt_tokens": 3}})
	case path == Chat, path == Completions:
		e.complete(w, path, body)
	default:
		http.NotFound(w, r)
	}
}

// Answer sends a JSON answer.
func Answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // tests build what marshals
	}
	w.Write(b)
}

// Fail sends an error in OpenAI's form.
func Fail(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error":{"message":%q,"type":"invalid_request_error","code":%q}}`, message, code)
}

var words = regexp.MustCompile(` ?[\p{L}\p{N}_]+|\s|.`)

// Tokens cuts a text as the endpoint's model does.
func Tokens(text string) []string { return words.FindAllString(text, -1) }

// LogProb is what the endpoint's model gives a token behind a text.
func LogProb(before, token string) float64 {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s|%s", before, token)
	return -0.5 - float64(h.Sum32()%1000)/500
}

// Likely are the tokens that the endpoint gives as the likeliest next ones.
var Likely = []string{"yes", "no", "0", "1", "2", "3", "4", "5"}

// Render puts a chat through the endpoint's template.
func Render(messages []any, generate bool) string {
	var b strings.Builder
	for i, m := range messages {
		msg := m.(map[string]any)
		fmt.Fprintf(&b, "<%s>%s", msg["role"], msg["content"])
		if i < len(messages)-1 || generate {
			b.WriteString("<end>")
		}
	}
	if generate {
		b.WriteString("<assistant>")
	}
	return b.String()
}

func (e *Endpoint) complete(w http.ResponseWriter, path string, body map[string]any) {
	if !e.accepts(w, body) {
		return
	}
	prompt := fmt.Sprint(body["prompt"])
	if path == Chat {
		prompt = Render(body["messages"].([]any), body["add_generation_prompt"] != false)
	}
	tokens := Tokens(prompt)
	if e.Context > 0 && len(tokens) > e.Context {
		Fail(w, 400, "context_length_exceeded", fmt.Sprintf("This model's maximum context length is %d tokens. However, your messages resulted in %d tokens.", e.Context, len(tokens)))
		return
	}
	text, finish := e.text(body), "stop"
	said := Tokens(text)
	if n, ok := number(body, "max_tokens", "max_completion_tokens"); ok && len(said) > n {
		said, finish = said[:n], "length"
		text = strings.Join(said, "")
	}
	choice := map[string]any{"index": 0, "finish_reason": finish}
	if path == Chat {
		choice["message"] = map[string]any{"role": "assistant", "content": text}
	} else {
		choice["text"] = text
	}
	e.probs(choice, path, body, prompt, text)
	answer := map[string]any{"object": "completion", "choices": []any{choice}}
	if e.has(Usage) {
		answer["usage"] = map[string]any{"prompt_tokens": len(tokens), "completion_tokens": len(said)}
	}
	if _, ok := body["prompt_logprobs"]; ok && e.has(PromptLogProbs) {
		list := []any{nil}
		before := ""
		for i, t := range tokens {
			if i > 0 {
				list = append(list, map[string]any{fmt.Sprint(i): map[string]any{"logprob": LogProb(before, t), "rank": 1}})
			}
			before += t
		}
		answer["prompt_logprobs"] = list
	}
	Answer(w, answer)
}

// accepts refuses what the endpoint lacks.
func (e *Endpoint) accepts(w http.ResponseWriter, body map[string]any) bool {
	if _, ok := body["max_tokens"]; ok && !e.has(MaxTokens) {
		Fail(w, 400, "unsupported_parameter", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.")
		return false
	}
	if f, ok := body["response_format"].(map[string]any); ok && !e.has(fmt.Sprint(f["type"])) {
		Fail(w, 400, "unsupported", fmt.Sprintf("response_format %v is not supported", f["type"]))
		return false
	}
	return true
}

// text is what the model says.
func (e *Endpoint) text(body map[string]any) string {
	if e.Reply != nil {
		return e.Reply(body)
	}
	f, ok := body["response_format"].(map[string]any)
	if !ok {
		return "yes"
	}
	var s struct {
		JSONSchema struct {
			Schema struct {
				Properties map[string]struct {
					Type string   `json:"type"`
					Enum []string `json:"enum"`
				} `json:"properties"`
			} `json:"schema"`
		} `json:"json_schema"`
	}
	b, err := json.Marshal(f)
	if err != nil || json.Unmarshal(b, &s) != nil {
		return "{}"
	}
	out := map[string]any{}
	for name, p := range s.JSONSchema.Schema.Properties {
		switch {
		case len(p.Enum) > 0:
			out[name] = p.Enum[0]
		case p.Type == "integer" || p.Type == "number":
			out[name] = 3
		case p.Type == "boolean":
			out[name] = true
		default:
			out[name] = "yes"
		}
	}
	b, err = json.Marshal(out)
	if err != nil {
		panic(err) // strings and numbers marshal
	}
	return string(b)
}

// probs adds log-probabilities where they are asked for.
func (e *Endpoint) probs(choice map[string]any, path string, body map[string]any, prompt, text string) {
	asked, ok := body["logprobs"]
	if !ok || asked == false || !e.has(LogProbs) {
		return
	}
	top := map[string]float64{}
	for _, t := range Likely {
		top[t] = LogProb(prompt, t)
	}
	if path == Chat {
		var list []any
		for t, lp := range top {
			list = append(list, map[string]any{"token": t, "logprob": lp})
		}
		choice["logprobs"] = map[string]any{"content": []any{map[string]any{"token": text, "logprob": -0.5, "top_logprobs": list}}}
		return
	}
	if body["echo"] != true || !e.has(Echo) {
		choice["logprobs"] = map[string]any{"tokens": []string{text}, "token_logprobs": []float64{-0.5}, "top_logprobs": []any{top}, "text_offset": []int{0}}
		return
	}
	var probs []any
	var starts []int
	before, at := "", 0
	tokens := append(Tokens(prompt), text)
	for i, t := range tokens {
		var lp any
		if i > 0 {
			lp = LogProb(before, t)
		}
		probs, starts = append(probs, lp), append(starts, at)
		before, at = before+t, at+len([]rune(t))
	}
	if e.Shifted {
		for i := 1; i < len(probs)-1; i++ {
			probs[i] = probs[i+1]
		}
	}
	choice["text"] = prompt + text
	choice["logprobs"] = map[string]any{"tokens": tokens, "token_logprobs": probs, "text_offset": starts}
}

func number(body map[string]any, names ...string) (int, bool) {
	for _, n := range names {
		if v, ok := body[n].(float64); ok {
			return int(v), true
		}
	}
	return 0, false
}
