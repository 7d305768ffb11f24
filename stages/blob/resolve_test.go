package blob_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/blob"
)

func TestResolve(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"a.jsonl", "sub/b.jsonl", "sub/deep/c.jsonl", "sub/deep/c.txt", "README.md", "sub/readme", ".hidden/x.jsonl", ".gitignore",
		"_winnow/plan.json", "_SUCCESS", "sub/_winnow/done.jsonl", "we[i]rd.jsonl",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../a.jsonl", filepath.Join(dir, "sub", "link.jsonl")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("..", filepath.Join(dir, "sub", "loop")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, pattern, want, err string }{
		{name: "file", pattern: "a.jsonl", want: "a.jsonl"},
		{name: "file with wildcard in its name", pattern: "we[i]rd.jsonl", want: "we[i]rd.jsonl"},
		{name: "hidden file by name", pattern: ".gitignore", want: ".gitignore"},
		{name: "folder", pattern: "sub", want: "b.jsonl deep/c.jsonl deep/c.txt link.jsonl"},
		{name: "folder with slash", pattern: "sub/", want: "b.jsonl deep/c.jsonl deep/c.txt link.jsonl"},
		{name: "absolute", pattern: filepath.Join(dir, "sub/deep"), want: "c.jsonl c.txt"},
		{name: "base itself", pattern: ".", want: "a.jsonl sub/b.jsonl sub/deep/c.jsonl sub/deep/c.txt sub/link.jsonl we[i]rd.jsonl"},
		{name: "star", pattern: "*.jsonl", want: "a.jsonl we[i]rd.jsonl"},
		{name: "star folder", pattern: "s*/*.jsonl", want: "sub/b.jsonl sub/link.jsonl"},
		{name: "two stars", pattern: "**/*.jsonl", want: "a.jsonl sub/b.jsonl sub/deep/c.jsonl sub/link.jsonl we[i]rd.jsonl"},
		{name: "two stars in the middle", pattern: "sub/**/c.*", want: "deep/c.jsonl deep/c.txt"},
		{name: "two stars at the end", pattern: "sub/deep/**", want: "c.jsonl c.txt"},
		{name: "glob of a dot", pattern: ".h*/*", want: ".hidden/x.jsonl"},
		{name: "question mark and class", pattern: "sub/[a-c]?jsonl", want: "b.jsonl"},
		{name: "nothing matched", pattern: "*.warc", err: "nothing matches"},
		{name: "no such file", pattern: "nope.jsonl", err: "no such file"},
		{name: "bad glob", pattern: "[a", err: "syntax error"},
		{name: "empty", pattern: "", err: "the path is empty"},
		{name: "unknown store", pattern: "s3://b/x", err: `no store is known for "s3://"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := blob.Resolve(t.Context(), dir, c.pattern)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("got %v, want an error with %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, f := range found {
				names = append(names, f.Name)
				if _, err := blob.Get(t.Context(), f.Store, f.Name, 1<<20); err != nil {
					t.Error(err)
				}
			}
			if got := strings.Join(names, " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestResolveListsAllUnreadable(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"x", "y"} {
		if err := os.Symlink("nowhere", filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := blob.Resolve(t.Context(), dir, ".")
	if err == nil || !strings.Contains(err.Error(), "2 cannot be read") || !strings.Contains(err.Error(), "/y:") {
		t.Errorf("got %v, want both files listed", err)
	}
}
