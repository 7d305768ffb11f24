package remote

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/inference/remote/remotetest"
)

// formats lists the response formats that were sent.
func formats(e *remotetest.Endpoint) (fs []string) {
	for _, c := range e.Calls("") {
		f, ok := c.Body["response_format"].(map[string]any)
		if !ok {
			f = map[string]any{"type": "-"}
		}
		fs = append(fs, fmt.Sprint(f["type"]))
	}
	return fs
}

const personSchema = `{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"],"additionalProperties":false}`

func TestLabelsAndSchemas(t *testing.T) {
	labels := []string{"news", "Forum post", "code"}
	says := func(s string) func(map[string]any) string { return func(map[string]any) string { return s } }
	for _, c := range []struct {
		name    string
		schema  string // "": labels
		mode    string
		lacks   []string
		reply   func(map[string]any) string
		text    string // "": an error
		formats []string
	}{
		{"schema", "", Auto, nil, nil, "news", []string{"json_schema"}},
		{"no schemas there", "", Auto, []string{"json_schema"}, says(`{"label":"code"}`), "code", []string{"json_schema", "json_object"}},
		{"no formats there", "", Auto, []string{"json_schema", "json_object"}, says("code"), "code", []string{"json_schema", "json_object", "-"}},
		{"format ignored", "", Auto, nil, says("It is code, I think."), "", []string{"json_schema", "json_object", "-"}},
		{"format ignored, then obeyed", "", Auto, nil, func(b map[string]any) string {
			if b["response_format"] == nil {
				return "\"Forum post\"."
			}
			return "Sure! Let me see."
		}, "Forum post", []string{"json_schema", "json_object", "-"}},
		{"in words", "", Ask, nil, says("**forum post**"), "Forum post", []string{"-"}},
		{"object only", "", Object, nil, says("```json\n{\"label\": \"code\"}\n```"), "code", []string{"json_object"}},
		{"schema only, refused", "", Schema, []string{"json_schema"}, nil, "", []string{"json_schema"}},
		{"other label", "", Schema, nil, says(`{"label":"prose"}`), "", []string{"json_schema"}},
		{"own schema", personSchema, Auto, nil, nil, `{"age":3,"name":"yes"}`, []string{"json_schema"}},
		{"own schema, fenced", personSchema, Ask, nil, says("Here:\n```\n{\"name\":\"A\",\"age\":4}\n```\nDone."), `{"name":"A","age":4}`, []string{"-"}},
		{"own schema, wrong type", personSchema, Schema, nil, says(`{"name":"A","age":"4"}`), "", []string{"json_schema"}},
		{"own schema, missing", personSchema, Schema, nil, says(`{"name":"A"}`), "", []string{"json_schema"}},
		{"own schema, two values", personSchema, Schema, nil, says(`{"name":"A","age":4} {"name":"B","age":4}`), "", []string{"json_schema"}},
		{"own schema, no JSON", personSchema, Schema, nil, says(`A is four`), "", []string{"json_schema"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := remotetest.New(t)
			e.Lacks, e.Reply = c.lacks, c.reply
			m := open(t, e, func(o *Options) { o.JSON = c.mode })
			r := chat("What is this?")
			if c.schema == "" {
				r.Labels = labels
			} else {
				r.Schema = []byte(c.schema)
			}
			got := one(t, m, r)
			if c.text == "" && got.Err == nil || c.text != "" && (got.Err != nil || got.Text != c.text) {
				t.Errorf("got %+v, want %q", got, c.text)
			}
			if fs := formats(e); !slices.Equal(fs, c.formats) {
				t.Errorf("sent the formats %v, want %v", fs, c.formats)
			}
			if r.Messages[0].Content != "What is this?" {
				t.Errorf("the caller's message became %q", r.Messages[0].Content)
			}
		})
	}
}

func TestRefusedFormatIsLearned(t *testing.T) {
	e := remotetest.New(t)
	e.Lacks = []string{"json_schema", "json_object"}
	e.Reply = func(map[string]any) string { return "a" }
	m := open(t, e, nil)
	r := chat("x")
	r.Labels = []string{"a", "b"}
	for range 3 {
		if got := one(t, m, r); got.Text != "a" {
			t.Fatalf("got %+v", got)
		}
	}
	if fs := formats(e); !slices.Equal(fs, []string{"json_schema", "json_object", "-", "-", "-"}) {
		t.Errorf("sent %v, want each refused format once", fs)
	}
	last := e.Calls("")[4].Body["messages"].([]any)
	if text := fmt.Sprint(last[0].(map[string]any)["content"]); !strings.HasSuffix(text, `labels and nothing else: "a","b"`) {
		t.Errorf("asked %q, want the labels in words", text)
	}
}

func TestRawPromptIsNotChangedForASchema(t *testing.T) {
	e := remotetest.New(t)
	e.Lacks = []string{"json_schema"}
	m := open(t, e, nil)
	if got := one(t, m, inference.Request{Prompt: "x", Labels: []string{"a"}}); got.Err == nil {
		t.Errorf("got %+v, want an error", got)
	}
	for _, c := range e.Calls("") {
		if c.Body["prompt"] != "x" {
			t.Errorf("sent the prompt %q", c.Body["prompt"])
		}
	}
}

func TestCutJSONSaysSo(t *testing.T) {
	e := remotetest.New(t)
	e.Reply = func(map[string]any) string { return `{"name":"a very long name indeed","age":4}` }
	m := open(t, e, func(o *Options) { o.JSON = Schema })
	r := chat("x")
	r.Schema, r.MaxTokens = []byte(personSchema), 5
	if got := one(t, m, r); got.Err == nil || !strings.Contains(got.Err.Error(), "allow more tokens") {
		t.Errorf("got %+v", got)
	}
}

func TestOtherNamesAreLearned(t *testing.T) {
	e := remotetest.New(t)
	e.Lacks = []string{remotetest.MaxTokens}
	m := open(t, e, nil)
	r := chat("x")
	r.MaxTokens = 9
	for range 3 {
		if got := one(t, m, r); got.Err != nil {
			t.Fatal(got.Err)
		}
	}
	calls := e.Calls("")
	if len(calls) != 4 || calls[0].Body["max_tokens"] != 9.0 || calls[3].Body["max_completion_tokens"] != 9.0 || calls[3].Body["max_tokens"] != nil {
		t.Errorf("%d calls, the last with %v; want max_tokens tried once", len(calls), calls[len(calls)-1].Body)
	}
}

func TestTruncate(t *testing.T) {
	e := remotetest.New(t)
	e.Context = 60
	m := open(t, e, nil)
	long := "begin " + strings.Repeat("wörter sind schön ", 60) + "end"
	for name, r := range map[string]inference.Request{
		"chat": {Messages: []inference.Message{{Role: "system", Content: "Judge."}, {Role: "user", Content: long}}},
		"raw":  {Prompt: long},
	} {
		if got := one(t, m, r); !errors.Is(got.Err, ErrContext) {
			t.Errorf("%s: got %+v, want ErrContext", name, got)
		}
		r.Truncate = true
		if got := one(t, m, r); got.Err != nil || got.Text != "yes" {
			t.Errorf("%s: got %+v, want an answer to the shortened text", name, got)
		}
	}
	calls := e.Calls("chat/completions")
	sent := fmt.Sprint(calls[len(calls)-1].Body["messages"])
	if !strings.Contains(sent, "Judge.") || !strings.Contains(sent, "begin wörter") || !strings.Contains(sent, "schön end") || !strings.Contains(sent, gap) {
		t.Errorf("sent %q, want both ends and a gap", sent)
	}
	tiny := inference.Request{Prompt: "short text", Truncate: true}
	e.Context = 1
	if got := one(t, m, tiny); !errors.Is(got.Err, ErrContext) {
		t.Errorf("nothing to cut: got %+v", got)
	}
}

func TestShareToKeep(t *testing.T) {
	for _, c := range []struct {
		complaint string
		want      float64
	}{
		{"status 400 (maximum context length is 512 tokens. However, you requested 1236 tokens (1231 in the messages, 5 in the completion))", 0.9 * 512 / 1236},
		{"status 400 (the request exceeds the available context size)", 0.5},
		{"n_prompt_tokens 9000000, n_ctx 64", 0.05},
		{"limit 100, asked 101", 0.9 * 100 / 101},
	} {
		if got := share(c.complaint); !(math.Abs(got-c.want) < 1e-9) {
			t.Errorf("%s: keep %v, want %v", c.complaint, got, c.want)
		}
	}
}

func FuzzReadsAnything(f *testing.F) {
	for _, s := range []string{`{"label":"a"}`, "```json\n{}\n```", "```", "a", `{"name":"A","age":4}`, `{"error":{"message":1}}`, "[", `{"choices":[{"message":{"content":[{"text":"x"}]}}]}`} {
		f.Add(s)
	}
	labels, err := newConstraint(inference.Request{Labels: []string{"a", "b"}})
	if err != nil {
		f.Fatal(err)
	}
	person, err := newConstraint(inference.Request{Schema: []byte(personSchema)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if l, err := labels.read(s, "stop"); err == nil && l != "a" && l != "b" {
			t.Errorf("%q became the label %q", s, l)
		}
		if p, err := person.read(s, "stop"); err == nil && !strings.Contains(p, "age") {
			t.Errorf("%q became %q", s, p)
		}
		readComplaint([]byte(s))
		topTokens([]byte(s))
		if k := share(s); !(k > 0 && k < 1) {
			t.Errorf("%q: share %v", s, k)
		}
		if short, ok := middle(s, 0.5); ok && len(short) > len(s)+len(gap) {
			t.Errorf("%q was cut to %q", s, short)
		}
	})
}
