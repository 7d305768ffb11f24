package hub

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A blob is a file on the test hub.
type blob struct {
	data []byte
	lfs  bool
}

func (b blob) etag() string {
	if b.lfs {
		return fmt.Sprintf("%x", sha256.Sum256(b.data))
	}
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00", len(b.data))
	h.Write(b.data)
	return hex.EncodeToString(h.Sum(nil))
}

// A request is what the test hub saw.
type request struct {
	method, path, auth, rng string
	cdn                     bool
}

// A testHub speaks the hub's protocol on one address, and serves large files from a second one.
type testHub struct {
	t         *testing.T
	hub, cdn  *httptest.Server
	mu        sync.Mutex
	seen      []request
	files     map[string]blob // of ORG/NAME at commit
	commit    string
	token     string // "": public
	gated     bool
	plainList bool // the listing says no sizes and hashes

	// wrong is asked before each answer; true: it has answered itself.
	wrong func(w http.ResponseWriter, r *http.Request, cdn bool) bool
	// serve sends the bytes of a file; nil: http.ServeContent.
	serve func(w http.ResponseWriter, r *http.Request, name string, b blob)
}

const (
	repoID   = "org/tiny"
	commitID = "0123456789abcdef0123456789abcdef01234567"
)

func newTestHub(t *testing.T) *testHub {
	s := &testHub{t: t, commit: commitID, files: map[string]blob{
		"config.json":             {data: []byte(`{"model_type":"qwen2"}`)},
		"tokenizer.json":          {data: []byte(`{"model":{}}`)},
		"README.md":               {data: []byte("# tiny")},
		"model.safetensors":       {data: noise(300_000), lfs: true},
		"pytorch_model.bin":       {data: noise(10), lfs: true},
		"1_Pooling/config.json":   {data: []byte(`{"pooling_mode_mean_tokens":true}`)},
		"onnx/model.onnx":         {data: noise(10), lfs: true},
		"runs/model.safetensors":  {data: noise(10), lfs: true},
		".gitattributes":          {data: []byte("*.safetensors filter=lfs\n")},
		"generation_config.json":  {data: []byte(`{}`)},
		"consolidated.safetensor": {data: []byte("x")},
	}}
	s.hub = httptest.NewServer(http.HandlerFunc(s.handle))
	s.cdn = httptest.NewServer(http.HandlerFunc(s.handleCDN))
	t.Cleanup(s.hub.Close)
	t.Cleanup(s.cdn.Close)
	return s
}

func noise(n int) []byte {
	b := make([]byte, n)
	x := uint32(2463534242)
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = byte(x)
	}
	return b
}

func (s *testHub) client() *Hub {
	h, err := FromEnv(func(k string) string {
		return map[string]string{"HF_ENDPOINT": s.hub.URL, "HF_HOME": s.t.TempDir(), "HF_TOKEN": s.token}[k]
	})
	if err != nil {
		s.t.Fatal(err)
	}
	h.Wait, h.Idle = time.Millisecond, 5*time.Second
	return h
}

func (s *testHub) note(r *http.Request, cdn bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, request{r.Method, r.URL.Path, r.Header.Get("Authorization"), r.Header.Get("Range"), cdn})
}

// asked returns the requests that fit.
func (s *testHub) asked(fits func(request) bool) (rs []request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.seen {
		if fits(r) {
			rs = append(rs, r)
		}
	}
	return rs
}

func (s *testHub) fail(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("X-Error-Code", code)
	w.Header().Set("X-Error-Message", message)
	w.WriteHeader(status)
}

func (s *testHub) handle(w http.ResponseWriter, r *http.Request) {
	s.note(r, false)
	if s.wrong != nil && s.wrong(w, r, false) {
		return
	}
	auth := r.Header.Get("Authorization")
	switch {
	case s.token != "" && auth == "":
		s.fail(w, 401, "RepoNotFound", "Repository not found")
		return
	case auth != "" && auth != "Bearer "+s.token:
		s.fail(w, 401, "", "Invalid credentials in Authorization header")
		return
	case s.gated:
		s.fail(w, 403, "GatedRepo", "Access to model org/tiny is restricted")
		return
	}
	path := r.URL.EscapedPath()
	if rev, ok := strings.CutPrefix(path, "/api/models/"+repoID+"/revision/"); ok {
		s.list(w, rev)
		return
	}
	if rest, ok := strings.CutPrefix(path, "/"+repoID+"/resolve/"); ok {
		rev, file, _ := strings.Cut(rest, "/")
		name, err := url.PathUnescape(file)
		if err == nil && s.known(rev) {
			s.resolve(w, r, name)
			return
		}
		s.fail(w, 404, "RevisionNotFound", "Invalid rev id: "+rev)
		return
	}
	s.fail(w, 404, "RepoNotFound", "Repository not found")
}

func (s *testHub) file(name string) (blob, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.files[name]
	return b, ok
}

func (s *testHub) put(name string, b blob) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = b
}

func (s *testHub) known(rev string) bool {
	return rev == "main" || rev == s.commit || rev == "refs%2Fpr%2F1" || rev == s.commit[:8]
}

func (s *testHub) list(w http.ResponseWriter, rev string) {
	if !s.known(rev) {
		s.fail(w, 404, "RevisionNotFound", "Invalid rev id: "+rev)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var siblings []map[string]any
	for name, b := range s.files {
		e := map[string]any{"rfilename": name}
		if !s.plainList {
			e["size"], e["blobId"] = len(b.data), b.etag()
			if b.lfs {
				e["lfs"] = map[string]any{"sha256": b.etag(), "size": len(b.data), "pointerSize": 134}
			}
		}
		siblings = append(siblings, e)
	}
	if err := json.NewEncoder(w).Encode(map[string]any{"id": repoID, "sha": s.commit, "siblings": siblings}); err != nil {
		s.t.Error(err)
	}
}

func (s *testHub) resolve(w http.ResponseWriter, r *http.Request, name string) {
	b, ok := s.file(name)
	if !ok {
		s.fail(w, 404, "EntryNotFound", "Entry not found")
		return
	}
	w.Header().Set("X-Repo-Commit", s.commit)
	if b.lfs {
		w.Header().Set("X-Linked-Etag", `"`+b.etag()+`"`)
		w.Header().Set("X-Linked-Size", strconv.Itoa(len(b.data)))
		w.Header().Set("Location", s.cdn.URL+"/bytes/"+url.PathEscape(name)+"?Signature=secret")
		w.WriteHeader(http.StatusFound)
		return
	}
	w.Header().Set("Etag", `"`+b.etag()+`"`)
	s.bytes(w, r, name, b)
}

func (s *testHub) handleCDN(w http.ResponseWriter, r *http.Request) {
	s.note(r, true)
	if s.wrong != nil && s.wrong(w, r, true) {
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/bytes/")
	w.Header().Set("Etag", `"cdn-`+strconv.Itoa(len(name))+`"`)
	b, _ := s.file(name)
	s.bytes(w, r, name, b)
}

func (s *testHub) bytes(w http.ResponseWriter, r *http.Request, name string, b blob) {
	if s.serve != nil && r.Method == http.MethodGet {
		s.serve(w, r, name, b)
		return
	}
	if b.lfs || r.Method == http.MethodHead {
		w.Header().Set("Content-Type", "application/octet-stream")
	}
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(b.data)))
}

// from is where a Range request begins.
func from(r *http.Request) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(r.Header.Get("Range"), "bytes="), "-"))
	if err != nil {
		return 0
	}
	return n
}

// tree lists a folder: links with their targets, files with their sizes.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	root := os.DirFS(dir)
	var walk func(string)
	walk = func(at string) {
		f, err := root.Open(at)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		entries, err := f.(interface {
			ReadDir(int) ([]os.DirEntry, error)
		}).ReadDir(-1)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			name := strings.TrimPrefix(at+"/"+e.Name(), "./")
			switch {
			case e.IsDir():
				walk(name)
			case e.Type()&os.ModeSymlink != 0:
				to, err := os.Readlink(dir + "/" + name)
				if err != nil {
					t.Fatal(err)
				}
				out[name] = "-> " + to
			default:
				info, err := e.Info()
				if err != nil {
					t.Fatal(err)
				}
				out[name] = strconv.FormatInt(info.Size(), 10)
			}
		}
	}
	walk(".")
	return out
}
