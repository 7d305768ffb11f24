package pipelines

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines/recipe"
)

func TestModelFlags(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("models/qwen", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ in, name, kind, where, bare string }{
		{"small.gguf", "", "file", filepath.Join(here, "small.gguf"), "small.gguf"},
		{"student=small.gguf", "student", "file", filepath.Join(here, "small.gguf"), "small.gguf"},
		{"./a=b.gguf", "", "file", filepath.Join(here, "a=b.gguf"), "a=b.gguf"},
		{"/m/x", "", "file", "/m/x", "x"},
		{"models/qwen", "", "file", filepath.Join(here, "models/qwen"), "qwen"},
		{"models/none", "", "hub", "models/none", "models/none"},
		{"Qwen/Qwen2.5-0.5B-Instruct", "", "hub", "Qwen/Qwen2.5-0.5B-Instruct", "Qwen/Qwen2.5-0.5B-Instruct"},
		{"org/name/x-q8_0.gguf", "", "hub", "org/name/x-q8_0.gguf", "org/name/x-q8_0.gguf"},
		{"deep/er.gguf", "", "file", filepath.Join(here, "deep/er.gguf"), "er.gguf"},
		{"s=https://h/v1#m=1", "s", "url", "https://h/v1#m=1", "https://h/v1#m=1"},
		{"replay:embedded:x/replies", "", "replay", "embedded:x/replies", "embedded:x/replies"},
		{"replay:old/answers", "", "replay", filepath.Join(here, "old/answers"), "answers"},
	} {
		given, bare, err := modelFlags([]string{c.in})
		if err != nil {
			t.Fatalf("%s: %v", c.in, err)
		}
		if want := (recipe.ModelFlag{Flag: "--model " + c.in, Name: c.name, Kind: c.kind, Where: c.where}); given[0] != want {
			t.Errorf("%s: got %+v, want %+v", c.in, given[0], want)
		}
		if bare[0].Where != c.bare {
			t.Errorf("%s: shown as %q, want %q", c.in, bare[0].Where, c.bare)
		}
	}
	for _, s := range []string{"", "student="} {
		if _, _, err := modelFlags([]string{s}); err == nil || !strings.Contains(err.Error(), "nothing is named") {
			t.Errorf("%q: error %v", s, err)
		}
	}
}
