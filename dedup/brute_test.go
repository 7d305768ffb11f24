package dedup_test

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/winnow-data/winnow/dedup"
	"github.com/winnow-data/winnow/dedup/internal/sketch"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
	"github.com/winnow-data/winnow/stages/text"
)

// truth knows the similarity of all pairs of documents, from numbered words, without any hash.
type truth struct {
	words  [][]int32 // of each document
	grams  []int     // distinct 5-grams of each
	shared [][]int32 // of i and j < i, the 5-grams they share
}

func newTruth(docs []stages.Document) *truth {
	t := &truth{grams: make([]int, len(docs)), shared: make([][]int32, len(docs))}
	numbers := map[string]int32{}
	holders := map[[5]int32][]int32{} // 5-gram → documents, ascending
	var v text.View
	for i := range docs {
		v.Reset(docs[i].Text)
		var words []int32
		for _, w := range v.Words() {
			s := strings.ToLower(docs[i].Text[w.Start:w.End])
			if _, ok := numbers[s]; !ok {
				numbers[s] = int32(len(numbers))
			}
			words = append(words, numbers[s])
		}
		t.words = append(t.words, words)
		for k := 0; k+5 <= len(words); k++ {
			g := [5]int32(words[k:])
			if h := holders[g]; len(h) == 0 || h[len(h)-1] != int32(i) {
				holders[g] = append(h, int32(i))
				t.grams[i]++
			}
		}
		t.shared[i] = make([]int32, i)
	}
	for _, h := range holders {
		for a, i := range h {
			for _, j := range h[:a] {
				t.shared[i][j]++
			}
		}
	}
	return t
}

func (t *truth) jaccard(i, j int) float64 {
	both := int(t.shared[max(i, j)][min(i, j)])
	return float64(both) / float64(t.grams[i]+t.grams[j]-both)
}

// contained says whether all 3-grams of i are in j, which is no shorter.
func (t *truth) contained(i, j int) bool {
	if len(t.words[i]) > len(t.words[j]) {
		return false
	}
	has := map[[3]int32]bool{}
	for k := 0; k+3 <= len(t.words[j]); k++ {
		has[[3]int32(t.words[j][k:])] = true
	}
	for k := 0; k+3 <= len(t.words[i]); k++ {
		if !has[[3]int32(t.words[i][k:])] {
			return false
		}
	}
	return true
}

// certain is a similarity at which 18 bands of 7 rows miss a pair once in 10⁷.
const certain = 0.93

// TestBruteForce compares all decisions on 1,500 real documents with all pairs of them.
func TestBruteForce(t *testing.T) {
	docs := corpus(t, "data/corpus/powershell-docs.jsonl.zst")
	for i := range 1500 { // every second one: all six versions of the manual
		docs[i] = docs[2*i]
	}
	docs = docs[:1500]
	truth := newTruth(docs)
	at := map[string]int{}
	for i := range docs {
		at[docs[i].ID] = i
	}
	got, err := stagetest.Run(t.Context(), stagetest.New[dedup.MinHash](spec(t, "dedup_minhash"), nil), docs, stagetest.Options{Tasks: 5, Shuffle: 1})
	if err != nil {
		t.Fatal(err)
	}
	stays := make([]bool, len(docs))
	for _, i := range got.From {
		stays[i] = true
	}
	removed := 0
	for i, o := range got.Outcomes {
		if stays[i] {
			continue
		}
		removed++
		v := o.Verdict
		k, ok := at[v.Kept]
		if !ok || !stays[k] {
			t.Fatalf("%s was removed for %s, which does not stay", docs[i].ID, v.Kept)
		}
		if j := truth.jaccard(i, k); !(math.Abs(j-v.Value) < 1e-12) {
			t.Errorf("%s: similarity %v, want %v", docs[i].ID, v.Value, j)
		}
		switch v.Why {
		case "jaccard":
			if v.Value < 0.75 {
				t.Errorf("%s: removed at %v", docs[i].ID, v.Value)
			}
		case "contained":
			if !truth.contained(i, k) {
				t.Errorf("%s is not contained in %s", docs[i].ID, docs[k].ID)
			}
		default:
			t.Errorf("%s: reason %q", docs[i].ID, v.Why)
		}
		if a, b := utf8.RuneCountInString(docs[i].Text), utf8.RuneCountInString(docs[k].Text); a > b {
			t.Errorf("%s of %d characters went, %s of %d stays", docs[i].ID, a, docs[k].ID, b)
		}
	}
	// Pairs above the bound that both stay: MinHash missed them, and no more of them than it may.
	missed, expect, variance, proposed := 0, 0.0, 0.0, 0
	for i := range docs {
		for j := range i {
			s := truth.jaccard(i, j)
			if s < 0.75 {
				continue
			}
			proposed++
			p := 1 - sketch.Proposed(s, 18, 7)
			expect += p
			variance += p * (1 - p)
			if !stays[i] || !stays[j] {
				continue
			}
			missed++
			if s >= certain {
				t.Errorf("%s and %s both stay at similarity %v", docs[i].ID, docs[j].ID, s)
			}
		}
	}
	if removed < len(docs)/3 || proposed < removed {
		t.Errorf("%d removed of %d documents with %d pairs: too few to say anything", removed, len(docs), proposed)
	}
	if !(float64(missed) <= expect+4*math.Sqrt(variance)) {
		t.Errorf("%d pairs missed, of %d; %.1f expected", missed, proposed, expect)
	}
	t.Logf("%d documents, %d removed, %d pairs above the bound, %d of them both stay, %.1f expected", len(docs), removed, proposed, missed, expect)
}
