package docs

import (
	"strings"
	"testing"
)

func TestPresets(t *testing.T) {
	own := Page{Name: "c4", Room: "filters", Doc: "C4 cuts."}
	preset := func(doc string) Page {
		return Page{Name: "c4@peer", Room: "filters", Does: "cuts", Doc: doc, Examples: []string{"- c4@peer"}}
	}
	for _, c := range []struct{ name, doc, want string }{
		{"a paragraph", "C4 cuts.\n\nKnown differences: blank texts\nare none.\n\nMore.", "Known differences: blank texts are none."},
		{"none", "C4 cuts.\n\nKnown differences: none.", "Known differences: none."},
		{"a list", "C4 cuts.\n\nKnown differences:\n\n  - one\n  - two\n\nMore.\n\n  - three", "Known differences:\n\n  - one\n  - two"},
	} {
		page, err := Presets([]Page{own, preset(c.doc)})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		_, got, _ := strings.Cut(page, "- c4@peer\n```\n\n")
		if strings.TrimSpace(got) != c.want || strings.Contains(page, "`c4`") {
			t.Errorf("%s: got %q of\n%s\nwant %q", c.name, got, page, c.want)
		}
	}
	if _, err := Presets([]Page{own, preset("C4 cuts.\n\nMore.")}); err == nil || !strings.Contains(err.Error(), "c4@peer") {
		t.Errorf("a preset that says nothing of differences: got %v", err)
	}
}
