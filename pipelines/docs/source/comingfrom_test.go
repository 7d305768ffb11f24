package source

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/recipe"
)

var codeSpan = regexp.MustCompile("`([^`]+)`")

// TestComingFrom lints every stage that docs/coming-from.md names in the place of a peer's.
func TestComingFrom(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs/coming-from.md"))
	if err != nil {
		t.Fatal(err)
	}
	reg := pipelines.Registry()
	linted := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) != 3 || cells[1] == "winnow" || strings.HasPrefix(line, "| ---") {
			continue
		}
		for _, m := range codeSpan.FindAllStringSubmatch(cells[1], -1) {
			name, _, _ := strings.Cut(m[1], ":")
			if _, ok := reg.Lookup(name); !ok {
				if !strings.HasPrefix(m[1], "winnow ") && !slices.Contains([]string{"input:", "path:", "list:", "text:", "id:", "_winnow/excluded"}, m[1]) {
					t.Errorf("%q is no stage, command or key of an input:\n%s", m[1], line)
				}
				continue
			}
			src := "models: {small: {hub: org/name}}\ninput: in.jsonl\nstages:\n  - " + m[1] + "\noutput: out/\n"
			_, problems := recipe.Load([]byte(src), "coming-from.yaml", reg, recipe.Options{Stat: func(string) error { return nil }})
			for _, p := range problems {
				if !p.Warning {
					t.Errorf("%s: %s\n%s", m[1], p.Message, line)
				}
			}
			linted++
		}
	}
	if linted < 50 {
		t.Errorf("%d stages linted, want at least 50", linted)
	}
}
