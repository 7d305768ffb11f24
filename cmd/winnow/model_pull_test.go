package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const pulledCommit = "0123456789abcdef0123456789abcdef01234567"

// A slowHub has one model, org/tiny, and gives the bytes of its weights in pieces until it is told to be quick.
type slowHub struct {
	*httptest.Server
	weights []byte
	quick   atomic.Bool
	sent    atomic.Int64 // bytes of the weights
}

func newSlowHub(t *testing.T) *slowHub {
	s := &slowHub{weights: bytes.Repeat([]byte("0123456789abcdef"), 1<<18)} // 4 MiB
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

func (s *slowHub) serve(w http.ResponseWriter, r *http.Request) {
	sum := fmt.Sprintf("%x", sha256.Sum256(s.weights))
	w.Header().Set("X-Repo-Commit", pulledCommit)
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/models/org/tiny/revision/"):
		fmt.Fprintf(w, `{"sha":%q,"siblings":[{"rfilename":"config.json","size":2},{"rfilename":"model.safetensors","size":%d,"lfs":{"sha256":%q,"size":%d}}]}`,
			pulledCommit, len(s.weights), sum, len(s.weights))
	case strings.HasSuffix(r.URL.Path, "/config.json"):
		w.Header().Set("Etag", `"9e26dfeeb6e641a33dae4961196235bdb965b21b"`) // git hash-object of {}
		w.Header().Set("Content-Length", "2")
		if r.Method == http.MethodGet {
			fmt.Fprint(w, "{}")
		}
	case strings.HasSuffix(r.URL.Path, "/model.safetensors"):
		w.Header().Set("Etag", `"`+sum+`"`)
		s.bytes(w, r)
	default:
		w.Header().Set("X-Error-Code", "RepoNotFound")
		w.WriteHeader(404)
	}
}

func (s *slowHub) bytes(w http.ResponseWriter, r *http.Request) {
	from := 0
	if n, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); n == 1 && err == nil {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(s.weights)-1, len(s.weights)))
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(s.weights)-from))
	if from > 0 {
		w.WriteHeader(http.StatusPartialContent)
	}
	for at := from; r.Method == http.MethodGet && at < len(s.weights); {
		n, err := w.Write(s.weights[at:min(at+1<<16, len(s.weights))])
		if err != nil {
			return
		}
		at += n
		s.sent.Add(int64(n))
		if !s.quick.Load() {
			w.(http.Flusher).Flush()
			time.Sleep(5 * time.Millisecond)
		}
	}
}

func (s *slowHub) pull(t *testing.T, home string, args ...string) *exec.Cmd {
	c := winnow(t, append([]string{"model", "pull", "org/tiny"}, args...)...)
	c.Env = append(os.Environ(), "HF_ENDPOINT="+s.URL, "HF_HOME="+home, "HF_TOKEN=", "HF_HUB_OFFLINE=", "HF_HUB_CACHE=")
	return c
}

// TestPullGoesOnAfterKills kills a download twice, the second time gently, and lets the third come to its end.
func TestPullGoesOnAfterKills(t *testing.T) {
	s, home := newSlowHub(t), t.TempDir()
	partly := filepath.Join(home, "hub", "models--org--tiny", "blobs", fmt.Sprintf("%x.incomplete", sha256.Sum256(s.weights)))
	for i, signal := range []os.Signal{os.Kill, os.Interrupt} {
		var errw bytes.Buffer
		c := s.pull(t, home)
		c.Stderr = &errw
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		for begun := time.Now(); ; time.Sleep(time.Millisecond) {
			if info, err := os.Stat(partly); err == nil && info.Size() > int64(i+1)<<20 {
				break
			}
			if time.Since(begun) > 30*time.Second {
				t.Fatalf("no megabyte within 30 s: %s", errw.String())
			}
		}
		if err := c.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		err := c.Wait()
		if err == nil {
			t.Fatalf("a pull that was ended by %v says it is done", signal)
		}
		if signal == os.Interrupt && (c.ProcessState.ExitCode() != exitInterrupted || !strings.Contains(errw.String(), "winnow model pull org/tiny")) {
			t.Errorf("interrupted: exit code %d and %q; want %d and the way on", c.ProcessState.ExitCode(), errw.String(), exitInterrupted)
		}
	}
	s.quick.Store(true)
	before := s.sent.Load()
	out, err := s.pull(t, home, "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	if sent := s.sent.Load() - before; sent > int64(len(s.weights))-2<<20 {
		t.Errorf("the last pull was sent %d of %d bytes, want what was missing", sent, len(s.weights))
	}
	var p struct{ Path string }
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	got, err := os.ReadFile(filepath.Join(p.Path, "model.safetensors"))
	if err != nil || !bytes.Equal(got, s.weights) {
		t.Errorf("%d bytes (%v), want the hub's %d", len(got), err, len(s.weights))
	}
}

func TestPullSpeaks(t *testing.T) {
	s, home := newSlowHub(t), t.TempDir()
	s.quick.Store(true)
	run := func(args ...string) (string, int) {
		out, _ := s.pull(t, home, args...).CombinedOutput() // the exit code is looked at below
		c := s.pull(t, home, args...)
		again, err := c.CombinedOutput()
		if err != nil {
			return string(again), c.ProcessState.ExitCode()
		}
		return string(out) + string(again), 0
	}
	out, code := run()
	if code != 0 || !strings.Contains(out, "fetched, checked by sha256") || !strings.Contains(out, "in the cache already") || !strings.Contains(out, filepath.Join("snapshots", pulledCommit)) {
		t.Errorf("exit code %d and\n%s", code, out)
	}
	if out, code := run("--file", "*.gguf"); code != exitFailed || !strings.Contains(out, "there are model.safetensors") {
		t.Errorf("no such file: exit code %d and %s", code, out)
	}
}
