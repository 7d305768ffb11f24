package recipes

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	if got, want := Names(), []string{"quickstart", "web"}; !slices.Equal(got, want) {
		t.Fatalf("names %v, want %v", got, want)
	}
	for _, name := range Names() {
		src, ok := Lookup(name)
		if !ok || !strings.Contains(string(src), "name: "+name+"\n") {
			t.Errorf("recipe %s is not the one of its name", name)
		}
		if s := Summary(src); len(s) < 20 || !strings.HasSuffix(s, ".") {
			t.Errorf("recipe %s has the summary %q, want a sentence", name, s)
		}
	}
	for _, name := range []string{"", "nope", "quickstart/README", "../recipes"} {
		if _, ok := Lookup(name); ok {
			t.Errorf("there is a recipe %q", name)
		}
	}
}

// TestSamples holds the shards in the binary to their size, and to the README that names their sources.
func TestSamples(t *testing.T) {
	readme, err := fs.ReadFile(FS(), "quickstart/README.md")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := fs.ReadDir(FS(), "quickstart")
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
		if e.Name() != "README.md" && !strings.Contains(string(readme), "`"+e.Name()+"`") {
			t.Errorf("the README does not name %s", e.Name())
		}
	}
	if len(entries) < 6 || total > 1_500_000 {
		t.Errorf("%d samples of %d bytes, want at least 6 in at most 1,500,000", len(entries), total)
	}
}
