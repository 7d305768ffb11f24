package place_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/stages/blob/place"
)

// Lists come from editors of all systems: the mark that some of them put first is no part of a name, and inside of one it is.
func TestLinesOfEditors(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string][]string{
		"\ufeffa.jsonl\r\n\r\n# more\r\n b c.jsonl \r\n": {"a.jsonl", "b c.jsonl"},
		"\ufeff# first\na.jsonl":                         {"a.jsonl"},
		"a.jsonl\n\ufeffb.jsonl":                         {"a.jsonl", "\ufeffb.jsonl"},
	} {
		if err := os.WriteFile(filepath.Join(dir, "list.txt"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		lines, err := place.Lines(t.Context(), dir, "list.txt", place.Options{})
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		var names []string
		for _, l := range lines {
			names = append(names, filepath.Base(l.Name))
		}
		if !slices.Equal(names, want) {
			t.Errorf("%q: got %q, want %q", text, names, want)
		}
	}
}
