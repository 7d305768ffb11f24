package hub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// broken serves at most n bytes per request, then cuts the connection.
func broken(n int) func(http.ResponseWriter, *http.Request, string, blob) {
	return func(w http.ResponseWriter, r *http.Request, _ string, b blob) {
		at := from(r)
		rest := b.data[at:]
		w.Header().Set("Content-Length", fmt.Sprint(len(rest)))
		if at > 0 {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", at, len(b.data)-1, len(b.data)))
			w.WriteHeader(http.StatusPartialContent)
		}
		if len(rest) <= n {
			w.Write(rest)
			return
		}
		w.Write(rest[:n])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}

func TestBrokenConnectionsAreGoneOnWith(t *testing.T) {
	s := newTestHub(t)
	s.serve = broken(20_000)
	p := s.must(s.client(), tiny)
	ranges := s.asked(func(r request) bool { return strings.Contains(r.path, "model.safetensors") && r.rng != "" })
	if len(ranges) < 10 {
		t.Errorf("300 kB in pieces of 20 kB: %d requests with a range, want at least 10", len(ranges))
	}
	if want := int64(300_000 + 22 + 12 + 2 + 33); p.Fetched > want+1000 {
		t.Errorf("fetched %d bytes, want about %d: nothing twice", p.Fetched, want)
	}
}

func TestServerWithoutRangesStartsAnew(t *testing.T) {
	s := newTestHub(t)
	var n atomic.Int32
	s.serve = func(w http.ResponseWriter, r *http.Request, name string, b blob) {
		w.Header().Set("Content-Length", fmt.Sprint(len(b.data)))
		if b.lfs && n.Add(1) < 3 {
			w.Write(b.data[:100_000])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		w.Write(b.data)
	}
	s.must(s.client(), tiny)
}

func TestWrongRangesAreNotBelieved(t *testing.T) {
	for name, contentRange := range map[string]string{"from 0": "bytes 0-299999/300000", "other size": "bytes 100000-399998/399999", "nonsense": "pages 1-2", "none": ""} {
		t.Run(name, func(t *testing.T) {
			s := newTestHub(t)
			var n atomic.Int32
			s.serve = func(w http.ResponseWriter, r *http.Request, name string, b blob) {
				switch {
				case !b.lfs:
					w.Write(b.data)
				case n.Add(1) == 1:
					broken(100_000)(w, r, name, b)
				case r.Header.Get("Range") != "":
					w.Header().Set("Content-Range", contentRange)
					w.WriteHeader(http.StatusPartialContent)
					w.Write(b.data)
				default:
					w.Write(b.data)
				}
			}
			s.must(s.client(), tiny)
		})
	}
}

func TestWrongChecksum(t *testing.T) {
	for _, c := range []struct {
		name, file string
		times      int32
		bad        string
	}{
		{"large file, once", "model.safetensors", 1, ""},
		{"large file, always", "model.safetensors", 99, "model.safetensors: its sha256 is"},
		{"small file, always", "tokenizer.json", 99, "tokenizer.json: its git sha1 is"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newTestHub(t)
			var n atomic.Int32
			s.serve = func(w http.ResponseWriter, r *http.Request, name string, b blob) {
				data := bytes.Clone(b.data)
				if name == c.file && n.Add(1) <= c.times {
					data[len(data)/2] ^= 1
				}
				w.Write(data)
			}
			h := s.client()
			if c.bad == "" {
				s.must(h, tiny)
				return
			}
			_, err := h.Pull(t.Context(), tiny)
			if err == nil || !strings.Contains(err.Error(), c.bad) {
				t.Fatalf("got %v, want an error with %q", err, c.bad)
			}
			for name := range tree(t, h.Cache) {
				if strings.Contains(name, s.files[c.file].etag()) && !strings.HasSuffix(name, ".lock") {
					t.Errorf("the spoiled bytes stay in the cache: %s", name)
				}
			}
			if _, err := h.Find(tiny); err == nil {
				t.Error("a model with a spoiled file is found")
			}
		})
	}
}

func TestLyingSizes(t *testing.T) {
	for name, extra := range map[string]int{"longer": 1000, "shorter": -1000} {
		t.Run(name, func(t *testing.T) {
			s := newTestHub(t)
			s.serve = func(w http.ResponseWriter, r *http.Request, name string, b blob) {
				if b.lfs {
					w.Write(noise(len(b.data) + extra))
					return
				}
				w.Write(b.data)
			}
			h := s.client()
			h.Tries = 3
			if p, err := h.Pull(t.Context(), tiny); err == nil {
				t.Errorf("pulled %v, want an error", p)
			}
		})
	}
}

func TestFileThatChangesBetweenHeadAndGet(t *testing.T) {
	s := newTestHub(t)
	other := blob{data: noise(200_000), lfs: true}
	var once sync.Once
	s.wrong = func(w http.ResponseWriter, r *http.Request, cdn bool) bool {
		if !cdn && r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/resolve/") && strings.HasSuffix(r.URL.Path, "model.safetensors") {
			once.Do(func() { s.put("model.safetensors", other) })
		}
		return false
	}
	s.plainList = true // else the listing's checksum is what counts
	s.must(s.client(), tiny)
}

func TestPassingFaultsAreTriedAgain(t *testing.T) {
	for _, status := range []int{429, 500, 502, 503, 504} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			s := newTestHub(t)
			var met sync.Map // each address fails twice
			s.wrong = func(w http.ResponseWriter, r *http.Request, cdn bool) bool {
				n, _ := met.LoadOrStore(r.Method+r.URL.Path, new(atomic.Int32))
				if n.(*atomic.Int32).Add(1) > 2 {
					return false
				}
				w.WriteHeader(status)
				return true
			}
			s.must(s.client(), tiny)
		})
	}
}

func TestRetryAfterIsWaitedFor(t *testing.T) {
	s := newTestHub(t)
	var n atomic.Int32
	s.wrong = func(w http.ResponseWriter, r *http.Request, cdn bool) bool {
		if n.Add(1) > 1 {
			return false
		}
		w.Header().Set("Retry-After", "0.3")
		w.WriteHeader(429)
		return true
	}
	begun := time.Now()
	s.must(s.client(), tiny)
	if took := time.Since(begun); took < 300*time.Millisecond {
		t.Errorf("came back after %v, the hub asked for 300ms", took)
	}
	n.Store(0)
	s.wrong = func(w http.ResponseWriter, r *http.Request, cdn bool) bool {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(429)
		return true
	}
	if _, err := s.client().Pull(t.Context(), tiny); err == nil || !strings.Contains(err.Error(), "come back in 1h") {
		t.Errorf("got %v, want an error that says when to come back", err)
	}
}

func TestFaultsAreExplained(t *testing.T) {
	for _, c := range []struct {
		name  string
		setup func(*testHub, *Hub)
		want  Want
		kind  error
		says  []string
	}{
		{"gated, no token", func(s *testHub, _ *Hub) { s.gated = true }, tiny, ErrAccess, []string{"accept its terms at http", "/org/tiny", "HF_TOKEN"}},
		{"gated, token", func(s *testHub, h *Hub) { s.gated, s.token = true, "t"; h.token = func() string { return "t" } }, tiny, ErrAccess, []string{"account of your token"}},
		{"private, no token", func(s *testHub, _ *Hub) { s.token = "t" }, tiny, ErrAccess, []string{"no such model, or it is private", "HF_TOKEN"}},
		{"wrong token", func(s *testHub, h *Hub) { s.token = "t"; h.token = func() string { return "other" } }, tiny, ErrAccess, []string{"does not know your token"}},
		{"no such model", func(*testHub, *Hub) {}, Want{Name: "org/none"}, ErrAccess, []string{"no such model"}},
		{"no such revision", func(*testHub, *Hub) {}, Want{Name: repoID, Revision: "v9"}, ErrUnknown, []string{`no branch, tag or commit "v9"`}},
		{"no JSON", func(s *testHub, h *Hub) {
			h.Tries = 2
			s.wrong = func(w http.ResponseWriter, _ *http.Request, _ bool) bool { fmt.Fprint(w, "<html>"); return true }
		}, tiny, nil, []string{"no JSON", "tried 2 times"}},
		{"no commit", func(s *testHub, _ *Hub) { s.commit = "../../x" }, tiny, nil, []string{"the commit", "cannot name a file"}},
		{"name leads out", func(s *testHub, _ *Hub) { s.files["../../evil.json"] = blob{} }, tiny, nil, []string{"../../evil.json", "leads out"}},
		{"absolute name", func(s *testHub, _ *Hub) { s.files["/etc/evil.json"] = blob{} }, tiny, nil, []string{"leads out"}},
		{"backslashes", func(s *testHub, _ *Hub) { s.files[`..\evil.json`] = blob{} }, tiny, nil, []string{"leads out"}},
		{"etag leads out", func(s *testHub, _ *Hub) {
			s.wrong = func(w http.ResponseWriter, r *http.Request, _ bool) bool {
				w.Header().Set("X-Linked-Etag", `"../../../evil"`)
				return false
			}
		}, tiny, nil, []string{"the ETag", "cannot name a file"}},
		{"redirects without end", func(s *testHub, _ *Hub) {
			s.wrong = func(w http.ResponseWriter, r *http.Request, _ bool) bool {
				http.Redirect(w, r, r.URL.RequestURI(), http.StatusFound)
				return true
			}
		}, tiny, nil, []string{"redirects"}},
		{"pickles", func(s *testHub, _ *Hub) { delete(s.files, "model.safetensors") }, tiny, nil, []string{"pickle", "pytorch_model.bin"}},
		{"wrong name", func(*testHub, *Hub) {}, Want{Name: "../x"}, nil, []string{"ORG/NAME"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newTestHub(t)
			h := s.client()
			c.setup(s, h)
			_, err := h.Pull(t.Context(), c.want)
			if err == nil || c.kind != nil && !errors.Is(err, c.kind) {
				t.Fatalf("got %v, want an error of kind %v", err, c.kind)
			}
			for _, says := range c.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("got %q, want it to say %q", err, says)
				}
			}
			if _, err := os.Stat(filepath.Join(h.Cache, "..", "evil.json")); err == nil {
				t.Error("a file was written outside of the cache")
			}
		})
	}
}

func TestHangingConnectionIsGivenUp(t *testing.T) {
	s := newTestHub(t)
	var n atomic.Int32
	s.serve = func(w http.ResponseWriter, r *http.Request, name string, b blob) {
		if b.lfs && n.Add(1) == 1 {
			w.Header().Set("Content-Length", fmt.Sprint(len(b.data)))
			w.Write(b.data[:50_000])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		}
		broken(1<<30)(w, r, name, b)
	}
	h := s.client()
	h.Idle = 400 * time.Millisecond
	p := s.must(h, tiny)
	if rs := s.asked(func(r request) bool { return r.cdn && r.rng == "bytes=50000-" }); len(rs) != 1 {
		t.Errorf("pulled %v with %d requests from byte 50000 on, want 1", p, len(rs))
	}
}

func TestHubThatDoesNotAnswerIsGivenUp(t *testing.T) {
	for _, at := range []string{"/api/", "/resolve/"} {
		t.Run(at, func(t *testing.T) {
			s := newTestHub(t)
			var n atomic.Int32
			s.wrong = func(w http.ResponseWriter, r *http.Request, cdn bool) bool {
				if strings.Contains(r.URL.Path, at) && n.Add(1) == 1 {
					<-r.Context().Done()
					return true
				}
				return false
			}
			h := s.client()
			h.Idle = 400 * time.Millisecond
			s.must(h, tiny)
		})
	}
}

func TestSlowConnectionIsNotGivenUp(t *testing.T) {
	s := newTestHub(t)
	s.serve = func(w http.ResponseWriter, r *http.Request, name string, b blob) {
		w.Header().Set("Content-Length", fmt.Sprint(len(b.data)))
		for rest := b.data; len(rest) > 0; rest = rest[min(len(rest), 30_000):] {
			w.Write(rest[:min(len(rest), 30_000)])
			w.(http.Flusher).Flush()
			if b.lfs {
				time.Sleep(150 * time.Millisecond)
			}
		}
	}
	h := s.client()
	h.Idle = time.Second
	s.must(h, tiny)
	if rs := s.asked(func(r request) bool { return r.cdn && r.method == http.MethodGet }); len(rs) != 1 {
		t.Errorf("%d requests for a file that came slowly and steadily, want 1", len(rs))
	}
}

func TestSpoiledBeginningsAreNotBelieved(t *testing.T) {
	for name, n := range map[string]int{"too long": 400_000, "whole and wrong": 300_000, "begun and wrong": 1000} {
		t.Run(name, func(t *testing.T) {
			s := newTestHub(t)
			h := s.client()
			dir := filepath.Join(h.Cache, "models--org--tiny", "blobs")
			partly := filepath.Join(dir, s.files["model.safetensors"].etag()+".incomplete")
			if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(partly, make([]byte, n), 0o644)); err != nil {
				t.Fatal(err)
			}
			s.must(h, tiny)
		})
	}
}

func TestCancelledPullIsGoneOnWith(t *testing.T) {
	s := newTestHub(t)
	var hang atomic.Bool
	hang.Store(true)
	s.serve = func(w http.ResponseWriter, r *http.Request, name string, b blob) {
		if b.lfs && hang.Load() {
			w.Header().Set("Content-Length", fmt.Sprint(len(b.data)))
			w.Write(b.data[:120_000])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		}
		broken(1<<30)(w, r, name, b)
	}
	h := s.client()
	ctx, cancel := context.WithCancel(t.Context())
	h.Progress = func(p Progress) {
		if p.Bytes >= 120_000 {
			cancel()
		}
	}
	begun := time.Now()
	if _, err := h.Pull(ctx, tiny); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the context's end", err)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("ended after %v, want at once", took)
	}
	var missing *MissingError
	if _, err := h.Find(tiny); !errors.As(err, &missing) {
		t.Errorf("half a model: got %v, want it missing", err)
	}
	hang.Store(false)
	h.Progress = nil
	s.must(h, tiny)
	if rs := s.asked(func(r request) bool { return r.cdn && r.rng == "bytes=120000-" }); len(rs) != 1 {
		t.Errorf("%d requests go on behind byte 120000, want 1", len(rs))
	}
}

func TestDamagedBlobIsFetchedAgain(t *testing.T) {
	s := newTestHub(t)
	h := s.client()
	p := s.must(h, tiny)
	if err := os.Truncate(filepath.Join(p.Path, "model.safetensors"), 1000); err != nil {
		t.Fatal(err)
	}
	s.must(h, tiny)
}

func TestFullDiskIsSaidBeforehand(t *testing.T) {
	s := newTestHub(t)
	h := s.client()
	have, ok := Free(filepath.Dir(filepath.Dir(h.Cache)))
	if !ok {
		t.Skip("this system does not tell its free space")
	}
	huge := have + 1<<40
	s.wrong = func(w http.ResponseWriter, r *http.Request, cdn bool) bool {
		if !strings.HasPrefix(r.URL.Path, "/api/") {
			t.Errorf("asked for %s though it cannot fit", r.URL.Path)
		}
		fmt.Fprintf(w, `{"sha":"%s","siblings":[{"rfilename":"config.json","size":1},{"rfilename":"model.safetensors","size":134,"lfs":{"size":%d,"sha256":"%064d"}}]}`, commitID, huge, 0)
		return true
	}
	if _, err := h.Pull(t.Context(), tiny); err == nil || !strings.Contains(err.Error(), "has room for") {
		t.Errorf("got %v, want an error about room", err)
	}
}
