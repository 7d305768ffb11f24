package ontology

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/ontology/internal/near"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/stagetest"
)

// TestModelVectors takes the vectors of a model, which knows synonyms.
func TestModelVectors(t *testing.T) {
	known := map[string][]float32{"car": {1, 0.1}, "automobile": {1, 0.12}, "boat": {0, 1}}
	m := &scripted{answer: func(r stages.Request) stages.Reply {
		if v := known[r.Text]; v != nil && r.Ask == stages.AskVector {
			return stages.Reply{Vector: v, In: 1}
		}
		return stages.Reply{Err: errors.New("no")}
	}}
	o := stagetest.Options{Env: func(e *stages.Env) {
		e.Provide(stages.ModelResource("gte"), func() (any, error) { return m, nil })
	}}
	docs := tagged(slices.Concat(times(2, "automobile"), times(3, "car"), times(1, "boat"), times(1, "refused"))...)
	got, told, _ := normalize(t, normalizer(t, "", func(n *NormalizeTags) { n.Model = "gte" }), docs, o)
	if s := fmt.Sprint(got); s != "[[car] [car] [car] [car] [car] [boat] [refused]]" || told.Asked.Failed != 1 || told.Vectors != "model gte" {
		t.Errorf("%s, %+v", s, told)
	}
	known = nil
	if _, err := stagetest.Run(t.Context(), normalizer(t, "", func(n *NormalizeTags) { n.Model = "gte" }), docs, o); err == nil || !strings.Contains(err.Error(), "embed") {
		t.Errorf("error %v", err)
	}
}

func TestGrams(t *testing.T) {
	cosine := func(a, b string) float64 {
		s := near.NewSpace(gramDims)
		vectors, err := byGrams(t.Context(), []string{a, b})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range vectors {
			if _, err := s.Add(v); err != nil {
				t.Fatal(err)
			}
		}
		return s.Cosine(0, 1)
	}
	for _, c := range []struct {
		a, b string
		near bool
	}{
		{"a summary of the chapters of the first book 12", "a summary of the chapters of the first book 13", false},
		{"a summary of the chapters of the first book", "a summary of the chapters of the firsst book", true},
		{"java", "javascript", false},
		{"写诗", "写诗", true},
	} {
		if x := cosine(c.a, c.b); (x >= 0.95) != c.near {
			t.Errorf("%q and %q: %v", c.a, c.b, x)
		}
	}
}

// TestAssociationsOfGolden folds exactly the tags that imply another one by mlxtend's rules.
func TestAssociationsOfGolden(t *testing.T) {
	var rows [][]string
	for _, r := range lines[struct{ Tags []string }](t, "fpgrowth-tags5k-transactions.jsonl") {
		rows = append(rows, r.Tags)
	}
	want := map[string]bool{}
	for _, r := range lines[struct {
		Antecedent, Consequent []string
		Count, AntecedentCount int
		Confidence             float64
	}](t, "fpgrowth-tags5k-rules.jsonl") {
		if len(r.Antecedent) == 1 && len(r.Consequent) == 1 && r.Confidence >= 0.99 {
			want[r.Antecedent[0]] = true
		}
	}
	g := taggingOf(rows)
	s := &groups{g: g, of: make([]int32, len(g.raw)), by: make([]string, len(g.raw))}
	for raw := range s.of {
		s.of[raw] = s.add(group{name: g.raw[raw]})
	}
	s.count()
	n := normalizeDefaults
	if folded := s.associateOnce(40, n.confidence()); folded != len(want) {
		t.Errorf("%d folded, want %d", folded, len(want))
	}
	for raw, name := range g.raw {
		if folded := s.find(int32(raw)) != int32(raw); folded != want[name] {
			t.Errorf("%s: folded %v", name, folded)
		}
	}
}

// taggingOf is the tagging of rows in memory.
func taggingOf(rows [][]string) *tagging {
	g := &tagging{start: []int{0}}
	for _, r := range rows {
		g.raw = append(g.raw, r...)
	}
	slices.Sort(g.raw)
	g.raw = slices.Compact(g.raw)
	for _, r := range rows {
		for _, tag := range r {
			at, _ := slices.BinarySearch(g.raw, tag)
			g.flat = append(g.flat, int32(at))
		}
		g.start = append(g.start, len(g.flat))
	}
	return g
}

// lines decodes a golden file.
func lines[T any](t testing.TB, name string) (rows []T) {
	data, err := os.ReadFile(realdata.Path(t, "golden/ontology/"+name))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		var r T
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}
