package remote

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/inference/remote/remotetest"
)

const secret = "sk-very-secret"

// open makes a model with short waits.
func open(t *testing.T, e *remotetest.Endpoint, change func(*Options)) *Model {
	t.Helper()
	o := Options{
		URL: e.URL, Model: "tiny", Wait: time.Millisecond, Timeout: 5 * time.Second,
		Getenv: func(string) string { return secret },
	}
	if change != nil {
		change(&o)
	}
	m, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func chat(text string) inference.Request {
	return inference.Request{Key: "doc-1", Messages: []inference.Message{{Role: "user", Content: text}}}
}

// one asks one request, whose reply must be there.
func one(t *testing.T, m *Model, r inference.Request) inference.Reply {
	t.Helper()
	replies, err := m.Complete(t.Context(), []inference.Request{r})
	if err != nil {
		t.Fatal(err)
	}
	return replies[0]
}

func TestChat(t *testing.T) {
	e := remotetest.New(t)
	e.Reply = func(map[string]any) string { return "a good text STOP and more" }
	m := open(t, e, func(o *Options) { o.Price = Price{In: 2, Out: 10} })
	r := chat("Is this good?")
	r.MaxTokens, r.Temperature, r.TopP, r.TopK, r.MinP, r.Penalty, r.Stop, r.Seed = 50, 0.7, 0.9, 40, 0.05, 1.1, []string{" STOP"}, 7
	got := one(t, m, r)
	if got.Err != nil || got.Text != "a good text" || got.Finish != inference.FinishStop || got.In == 0 || got.Out != 6 {
		t.Errorf("got %+v", got)
	}
	body := e.Calls("chat/completions")[0].Body
	for name, want := range map[string]any{"model": "tiny", "max_tokens": 50.0, "temperature": 0.7, "top_p": 0.9, "top_k": 40.0, "min_p": 0.05, "repetition_penalty": 1.1} {
		if body[name] != want {
			t.Errorf("%s: sent %v, want %v", name, body[name], want)
		}
	}
	if s, ok := body["seed"].(float64); !ok || s < 0 || s >= 1<<31 {
		t.Errorf("seed %v, want 31 bits", body["seed"])
	}
	u := m.Usage()
	if u.Calls != 1 || u.Tries != 1 || u.In != int64(got.In) || u.Out != 6 || math.Abs(u.Cost-(float64(got.In)*2+60)/1e6) > 1e-12 {
		t.Errorf("usage %+v", u)
	}
}

func TestGreedySendsNoSeed(t *testing.T) {
	e := remotetest.New(t)
	m := open(t, e, nil)
	one(t, m, chat("x"))
	body := e.Calls("")[0].Body
	if body["temperature"] != 0.0 || body["seed"] != nil || body["max_tokens"] != nil || body["top_p"] != nil {
		t.Errorf("sent %v, want temperature 0 and nothing about sampling", body)
	}
}

func TestSeedDependsOnKeyAndSeed(t *testing.T) {
	seen := map[int64]string{}
	for _, key := range []string{"", "a", "b"} {
		for s := range uint64(3) {
			r := inference.Request{Key: key, Seed: s}
			if prev, ok := seen[seed(r)]; ok {
				t.Errorf("key %q and seed %d share the seed of %s", key, s, prev)
			}
			seen[seed(r)] = fmt.Sprintf("%q %d", key, s)
		}
	}
}

func TestRepliesStandInOrder(t *testing.T) {
	e := remotetest.New(t)
	e.Reply = func(body map[string]any) string {
		for begin := time.Now(); e.Most() < 2 && time.Since(begin) < 10*time.Second; time.Sleep(time.Millisecond) { // the first waits for a second
		}
		return body["messages"].([]any)[0].(map[string]any)["content"].(string)
	}
	m := open(t, e, func(o *Options) { o.Concurrency = 5 })
	var rs []inference.Request
	for i := range 60 {
		rs = append(rs, chat(fmt.Sprintf("text%d", i)))
	}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			replies, err := m.Complete(t.Context(), rs)
			if err != nil {
				t.Error(err)
				return
			}
			for i, r := range replies {
				if r.Text != fmt.Sprintf("text%d", i) {
					t.Errorf("reply %d is %q", i, r.Text)
				}
			}
		})
	}
	wg.Wait()
	if most := e.Most(); most > 5 || most < 2 {
		t.Errorf("%d requests at once, want more than one and at most 5 over all callers", most)
	}
}

func TestKeyIsSentAndNeverShown(t *testing.T) {
	e := remotetest.New(t)
	e.Key = secret
	m := open(t, e, func(o *Options) { o.KeyEnv = "TINY_KEY" })
	if got := one(t, m, chat("x")); got.Err != nil {
		t.Fatal(got.Err)
	}
	e.Key = "another"
	_, err := m.Complete(t.Context(), []inference.Request{chat("x")})
	if !errors.Is(err, ErrAuth) || !strings.Contains(err.Error(), "TINY_KEY") {
		t.Errorf("got %v, want an error about the key that names its variable", err)
	}
	for what, s := range map[string]string{"the error": fmt.Sprint(err), "the name": m.Name(), "a print": fmt.Sprintf("%v %+v %#v", m, m, m)} {
		if strings.Contains(s, secret) {
			t.Errorf("%s shows the key: %s", what, s)
		}
	}
	bare := open(t, e, nil)
	if _, err := bare.Complete(t.Context(), []inference.Request{chat("x")}); !errors.Is(err, ErrAuth) || !strings.Contains(err.Error(), "key_env") {
		t.Errorf("no key: got %v, want an error that says how to give one", err)
	}
	if n := len(e.Calls("")); n != 3 {
		t.Errorf("%d requests, want 3: a wrong key is not tried again", n)
	}
}

func TestNew(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		base string
		says string
	}{
		{"host alone", Options{URL: "http://h:8000", Model: "m"}, "http://h:8000/v1", ""},
		{"slash", Options{URL: "http://h:8000/v1/", Model: "m"}, "http://h:8000/v1", ""},
		{"whole call", Options{URL: "https://h/v1/chat/completions", Model: "m"}, "https://h/v1", ""},
		{"other path", Options{URL: "https://h/api/openai", Model: "m"}, "https://h/api/openai", ""},
		{"query", Options{URL: "https://h/v1?api-version=2", Model: "m"}, "https://h/v1?api-version=2", ""},
		{"no scheme", Options{URL: "localhost:8000", Model: "m"}, "", "no web address"},
		{"no address", Options{Model: "m"}, "", "no web address"},
		{"password", Options{URL: "https://u:p4ss@h/v1", Model: "m"}, "", "key_env"},
		{"key in the query", Options{URL: "https://h/v1?api_key=p4ss", Model: "m"}, "", "key_env"},
		{"no model", Options{URL: "http://h/v1"}, "", "winnow doctor endpoint http://h/v1"},
		{"key not set", Options{URL: "http://h/v1", Model: "m", KeyEnv: "EMPTY"}, "", "EMPTY, which is not set"},
		{"key of two lines", Options{URL: "http://h/v1", Model: "m", KeyEnv: "BAD"}, "", "holds a space"},
		{"odd json", Options{URL: "http://h/v1", Model: "m", JSON: "xml"}, "", "object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.Getenv = func(k string) string { return map[string]string{"BAD": "p4ss\np4ss"}[k] }
			m, err := New(c.o)
			if c.says == "" {
				if err != nil || m.base.String() != c.base {
					t.Errorf("got %v (%v), want %s", m, err, c.base)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "p4ss") {
				t.Errorf("got %v, want an error with %q and no secret", err, c.says)
			}
		})
	}
	m, err := New(Options{URL: "https://h/v1/completions?v=2", Model: "org/m", JSON: Object})
	if err != nil || m.Name() != "remote h/v1?v=2 model=org/m json=object" {
		t.Errorf("name %q (%v)", m.Name(), err)
	}
}

func TestRawPromptsAndIDs(t *testing.T) {
	e := remotetest.New(t)
	m := open(t, e, nil)
	if got := one(t, m, inference.Request{Prompt: "once upon"}); got.Text != "yes" || got.Err != nil {
		t.Errorf("got %+v", got)
	}
	if got := one(t, m, inference.Request{IDs: []int32{3, 4}}); got.Text != "yes" || got.Err != nil {
		t.Errorf("got %+v", got)
	}
	calls := e.Calls("completions")
	if len(calls) != 2 || calls[0].Body["prompt"] != "once upon" || fmt.Sprint(calls[1].Body["prompt"]) != "[3 4]" {
		t.Errorf("calls %v", calls)
	}
}

func TestRequestsThatNoEndpointAnswers(t *testing.T) {
	e := remotetest.New(t)
	m := open(t, e, nil)
	for name, r := range map[string]inference.Request{
		"nothing asked":     {Key: "k"},
		"two forms":         {Prompt: "x", IDs: []int32{1}},
		"no choices":        {Prompt: "x", Task: inference.Choose},
		"labels and schema": {Prompt: "x", Labels: []string{"a"}, Schema: []byte(`{}`)},
		"broken schema":     {Prompt: "x", Schema: []byte(`{"type":`)},
		"wrong schema":      {Prompt: "x", Schema: []byte(`{"type":"nothing"}`)},
		"far schema":        {Prompt: "x", Schema: []byte(`{"$ref":"http://127.0.0.1:1/s.json"}`)},
	} {
		if got := one(t, m, r); got.Err == nil {
			t.Errorf("%s: got %+v, want an error of the request", name, got)
		}
	}
	if n := len(e.Calls("")); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	if _, err := m.Complete(t.Context(), []inference.Request{{Prompt: "x", Task: inference.Classify}}); !errors.Is(err, ErrNotOffered) {
		t.Errorf("classify: got %v, want ErrNotOffered", err)
	}
}

func TestEmbed(t *testing.T) {
	e := remotetest.New(t)
	m := open(t, e, nil)
	got := one(t, m, inference.Request{Prompt: "x", Task: inference.Embed})
	if got.Err != nil || len(got.Vector) != 3 || got.Vector[1] != -0.5 || got.In != 3 {
		t.Errorf("got %+v", got)
	}
	e.Wrong = func(w http.ResponseWriter, _ *http.Request, body map[string]any) bool {
		if body["input"] != "tokens" {
			return false
		}
		remotetest.Answer(w, map[string]any{"data": []any{map[string]any{"embedding": [][]float64{{1, 2}, {3, 6}}}}})
		return true
	}
	if got := one(t, m, inference.Request{Prompt: "tokens", Task: inference.Embed}); got.Err != nil || !slices.Equal(got.Vector, []float32{3, 6}) {
		t.Errorf("one for each token, last: got %+v", got)
	}
	if got := one(t, m, inference.Request{Prompt: "tokens", Task: inference.Embed, Pooling: inference.Mean}); got.Err != nil || !slices.Equal(got.Vector, []float32{2, 4}) {
		t.Errorf("one for each token, mean: got %+v", got)
	}
	e.Lacks = []string{remotetest.Embeddings}
	if _, err := m.Complete(t.Context(), []inference.Request{{Prompt: "x", Task: inference.Embed}}); !errors.Is(err, ErrNotOffered) || !strings.Contains(err.Error(), "winnow doctor endpoint") {
		t.Errorf("got %v, want ErrNotOffered and where to look", err)
	}
}

func TestCancelledAtOnce(t *testing.T) {
	e := remotetest.New(t)
	e.Wrong = func(_ http.ResponseWriter, r *http.Request, _ map[string]any) bool {
		<-r.Context().Done()
		return true
	}
	m := open(t, e, nil)
	rs := make([]inference.Request, 30)
	for i := range rs {
		rs[i] = chat("x")
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	begun := time.Now()
	_, err := m.Complete(ctx, rs)
	if took := time.Since(begun); !errors.Is(err, context.Canceled) || took > 2*time.Second {
		t.Errorf("got %v after %v, want the context's end at once", err, took)
	}
}
