package place_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/place"
)

func TestPaths(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{place.Join("s3://b", "x", "y"), "s3://b/x/y"},
		{place.Join("s3://b/p/", "_winnow"), "s3://b/p/_winnow"},
		{place.Join("https://h/a//b", "c"), "https://h/a/b/c"},
		{place.Join("/a", "b"), filepath.Join("/a", "b")},
		{place.Dir("s3://b/x/y"), "s3://b/x"},
		{place.Dir("s3://b/x"), "s3://b"},
		{place.Dir("s3://b"), "s3://b"},
		{place.Dir("a/b"), "a"},
		{place.Shown("https://me:pw@h/a?sig=1"), "https://%E2%80%A6@h/a"},
		{place.Shown("https://h/a?x=1"), "https://h/a"},
		{place.Shown("s3://b/what?"), "s3://b/what?"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	for p, want := range map[string]bool{
		"https://h/a":                            false,
		"https://h/a?download=true":              false,
		"https://h/a?X-Amz-Signature=1":          true,
		"https://h/a?sv=1&sig=2":                 true,
		"https://h/a?X-Goog-Credential=1":        true,
		"https://h/a?access_token=1":             true,
		"https://me@h/a":                         true,
		"s3://b/a?key=1":                         false,
		"/local/file?token=1":                    false,
		"http://h/a?AWSAccessKeyId=A&Expires=12": true,
	} {
		if got := place.Secret(p); got != want {
			t.Errorf("secret %s: got %v, want %v", p, got, want)
		}
	}
	for p, want := range map[string]string{"/a/b": "", "s3://b/x": "", "s3:///x": "bucket is missing", "https://h/x": "only gives", "gs://b/x": "no store is known"} {
		if err := place.Writable(p); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("writable %s: got %v, want %q", p, err, want)
		}
	}
}

func TestResolve(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/x/a b.jsonl" || r.URL.RawQuery != "v=2" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte("{}\n"))
	}))
	t.Cleanup(srv.Close)
	found, err := place.Resolve(t.Context(), "", srv.URL+"/x/a%20b.jsonl?v=2", place.Options{})
	if err != nil || len(found) != 1 || found[0].Name != "a b.jsonl" || found[0].Size != 3 || found[0].Path != srv.URL+"/x/a b.jsonl" {
		t.Errorf("got %+v, %v", found, err)
	}
	for pattern, want := range map[string]string{
		srv.URL + "/x/b?v=2":      "file does not exist",
		srv.URL + "/x/":           "no address of a file",
		srv.URL + "/a?sig=s3cret": "list: FILE",
		"gs://b/x":                "no store is known for gs://",
		"s3:///x":                 "bucket is missing",
	} {
		if _, err := place.Resolve(t.Context(), "", pattern, place.Options{}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got %v, want %q", pattern, err, want)
		}
	}
}

func TestList(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "sig=s3cret" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		_, _ = w.Write([]byte(r.URL.Path))
	}))
	t.Cleanup(srv.Close)
	dir := t.TempDir()
	write := func(name, text string) string {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return full
	}
	above := write("above.jsonl", "above")
	write("lists/a.jsonl", "a")
	write("lists/sub/we*ird.jsonl", "weird")
	list := write("lists/all.txt", "# what we read\n\na.jsonl\r\n./sub/we*ird.jsonl\n../above.jsonl\n"+srv.URL+"/x/y.jsonl?sig=s3cret\n")
	for _, base := range []string{dir, ""} {
		file := "lists/all.txt"
		if base == "" {
			file = list
		}
		found, err := place.List(t.Context(), base, file, place.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var names, texts []string
		for _, f := range found {
			text, err := blob.Get(t.Context(), f.Store, f.Name, 100)
			if err != nil || strings.Contains(f.Path, "s3cret") {
				t.Errorf("%s: %v", f.Path, err)
			}
			names, texts = append(names, f.Name), append(texts, string(text))
		}
		if got, want := strings.Join(names, " "), "a.jsonl sub/we*ird.jsonl "+strings.TrimPrefix(above, "/")+" x/y.jsonl"; got != want {
			t.Errorf("names: got %q, want %q", got, want)
		}
		if got := strings.Join(texts, " "); got != "a weird above /x/y.jsonl" {
			t.Errorf("texts: got %q", got)
		}
	}
	for text, want := range map[string]string{
		"":                            "names no file",
		"# nothing\n":                 "names no file",
		"a.jsonl\na.jsonl":            "named twice",
		"a.jsonl\nnope\nnope2":        "nope2",
		"s3://bucket":                 "line 1",
		"x://y/z":                     "no store is known",
		srv.URL + "/z?sig=s3cretless": "permission",
	} {
		write("lists/bad.txt", text)
		if _, err := place.List(t.Context(), dir, "lists/bad.txt", place.Options{}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}
