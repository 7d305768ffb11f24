package dedup_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/dedup"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/stagetest"
)

// TestMcCormick runs the two article sets whose true pairs are known: every pair is found, nothing else.
func TestMcCormick(t *testing.T) {
	for _, set := range []string{"100", "1000"} {
		var docs []stages.Document
		for line := range lines(t, "data/dedup/mccormick-articles_"+set+".train") {
			id, text, _ := strings.Cut(line, " ")
			docs = append(docs, stages.Document{ID: id, Text: text})
		}
		var want []string
		for line := range lines(t, "data/dedup/mccormick-articles_"+set+".truth") {
			pair := strings.Fields(line)
			slices.Sort(pair)
			want = append(want, strings.Join(pair, " "))
		}
		got, err := stagetest.Run(t.Context(), stagetest.New[dedup.MinHash](spec(t, "dedup_minhash"), nil), docs, stagetest.Options{Tasks: 3, Shuffle: 1})
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for i, o := range got.Outcomes {
			if o.Verdict.Rule != "" {
				pair := []string{docs[i].ID, o.Verdict.Kept}
				slices.Sort(pair)
				found = append(found, strings.Join(pair, " "))
			}
		}
		slices.Sort(want)
		slices.Sort(found)
		if len(docs) < 100 || len(want) < 5 || !slices.Equal(found, want) {
			t.Errorf("%s articles: found %q, want %q", set, found, want)
		}
	}
}

func lines(t *testing.T, name string) func(func(string) bool) {
	b, err := os.ReadFile(realdata.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(string) bool) {
		for line := range strings.Lines(string(b)) {
			if line = strings.TrimRight(line, "\r\n"); line != "" && !yield(line) {
				return
			}
		}
	}
}

// TestDataJuicerDemo names what goes of the peer's own sample, whose documents differ in case, punctuation, a word, or nothing.
func TestDataJuicerDemo(t *testing.T) {
	docs := corpus(t, "data/dedup/data-juicer-demo-dedup.jsonl")
	for i := range docs {
		docs[i].ID = fmt.Sprintf("line %d", i+1)
	}
	got, err := stagetest.Run(t.Context(), stagetest.New[dedup.MinHash](spec(t, "dedup_minhash"), nil), docs, stagetest.Options{Tasks: 2, Shuffle: 4})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for i, o := range got.Outcomes {
		if o.Verdict.Rule != "" {
			found[docs[i].ID] = o.Verdict.Kept
		}
	}
	// 10 is the first half of 8, and goes neither for it, since 8 goes, nor for 9, which has another word in that half.
	want := map[string]string{"line 8": "line 9", "line 11": "line 10", "line 12": "line 7", "line 13": "line 14"}
	if len(docs) != 14 || !maps.Equal(found, want) {
		t.Errorf("removed %v, want %v", found, want)
	}
}
