package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines/tally"
)

func tagFacts(name string) []Fact {
	return []Fact{
		{Stage: name, Name: "ontology", Value: map[string]any{
			"order": "ours", "documents": 1000, "min_count": 3, "vectors": name, "others": 7,
			"steps": []any{map[string]any{"step": "raw", "tags": 900, "tagged": 990, "mean": 4.5}, map[string]any{"step": "rule", "tags": 90, "folded": 800, "dropped": 10, "tagged": 500, "mean": 4.1}},
			"tags":  []any{map[string]any{"tag": name, "documents": 200, "spellings": 3}, map[string]any{"tag": "code", "documents": 100}},
			"pairs": []any{map[string]any{"tags": []string{name, "code"}, "documents": 31, "lift": 1.55}}, "unused": []string{"ban " + name}, "conflicts": []string{"rename " + name},
		}},
		{Stage: name, Name: "selection", Value: map[string]any{
			"by": "complexity", "asked": 20, "taken": 12, "documents": 1000, "passes": 2, "tags": 90, "covered": 45, "mean_all": 4, "mean_taken": 7.5,
			"quotas": []any{map[string]any{"field": "language", "value": "zh", "most": 6, "taken": 6}, map[string]any{"field": name, "most": 0}},
		}},
		{Stage: name, Name: "ontology", Value: 3},
		{Stage: name, Name: "selection", Value: "x"},
		{Stage: name, Name: "ontology", Value: map[string]any{}},
	}
}

func TestTagsInReport(t *testing.T) {
	d := Build(Material{Tally: tally.New(nil, nil), Facts: tagFacts("tags")})
	if len(d.Ontologies) != 2 || len(d.Selections) != 1 || len(d.Facts) != 2 || d.Ontologies[0].Tags[0] != (TagCount{"tags", 200, 3}) {
		t.Fatalf("%+v, %+v, other facts %+v", d.Ontologies, d.Selections, d.Facts)
	}
	var told []string
	for _, a := range d.Alerts {
		if a.Section == "tags" {
			told = append(told, a.Text)
		}
	}
	for i, want := range []string{"contradict each other: rename tags", "49.5", "20 documents were asked for, 12", "matched no document: ban tags"} {
		if i >= len(told) || !strings.Contains(told[i], want) {
			t.Errorf("alert %d of %q, want %q", i, told, want)
		}
	}
	var page bytes.Buffer
	if err := d.HTML(&page); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<section id="tags">`, "matched nothing: ban tags", "<bdi>tags</bdi> + <bdi>code</bdi>", "6 of 6", "45 of 90 tags (50", "in 2 passes"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestHostileTags(t *testing.T) {
	d := Build(Material{Tally: tally.New(nil, nil), Facts: tagFacts("<script>alert(1)</script>\x1b[2J\"'\u202e" + strings.Repeat("x", 10_000))})
	var page bytes.Buffer
	if err := d.HTML(&page); err != nil {
		t.Fatal(err)
	}
	checkPage(t, page.Bytes())
}
