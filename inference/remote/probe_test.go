package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/winnow-data/winnow/inference/remote/remotetest"
)

// states lists the checks of a report.
func states(r Report) (s []string) {
	for _, c := range r.Checks {
		s = append(s, c.Name+": "+c.State)
	}
	return s
}

func TestProbe(t *testing.T) {
	capital := func(body map[string]any) string {
		if strings.Contains(fmt.Sprint(body), "capital") {
			return `{"city":"Lisbon"}`
		}
		return "yes"
	}
	everything := []string{"models: ok", "chat: ok", "raw completion: ok", "log-probabilities: ok", "prompt log-probabilities: ok", "JSON object: ok", "JSON schema: ok", "embeddings: ok"}
	for _, c := range []struct {
		name   string
		setup  func(*remotetest.Endpoint, *Options)
		states []string
		works  bool
		says   []string // in a detail, a fix or a note
	}{
		{"everything", func(*remotetest.Endpoint, *Options) {}, everything, true, []string{"tiny", "3 numbers", `"yes"`}},
		{
			"key given", func(e *remotetest.Endpoint, o *Options) { e.Key, o.KeyEnv = secret, "TINY_KEY" },
			slices.Insert(slices.Clone(everything), 1, "chat without a key: not offered"), true, nil,
		},
		{
			"key given and not needed", func(e *remotetest.Endpoint, o *Options) { o.KeyEnv = "TINY_KEY" },
			slices.Insert(slices.Clone(everything), 1, "chat without a key: ok"), true, nil,
		},
		{
			"key wanted", func(e *remotetest.Endpoint, o *Options) { e.Key, o.Model = secret, "tiny" },
			[]string{
				"models: failed", "chat: failed", "raw completion: skipped", "log-probabilities: skipped", "prompt log-probabilities: skipped",
				"JSON object: skipped", "JSON schema: skipped", "embeddings: skipped",
			},
			false,
			[]string{"--key-env NAME"},
		},
		{
			"key wrong", func(e *remotetest.Endpoint, o *Options) { e.Key, o.KeyEnv, o.Model = "other", "TINY_KEY", "tiny" },
			[]string{
				"models: failed", "chat without a key: not offered", "chat: failed", "raw completion: skipped", "log-probabilities: skipped",
				"prompt log-probabilities: skipped", "JSON object: skipped", "JSON schema: skipped", "embeddings: skipped",
			},
			false,
			[]string{"the key in TINY_KEY is not accepted"},
		},
		{
			"chat alone", func(e *remotetest.Endpoint, o *Options) {
				e.Lacks = []string{"completions", "embeddings", "logprobs", "prompt_logprobs", "json_schema", "json_object", "models"}
				o.Model = "tiny"
			},
			[]string{
				"models: not offered", "chat: ok", "raw completion: not offered", "log-probabilities: not offered", "prompt log-probabilities: not offered",
				"JSON object: not offered", "JSON schema: not offered", "embeddings: not offered",
			},
			true,
			[]string{"asked for in words"},
		},
		{
			"a base model", func(e *remotetest.Endpoint, o *Options) { e.Lacks = []string{"chat/completions"} },
			[]string{
				"models: ok", "chat: not offered", "raw completion: ok", "log-probabilities: not offered", "prompt log-probabilities: ok",
				"JSON object: not offered", "JSON schema: not offered", "embeddings: ok",
			},
			false, nil,
		},
		{
			"other model", func(e *remotetest.Endpoint, o *Options) { o.Model = "huge" },
			[]string{
				"models: ok", "chat: failed", "raw completion: skipped", "log-probabilities: skipped", "prompt log-probabilities: skipped",
				"JSON object: skipped", "JSON schema: skipped", "embeddings: skipped",
			},
			false,
			[]string{"--model tiny", "does not list the model huge"},
		},
		{
			"formats ignored", func(e *remotetest.Endpoint, o *Options) { e.Reply = func(map[string]any) string { return "yes" } },
			[]string{
				"models: ok", "chat: ok", "raw completion: ok", "log-probabilities: ok", "prompt log-probabilities: ok",
				"JSON object: not offered", "JSON schema: not offered", "embeddings: ok",
			},
			true, nil,
		},
		{"wrong path", func(_ *remotetest.Endpoint, o *Options) { o.URL = strings.TrimSuffix(o.URL, "/v1") + "/api" }, everything, true, []string{"the path is wrong: write http"}},
		{"nothing of a model there", func(e *remotetest.Endpoint, _ *Options) {
			e.Wrong = func(w http.ResponseWriter, r *http.Request, _ map[string]any) bool { http.NotFound(w, r); return true }
		}, nil, false, []string{"mostly ends in /v1"}},
		{"hangs", func(e *remotetest.Endpoint, o *Options) {
			o.Timeout = 100 * time.Millisecond
			e.Wrong = func(_ http.ResponseWriter, r *http.Request, _ map[string]any) bool {
				if r.Method == http.MethodPost {
					<-r.Context().Done()
				}
				return r.Method == http.MethodPost
			}
		}, nil, false, []string{"does not answer", "--timeout"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := remotetest.New(t)
			e.Reply = capital
			o := Options{URL: e.URL, Wait: time.Millisecond, Getenv: func(string) string { return secret }}
			c.setup(e, &o)
			r, err := Probe(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if got := states(r); c.states != nil && !slices.Equal(got, c.states) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.states, "\n"))
			}
			if r.Works != c.works {
				t.Errorf("works: %v, want %v", r.Works, c.works)
			}
			all := fmt.Sprintf("%+v", r)
			for _, s := range c.says {
				if !strings.Contains(all, s) {
					t.Errorf("%q is nowhere in %s", s, all)
				}
			}
			if strings.Contains(all, secret) {
				t.Errorf("the report shows the key: %s", all)
			}
		})
	}
}

func TestProbeMendsTheAddress(t *testing.T) {
	e := remotetest.New(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, ok := strings.CutPrefix(r.URL.Path, "/proxy")
		if !ok {
			http.NotFound(w, r)
			return
		}
		http.Redirect(w, r, strings.TrimSuffix(e.URL, "/v1")+path, http.StatusTemporaryRedirect)
	}))
	defer s.Close()
	r, err := Probe(t.Context(), Options{URL: s.URL + "/proxy/v1"})
	if err != nil || !strings.Contains(fmt.Sprint(r), "moved to "+e.URL) {
		t.Errorf("a redirect: got %+v (%v), want the other address named", r, err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/sub/v1/models", func(w http.ResponseWriter, _ *http.Request) {
		remotetest.Answer(w, map[string]any{"data": []any{map[string]any{"id": "m"}}})
	})
	sub := httptest.NewServer(mux)
	defer sub.Close()
	r, err = Probe(t.Context(), Options{URL: sub.URL + "/sub"})
	if err != nil || r.URL != sub.URL+"/sub/v1" || r.Model != "m" || len(r.Notes) != 1 {
		t.Errorf("/v1 forgotten: got %+v (%v), want it added and noted", r, err)
	}
}

func TestProbeOfNothing(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	url := s.URL
	s.Close()
	r, err := Probe(t.Context(), Options{URL: url})
	if err != nil || r.Works || !strings.Contains(fmt.Sprint(r), "nothing listens") {
		t.Errorf("got %+v (%v)", r, err)
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	r, err = Probe(t.Context(), Options{URL: "https" + strings.TrimPrefix(plain.URL, "http"), Model: "m"})
	if err != nil || !strings.Contains(fmt.Sprint(r), "write http://") {
		t.Errorf("https to plain HTTP: got %+v (%v)", r, err)
	}
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.StartTLS()
	defer tls.Close()
	r, err = Probe(t.Context(), Options{URL: tls.URL, Model: "m"})
	if err != nil || !strings.Contains(fmt.Sprint(r), "certificate is not trusted") {
		t.Errorf("unknown certificate: got %+v (%v)", r, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Probe(ctx, Options{URL: plain.URL}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's end", err)
	}
}
