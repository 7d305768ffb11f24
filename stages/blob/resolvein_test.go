package blob_test

import (
	"path"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/blob"
)

// below is a store below a prefix of another; names that a folder could not hold beside each other are allowed.
type below struct {
	blob.Store
	prefix string
}

func TestResolveIn(t *testing.T) {
	open := func(prefix string) (blob.Store, error) {
		s := blob.Memory()
		for _, name := range []string{
			"a.jsonl", "sub/b.jsonl", "sub/deep/c.jsonl", "sub/deep/c.txt", "README.md", "sub/readme", ".hidden/x.jsonl",
			"_winnow/plan.json", "_SUCCESS", "sub/_winnow/done.jsonl", "we[i]rd.jsonl", "sub", "subway/d.jsonl",
		} {
			rel := name
			if prefix != "" {
				var ok bool
				if rel, ok = strings.CutPrefix(name, prefix+"/"); !ok {
					continue
				}
			}
			if err := blob.Put(t.Context(), s, rel, []byte(name)); err != nil {
				return nil, err
			}
		}
		return below{s, prefix}, nil
	}
	for _, c := range []struct{ name, key, want, err string }{
		{name: "object", key: "a.jsonl", want: "a.jsonl"},
		{name: "object below", key: "sub/deep/c.txt", want: "c.txt"},
		{name: "an object that is a prefix as well", key: "sub", want: "sub"},
		{name: "object with wildcard in its name", key: "we[i]rd.jsonl", want: "we[i]rd.jsonl"},
		{name: "prefix", key: "sub/deep", want: "c.jsonl c.txt"},
		{name: "prefix with slash", key: "sub/deep/", want: "c.jsonl c.txt"},
		{name: "bucket", key: "", want: "a.jsonl sub sub/b.jsonl sub/deep/c.jsonl sub/deep/c.txt subway/d.jsonl we[i]rd.jsonl"},
		{name: "star", key: "*.jsonl", want: "a.jsonl we[i]rd.jsonl"},
		{name: "two stars", key: "**/*.jsonl", want: "a.jsonl sub/b.jsonl sub/deep/c.jsonl subway/d.jsonl we[i]rd.jsonl"},
		{name: "two stars below", key: "sub/**/*.jsonl", want: "b.jsonl deep/c.jsonl"},
		{name: "star in the middle", key: "s*/*.jsonl", want: "sub/b.jsonl subway/d.jsonl"},
		{name: "glob of a dot", key: ".h*/*", want: ".hidden/x.jsonl"},
		{name: "nothing matches", key: "*.warc", err: "nothing matches"},
		{name: "no such object", key: "nope", err: `input "mem://m/nope": nothing matches`},
		{name: "bad glob", key: "[a", err: "syntax error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := blob.ResolveIn(t.Context(), "mem://m", open, c.key)
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
				full := path.Join(f.Store.(below).prefix, f.Name)
				if got, err := blob.Get(t.Context(), f.Store, f.Name, 1<<20); err != nil || string(got) != full || f.Path != "mem://m/"+full {
					t.Errorf("%s: got %q, %v; want %q", f.Path, got, err, full)
				}
			}
			if got := strings.Join(names, " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
