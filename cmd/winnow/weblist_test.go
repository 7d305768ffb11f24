package main

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines/run/runtest"
)

// TestWebList reads shards from a web server that wants a key, by a list: the same corpus as from files, and the key stands nowhere.
func TestWebList(t *testing.T) {
	in := samples(t)
	const key = "s3cretsignature"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("X-Amz-Signature") != key {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		http.FileServer(http.Dir(in)).ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	dir := t.TempDir()
	var here, away []string
	err := filepath.WalkDir(in, func(name string, d fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(in, name); err == nil && !d.IsDir() && filepath.Ext(name) != ".md" {
			here = append(here, filepath.ToSlash(rel))
			away = append(away, srv.URL+"/"+filepath.ToSlash(rel)+"?X-Amz-Signature="+key)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]string
	for k, lines := range [][]string{here, away} {
		list := filepath.Join(dir, "list.txt")
		if k == 0 {
			list = filepath.Join(in, "list.txt")
		}
		if err := os.WriteFile(list, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(dir, "out"+string(rune('0'+k)))
		recipe := filepath.Join(dir, "web.yaml")
		text := "name: web\ninput: {list: " + list + "}\nstages: [extract, gopher_quality, dedup_exact]\noutput: {path: " + out +
			", format: jsonl}\nlimits: {damaged: 5%}\n"
		if err := os.WriteFile(recipe, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var said bytes.Buffer
		if code := Main([]string{"run", recipe}, strings.NewReader(""), &said, &said); code != exitDone {
			t.Fatalf("exit code %d\n%s", code, said.String())
		}
		if strings.Contains(said.String(), key) {
			t.Errorf("the key is told:\n%s", said.String())
		}
		err := filepath.WalkDir(out, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(name)
			if bytes.Contains(data, []byte(key)) {
				t.Errorf("the key stands in %s", name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		got := kept(t, out)
		if k == 0 {
			want = got
			continue
		}
		runtest.Same(t, "from the web", got, want)
	}
	if len(want) < 100 {
		t.Errorf("%d documents were kept, want many", len(want))
	}
}

// kept are the texts of the corpus in a folder by what they say: names of inputs, which ids begin with, differ.
func kept(t *testing.T, out string) map[string]string {
	t.Helper()
	var all bytes.Buffer
	if code := Main([]string{"cat", out}, strings.NewReader(""), &all, &all); code != exitDone {
		t.Fatalf("cat: exit code %d\n%s", code, all.String())
	}
	texts := map[string]string{}
	for line := range strings.Lines(all.String()) {
		_, text, _ := strings.Cut(line, `"text":`)
		texts[text] = "kept"
	}
	return texts
}
