package remote

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/inference/remote/remotetest"
)

// hijack ends a connection in the middle.
func hijack(w http.ResponseWriter, send string) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err) // HTTP/1.1 servers can
	}
	fmt.Fprint(c, send)
	c.Close()
}

// misbehaviour is everything that may be gone at the next try.
var misbehaviour = map[string]func(http.ResponseWriter, *http.Request){
	"429": func(w http.ResponseWriter, _ *http.Request) {
		remotetest.Fail(w, 429, "rate_limit_exceeded", "slow down")
	},
	"500":         func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
	"502 as HTML": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502); fmt.Fprint(w, "<html>bad gateway") },
	"503":         func(w http.ResponseWriter, _ *http.Request) { remotetest.Fail(w, 503, "overloaded", "no capacity") },
	"504":         func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(504) },
	"529":         func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(529) },
	"408":         func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(408) },
	"garbage":     func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "\x00\xff oops") },
	"empty":       func(http.ResponseWriter, *http.Request) {},
	"half a JSON": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"choices":[{"message":{"content":"ye`) },
	"no choices":  func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"choices":[]}`) },
	"other form":  func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"choices":"yes"}`) },
	"JSON null":   func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `null`) },
	"error inside": func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"error":{"message":"upstream","code":502}}`)
	},
	"broke off": func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"choices":[{"message":{"content":"y"},"finish_reason":"error"}]}`)
	},
	"reset":         func(w http.ResponseWriter, _ *http.Request) { hijack(w, "") },
	"half a header": func(w http.ResponseWriter, _ *http.Request) { hijack(w, "HTTP/1.1 200 O") },
	"half a body": func(w http.ResponseWriter, _ *http.Request) {
		hijack(w, "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{\"choices\"")
	},
	"hangs": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	"hangs in a body": func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"cho`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	},
}

func TestMisbehaviourIsTriedAgain(t *testing.T) {
	for name, wrong := range misbehaviour {
		t.Run(name, func(t *testing.T) {
			e := remotetest.New(t)
			var n atomic.Int32
			e.Wrong = func(w http.ResponseWriter, r *http.Request, _ map[string]any) bool {
				if n.Add(1) > 2 {
					return false
				}
				wrong(w, r)
				return true
			}
			m := open(t, e, func(o *Options) { o.Timeout = 500 * time.Millisecond })
			if got := one(t, m, chat("x")); got.Err != nil || got.Text != "yes" {
				t.Errorf("got %+v, want the third answer", got)
			}
			if u := m.Usage(); u.Tries != 3 {
				t.Errorf("%d tries, want 3", u.Tries)
			}
		})
	}
}

func TestMisbehaviourWithoutEndIsBounded(t *testing.T) {
	for name, wrong := range misbehaviour {
		t.Run(name, func(t *testing.T) {
			e := remotetest.New(t)
			e.Wrong = func(w http.ResponseWriter, r *http.Request, _ map[string]any) bool {
				if r.Method == http.MethodGet {
					return false // the endpoint is up
				}
				wrong(w, r)
				return true
			}
			m := open(t, e, func(o *Options) { o.Timeout, o.Tries = 300*time.Millisecond, 3 })
			replies, err := m.Complete(t.Context(), []inference.Request{chat("x")})
			if name == "429" {
				if err == nil {
					t.Errorf("got %+v, want an error that stops: asking for the next document would be in vain", replies)
				}
				return
			}
			if err != nil || replies[0].Err == nil || !strings.Contains(replies[0].Err.Error(), "tried 3 times") {
				t.Errorf("got %+v (%v), want an error of the request after 3 tries", replies, err)
			}
			if n := len(e.Calls("chat/completions")); n != 3 {
				t.Errorf("%d tries, want 3", n)
			}
		})
	}
}

func TestEndpointThatIsGoneStops(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	url := s.URL
	s.Close()
	m, err := New(Options{URL: url, Model: "tiny", Wait: time.Millisecond, Tries: 3})
	if err != nil {
		t.Fatal(err)
	}
	replies, err := m.Complete(t.Context(), []inference.Request{chat("x"), chat("y")})
	if err == nil || !strings.Contains(err.Error(), url) || replies[0].Err == nil {
		t.Errorf("got %v (%v), want an error that names the endpoint", replies, err)
	}
}

func TestPoisonedRequestFailsAlone(t *testing.T) {
	e := remotetest.New(t)
	e.Lacks = []string{remotetest.Models}
	e.Wrong = func(w http.ResponseWriter, r *http.Request, body map[string]any) bool {
		if body != nil && strings.Contains(fmt.Sprint(body["messages"]), "poison") {
			w.WriteHeader(500)
			return true
		}
		return false
	}
	m := open(t, e, nil)
	replies, err := m.Complete(t.Context(), []inference.Request{chat("a"), chat("poison"), chat("b")})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range replies {
		if (r.Err != nil) != (i == 1) {
			t.Errorf("reply %d: %+v", i, r)
		}
	}
}

func TestWhatIsSaidOfOneRequest(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		status       int
		kind         error
		says         string
	}{
		{"too long", `{"error":{"message":"This model's maximum context length is 8 tokens.","code":"context_length_exceeded"}}`, 400, ErrContext, "maximum context"},
		{"too long for llama.cpp", `{"error":{"code":500,"message":"Context size has been exceeded.","type":"server_error"}}`, 500, ErrContext, ""},
		{"too long for a proxy", `{"detail":"prompt is too long: 9 tokens > 8 maximum"}`, 413, ErrContext, ""},
		{"invalid", `{"error":{"message":"bad field","type":"invalid_request_error"}}`, 400, nil, "bad field"},
		{"invalid, FastAPI", `{"detail":[{"loc":["body"],"msg":"field required"}]}`, 422, nil, "field required"},
		{"invalid, text", "what?", 400, nil, "what?"},
		{"unknown field as a fault", `{"error":{"message":"1 validation error: {'loc': ('body', 'response_format', 'type')}"}}`, 500, nil, "validation"},
		{"filter", `{"error":{"message":"The response was filtered","code":"content_filter"}}`, 400, ErrRefused, ""},
		{"filter in the answer", `{"choices":[{"message":{"content":""},"finish_reason":"content_filter"}]}`, 200, ErrRefused, ""},
		{"refusal", `{"choices":[{"message":{"content":null,"refusal":"I cannot"},"finish_reason":"stop"}]}`, 200, ErrRefused, "I cannot"},
		{"only reasoning", `{"choices":[{"message":{"content":"","reasoning_content":"hm"},"finish_reason":"length"}]}`, 200, nil, "reasoning"},
		{"control characters", `{"error":{"message":"a\u001b[31mb\nc"}}`, 400, nil, "a [31mb c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := remotetest.New(t)
			e.Wrong = func(w http.ResponseWriter, _ *http.Request, _ map[string]any) bool {
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.answer)
				return true
			}
			m := open(t, e, nil)
			got := one(t, m, chat("x"))
			if got.Err == nil || c.kind != nil && !errors.Is(got.Err, c.kind) || !strings.Contains(got.Err.Error(), c.says) {
				t.Errorf("got %+v, want an error of kind %v with %q", got, c.kind, c.says)
			}
			if n := len(e.Calls("chat/completions")); n != 1 {
				t.Errorf("%d tries, want 1: the same again would fail again", n)
			}
		})
	}
}

func TestWhatStopsTheRun(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		status       int
		kind         error
		says         string
	}{
		{"no key", `{"error":{"message":"missing key"}}`, 401, ErrAuth, "key_env"},
		{"forbidden", `{"error":{"message":"no"}}`, 403, ErrAuth, ""},
		{"no money", `{"error":{"message":"pay","code":"insufficient_quota"}}`, 429, ErrQuota, "pay"},
		{"payment", `{}`, 402, ErrQuota, ""},
		{"no such model", `{"error":{"message":"The model does not exist","code":"model_not_found"}}`, 404, ErrNotOffered, "no model tiny"},
		{"no such path", "404 page not found", 404, ErrNotOffered, "winnow doctor endpoint"},
		{"moved", "", 308, ErrNotOffered, "moved to http://elsewhere/v1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := remotetest.New(t)
			e.Wrong = func(w http.ResponseWriter, _ *http.Request, _ map[string]any) bool {
				w.Header().Set("Location", "http://elsewhere/v1")
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.answer)
				return true
			}
			m := open(t, e, func(o *Options) { o.Concurrency = 1 })
			rs := []inference.Request{chat("x"), chat("y"), chat("z")}
			replies, err := m.Complete(t.Context(), rs)
			if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want an error of kind %v with %q", err, c.kind, c.says)
			}
			for i, r := range replies {
				if r.Err == nil {
					t.Errorf("reply %d of a stopped call carries no error", i)
				}
			}
			if n := len(e.Calls("")); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	}
}

func TestPaidRepliesComeWithTheError(t *testing.T) {
	e := remotetest.New(t)
	e.Wrong = func(w http.ResponseWriter, _ *http.Request, body map[string]any) bool {
		if strings.Contains(fmt.Sprint(body["messages"]), "last") {
			w.WriteHeader(402)
			return true
		}
		return false
	}
	m := open(t, e, func(o *Options) { o.Concurrency = 1 })
	replies, err := m.Complete(t.Context(), []inference.Request{chat("a"), chat("last"), chat("b")})
	if !errors.Is(err, ErrQuota) || replies[0].Err != nil || replies[0].Text != "yes" || replies[1].Err == nil || replies[2].Err == nil {
		t.Errorf("got %+v (%v), want the first reply and the error", replies, err)
	}
}

func TestAnswerWithoutEnd(t *testing.T) {
	e := remotetest.New(t)
	e.Wrong = func(w http.ResponseWriter, r *http.Request, _ map[string]any) bool {
		block := []byte(strings.Repeat("x", 1<<16))
		for r.Context().Err() == nil {
			if _, err := w.Write(block); err != nil {
				return true
			}
		}
		return true
	}
	m := open(t, e, func(o *Options) { o.MaxReply = 1 << 20 })
	if got := one(t, m, chat("x")); got.Err == nil || !strings.Contains(got.Err.Error(), "longer than 1048576 bytes") {
		t.Errorf("got %+v, want an error about its length", got)
	}
}

func TestRetryAfterHoldsEverybodyBack(t *testing.T) {
	e := remotetest.New(t)
	var n atomic.Int32
	e.Wrong = func(w http.ResponseWriter, _ *http.Request, _ map[string]any) bool {
		if n.Add(1) > 1 {
			return false
		}
		w.Header().Set("Retry-After", "0.4")
		remotetest.Fail(w, 429, "rate_limit_exceeded", "slow down")
		return true
	}
	m := open(t, e, nil)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { one(t, m, chat("a")) })
		time.Sleep(50 * time.Millisecond)
	}
	wg.Wait()
	calls := e.Calls("")
	if wait := calls[1].At.Sub(calls[0].At); len(calls) != 4 || wait < 390*time.Millisecond {
		t.Errorf("%d calls, the second after %v; want 4, none within 400ms of the refusal", len(calls), wait)
	}
}

func TestPatienceEnds(t *testing.T) {
	e := remotetest.New(t)
	e.Wrong = func(w http.ResponseWriter, r *http.Request, _ map[string]any) bool {
		if r.Method == http.MethodGet {
			return false
		}
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(500)
		return true
	}
	m := open(t, e, func(o *Options) { o.Patience = time.Second })
	begun := time.Now()
	if got := one(t, m, chat("x")); got.Err == nil || time.Since(begun) > time.Second {
		t.Errorf("got %+v after %v, want an error at once: an hour is more than the patience", got, time.Since(begun))
	}
}
