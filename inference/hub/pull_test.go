package hub

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var tiny = Want{Name: repoID}

func (s *testHub) must(h *Hub, w Want) Pulled {
	s.t.Helper()
	p, err := h.Pull(s.t.Context(), w)
	if err != nil {
		s.t.Fatal(err)
	}
	s.whole(p)
	return p
}

// whole compares the pulled files with the hub's.
func (s *testHub) whole(p Pulled) {
	s.t.Helper()
	for _, f := range p.Files {
		path := filepath.Join(filepath.Dir(p.Path), p.Commit, filepath.FromSlash(f.Name))
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, s.files[f.Name].data) {
			s.t.Errorf("%s: %d bytes (%v), want the hub's %d", f.Name, len(got), err, len(s.files[f.Name].data))
		}
	}
}

func TestPullLaysTheCacheAsHuggingfaceHubDoes(t *testing.T) {
	s := newTestHub(t)
	h := s.client()
	p := s.must(h, tiny)
	dir := "models--org--tiny/"
	want := map[string]string{dir + "refs/main": "40"}
	for _, name := range []string{"config.json", "generation_config.json", "tokenizer.json", "model.safetensors", "1_Pooling/config.json"} {
		b := s.files[name]
		up := "../../blobs/"
		if strings.Contains(name, "/") {
			up = "../../../blobs/"
		}
		want[dir+"blobs/"+b.etag()] = fmt.Sprint(len(b.data))
		want[dir+"snapshots/"+commitID+"/"+name] = "-> " + up + b.etag()
		want[".locks/models--org--tiny/"+b.etag()+".lock"] = "0"
	}
	got := tree(t, h.Cache)
	if !maps.Equal(got, want) {
		t.Errorf("the cache holds\n%v\nwant\n%v", got, want)
	}
	if ref, err := os.ReadFile(filepath.Join(h.Cache, dir, "refs/main")); err != nil || string(ref) != commitID {
		t.Errorf("refs/main is %q (%v), want the bare commit", ref, err)
	}
	if found, err := h.Find(tiny); err != nil || found != p.Path || !strings.HasSuffix(found, commitID) {
		t.Errorf("found %q (%v), want %q", found, err, p.Path)
	}
	for _, f := range p.Files {
		if want := map[bool]string{true: Sha256, false: GitSha1}[s.files[f.Name].lfs]; f.Cached || f.Checksum != want {
			t.Errorf("%s: cached %v, checksum %q; want a fetched file with %q", f.Name, f.Cached, f.Checksum, want)
		}
	}
}

func TestSecondPullFetchesNothing(t *testing.T) {
	s := newTestHub(t)
	h := s.client()
	s.must(h, tiny)
	before := len(s.asked(func(request) bool { return true }))
	p := s.must(h, tiny)
	after := s.asked(func(request) bool { return true })[before:]
	if p.Fetched != 0 || len(after) != 1 {
		t.Errorf("fetched %d bytes with the requests %v; want only the listing", p.Fetched, after)
	}
}

func TestTokenGoesToTheHubAlone(t *testing.T) {
	s := newTestHub(t)
	s.token = "hf_secret"
	s.must(s.client(), tiny)
	if rs := s.asked(func(r request) bool { return r.cdn && r.auth != "" }); len(rs) > 0 {
		t.Errorf("the other host was sent the token: %v", rs)
	}
	if rs := s.asked(func(r request) bool { return !r.cdn && r.auth != "Bearer hf_secret" }); len(rs) > 0 {
		t.Errorf("requests to the hub without the token: %v", rs)
	}
	if rs := s.asked(func(r request) bool { return r.cdn }); len(rs) == 0 {
		t.Error("the other host was not asked: the test shows nothing")
	}
	if h := s.client(); strings.Contains(fmt.Sprintf("%v %+v %#v", h, h, h), "hf_secret") {
		t.Error("printing the hub shows the token")
	}
}

func TestRenamedRepositoryIsFollowed(t *testing.T) {
	s := newTestHub(t)
	s.wrong = func(w http.ResponseWriter, r *http.Request, cdn bool) bool {
		if !strings.Contains(r.URL.Path, "org/old") {
			return false
		}
		http.Redirect(w, r, strings.Replace(r.URL.RequestURI(), "org/old", repoID, 1), http.StatusTemporaryRedirect)
		return true
	}
	h := s.client()
	s.must(h, Want{Name: "org/old"})
	if _, err := os.Stat(filepath.Join(h.Cache, "models--org--old/refs/main")); err != nil {
		t.Error(err)
	}
}

func TestTwoPullsAtOnceFetchOnce(t *testing.T) {
	s := newTestHub(t)
	s.serve = func(w http.ResponseWriter, r *http.Request, name string, b blob) {
		time.Sleep(20 * time.Millisecond)
		broken(1<<30)(w, r, name, b)
	}
	h := s.client()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { s.must(&Hub{Endpoint: h.Endpoint, Cache: h.Cache}, tiny) })
	}
	wg.Wait()
	if rs := s.asked(func(r request) bool { return r.cdn && r.method == http.MethodGet }); len(rs) != 1 {
		t.Errorf("the large file was fetched %d times, want once", len(rs))
	}
}

func TestRevisions(t *testing.T) {
	s := newTestHub(t)
	h := s.client()
	for _, rev := range []string{"", "refs/pr/1", commitID, commitID[:8]} {
		w := Want{Name: repoID, Revision: rev}
		p := s.must(h, w)
		if found, err := h.Find(w); err != nil || found != p.Path {
			t.Errorf("%q: found %q (%v), want %q", rev, found, err, p.Path)
		}
	}
	refs := slices.Sorted(maps.Keys(tree(t, filepath.Join(h.Cache, "models--org--tiny/refs"))))
	if want := []string{commitID[:8], "main", "refs/pr/1"}; !slices.Equal(refs, want) {
		t.Errorf("refs %v, want %v", refs, want)
	}
	s.mu.Lock()
	s.commit, s.files["config.json"] = strings.Repeat("ab", 20), blob{data: []byte(`{"model_type":"qwen3"}`)}
	s.mu.Unlock()
	p := s.must(h, tiny)
	if found, err := h.Find(tiny); err != nil || found != p.Path || !strings.HasSuffix(found, s.commit) || p.Fetched != 22 {
		t.Errorf("after a commit: found %q (%v), fetched %d; want the other snapshot and only config.json fetched", found, err, p.Fetched)
	}
	if found, err := h.Find(Want{Name: repoID, Revision: commitID[:10]}); err != nil || !strings.HasSuffix(found, commitID) {
		t.Errorf("the beginning of the older commit: found %q (%v)", found, err)
	}
}

func TestOffline(t *testing.T) {
	s := newTestHub(t)
	h := s.client()
	h.Offline = true
	var missing *MissingError
	if _, err := h.Pull(t.Context(), tiny); !errors.As(err, &missing) || !strings.Contains(err.Error(), "HF_HUB_OFFLINE") {
		t.Errorf("got %v, want a missing model and the variable named", err)
	}
	h.Offline = false
	p := s.must(h, tiny)
	h.Offline, h.Endpoint = true, "http://127.0.0.1:1"
	if got, err := h.Pull(t.Context(), tiny); err != nil || got.Path != p.Path {
		t.Errorf("got %v (%v), want what the cache has", got, err)
	}
	h.Offline, h.Tries = false, 2
	if _, err := h.Pull(t.Context(), tiny); err == nil || !strings.Contains(err.Error(), p.Path) {
		t.Errorf("no hub: got %v, want it to say that the cache serves", err)
	}
}

func TestListingWithoutSizes(t *testing.T) {
	s := newTestHub(t)
	s.plainList = true
	s.must(s.client(), tiny)
}

func TestCopiesInsteadOfLinks(t *testing.T) {
	s := newTestHub(t)
	h := s.client()
	h.Copies = true
	s.must(h, tiny)
	for name, is := range tree(t, h.Cache) {
		if strings.HasPrefix(is, "->") {
			t.Errorf("%s is a link", name)
		}
	}
	if p := s.must(h, tiny); p.Fetched != 0 {
		t.Errorf("fetched %d bytes again", p.Fetched)
	}
}
