package dedup_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/dedup"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
)

// prose returns n random words of a vocabulary of so many.
func prose(rng *rand.Rand, n, vocabulary int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("w%d", rng.IntN(vocabulary))
	}
	return out
}

// count returns the words from..to-1 as text: w0 w1 w2, all different.
func count(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "w%d ", i)
	}
	return b.String()
}

func TestMinHash(t *testing.T) {
	han := "道可道非常道名可名非常名无名天地之始有名万物之母故常无欲以观其妙常有欲以观其徼此两者同出而异名同谓之玄玄之又玄众妙之门"
	long := count(0, 100)
	for name, c := range map[string]struct {
		set  func(*dedup.MinHash)
		docs []stages.Document
		want []string
		why  map[string]string // removed id → KEPT REASON
	}{
		"nothing": {nil, nil, nil, nil},
		"one":     {nil, docsOf("a|"), []string{"a"}, nil},
		"case and punctuation do not count": {
			nil,
			docsOf("a|The quick brown fox jumps over the lazy dog!", "b|the quick, brown fox jumps over the lazy dog"),
			[]string{"a"},
			map[string]string{"b": "a jaccard"},
		},
		"longest stays": {
			nil,
			docsOf("a|"+count(0, 99), "b|"+long, "c|"+count(1, 100)),
			[]string{"b"},
			map[string]string{"a": "b jaccard", "c": "b jaccard"},
		},
		"first is the least id": {
			func(m *dedup.MinHash) { m.Keep = dedup.Keep{Policy: "first"} },
			docsOf("p-10|"+long, "p-9|"+count(0, 99)),
			[]string{"p-9"},
			nil,
		},
		"newest": {
			func(m *dedup.MinHash) { m.Keep = dedup.Keep{Policy: "newest", Field: "crawl"} },
			docsOf("a|"+long+"|crawl=CC-MAIN-2023-50", "b|"+count(0, 99)+"|crawl=CC-MAIN-2024-10", "c|"+long+"|crawl=none"),
			[]string{"b"},
			nil,
		},
		"shorter than the window: equal words": {
			nil,
			docsOf("a|Hello world", "b|hello, world", "c|hello worlds", "d|world hello", "e|hello world again"),
			[]string{"b", "c", "d", "e"},
			nil,
		},
		"no words: equal texts": {
			nil,
			docsOf("a|!!!", "b|!!!", "c|???", "d|", "e|"),
			[]string{"a", "c", "d"},
			nil,
		},
		"unspaced below 0.9": { // 1 of 57 characters differs: 48 of 58 runs are shared
			nil,
			docsOf("a|"+han, "b|"+strings.Replace(han, "天地", "天空", 1)),
			[]string{"a", "b"},
			nil,
		},
		"unspaced, equal but for the stops": {
			nil,
			docsOf("a|"+han, "b|"+strings.Replace(han, "天地", "天，地。", 1)),
			[]string{"b"},
			nil,
		},
		"within": {
			func(m *dedup.MinHash) { m.Within = "source" },
			docsOf("a|"+long+"more|source=1", "b|"+long+"|source=2", "c|"+long+"|source=1"),
			[]string{"a", "b"},
			nil,
		},
		"only from": {
			func(m *dedup.MinHash) { m.OnlyFrom = "web" },
			docsOf("a|"+long+" more|source=web", "b|"+long+"|source=books", "c|"+count(0, 99)+"|source=books", "d|"+count(500, 600)+"|source=web",
				"e|"+count(500, 599)+"|source=web"),
			[]string{"b", "c", "d"},
			map[string]string{"a": "b jaccard", "e": "d jaccard"},
		},
		"similarity 1 asks for the same shingles": {
			func(m *dedup.MinHash) { m.Similarity = 1; m.Ngram = 2 },
			docsOf("a|x y x y", "b|x y x y x y", "c|x y z", "d|z x y"),
			[]string{"b", "c", "d"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, verify := range []bool{true, false} {
				make := stagetest.New(spec(t, "dedup_minhash"), func(m *dedup.MinHash) {
					if c.set != nil {
						c.set(m)
					}
					m.Verify = verify
				})
				if !verify && strings.HasPrefix(name, "unspaced below") {
					continue
				}
				for _, o := range []stagetest.Options{{}, {Tasks: 3, Batch: 1, Shuffle: 2, Memory: 1}} {
					got, err := stagetest.Run(t.Context(), make, c.docs, o)
					if err != nil {
						t.Fatal(err)
					}
					ids := got.IDs()
					if verify && !slices.Equal(ids, c.want) && len(c.want)+len(ids) > 0 {
						t.Errorf("kept %q, want %q", ids, c.want)
					}
					if !verify && !slices.Equal(ids, c.want) && name != "similarity 1 asks for the same shingles" && len(ids)+len(c.want) > 0 {
						t.Errorf("without verification kept %q, want %q", ids, c.want)
					}
					for i, d := range c.docs {
						v := got.Outcomes[i].Verdict
						if want, ok := c.why[d.ID]; verify && ok && v.Kept+" "+v.Why != want {
							t.Errorf("%s: %+v, want %s", d.ID, v, want)
						}
					}
				}
			}
		})
	}
}

// TestContained proposes everything (one row a band), so that only the comparison decides.
func TestContained(t *testing.T) {
	loop := strings.Repeat("again and again and ", 10)
	for name, c := range map[string]struct {
		part, whole string
		removed     bool
	}{
		"a part":                    {count(20, 60), count(0, 100), true},
		"a part and one word":       {count(20, 60) + "other", count(0, 100), false},
		"half, then the first half": {count(50, 100) + count(0, 50), count(0, 100) + "end", false}, // three 3-grams are at the seam
		"no part: longer":           {count(0, 100), count(0, 60), false},
		"repetitive, in one piece":  {loop, count(0, 50) + loop + count(50, 100), true},
		"repetitive, not in one":    {loop, count(0, 50) + loop[:len(loop)/2] + count(50, 100) + loop[len(loop)/2:] + "x y z x y z", false},
	} {
		t.Run(name, func(t *testing.T) {
			make := stagetest.New(spec(t, "dedup_minhash"), func(m *dedup.MinHash) { m.Bands, m.Rows, m.Similarity = 256, 1, 0.95 })
			docs := docsOf("part|"+c.part, "whole|"+c.whole)
			got, err := stagetest.Run(t.Context(), make, docs, stagetest.Options{})
			if err != nil {
				t.Fatal(err)
			}
			v := got.Outcomes[0].Verdict
			if removed := v.Rule != ""; removed != c.removed || removed && (v.Why != "contained" || v.Kept != "whole" || v.Value >= 0.95) {
				t.Errorf("%+v, want removed %v", v, c.removed)
			}
			if got.Facts["verify"] == nil || got.File("verify", 0, "evidence.jsonl.zst") == nil {
				t.Error("no evidence")
			}
		})
	}
}

// TestContainedIsNoLonger keeps a document by its id whose 3-grams are those of a longer one: the longer stays too.
func TestContainedIsNoLonger(t *testing.T) {
	docs := docsOf("a|"+count(0, 100)+count(0, 2), "b|"+count(0, 100)+count(0, 6))
	for a, want := range map[string]int{"a": 2, "c": 1} { // as c, the shorter one goes
		docs[0].ID = a
		make := stagetest.New(spec(t, "dedup_minhash"), func(m *dedup.MinHash) {
			m.Bands, m.Rows, m.Similarity, m.Keep = 256, 1, 1, dedup.Keep{Policy: "first"}
		})
		got, err := stagetest.Run(t.Context(), make, docs, stagetest.Options{})
		if err != nil || len(got.Docs) != want {
			t.Errorf("shorter one named %s: %d stay %v, want %d", a, len(got.Docs), err, want)
		}
	}
}

// TestSimilarityIsInclusive gives two documents that share three of four shingles.
func TestSimilarityIsInclusive(t *testing.T) {
	for similarity, why := range map[float64]string{0.75: "jaccard", 0.7501: "contained"} {
		make := stagetest.New(spec(t, "dedup_minhash"), func(m *dedup.MinHash) { m.Bands, m.Rows, m.Similarity = 256, 1, similarity })
		got, err := stagetest.Run(t.Context(), make, docsOf("a|"+count(0, 8), "b|"+count(0, 7)), stagetest.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if v := got.Outcomes[1].Verdict; v.Why != why || v.Value != 0.75 {
			t.Errorf("similarity %v: %+v, want %s at 0.75", similarity, v, why)
		}
	}
}

// TestSeveralGroupsInACluster chains groups of true near-duplicates by documents that are half one, half the next: one of
// each group stays.
func TestSeveralGroupsInACluster(t *testing.T) {
	var docs []stages.Document
	const groups = 40 // more than are compared with everything
	for g := range groups {
		for k := range 3 {
			docs = append(docs, stages.Document{ID: fmt.Sprintf("g%d.%d", g, k), Text: count(1000*g, 1000*g+200-k)})
		}
		docs = append(docs, stages.Document{ID: fmt.Sprintf("bridge%d", g), Text: count(1000*g, 1000*g+100) + count(1000*g+1000, 1000*g+1100)})
	}
	make := stagetest.New(spec(t, "dedup_minhash"), func(m *dedup.MinHash) { m.Bands, m.Rows = 64, 2 })
	got, err := stagetest.Run(t.Context(), make, docs, stagetest.Options{Tasks: 4, Shuffle: 3})
	if err != nil {
		t.Fatal(err)
	}
	fact := got.Facts["cut"][0]["near_duplicates"].(map[string]any)
	if fact["clusters"].(float64) != 1 {
		t.Fatalf("%v clusters, want one of all", fact["clusters"])
	}
	var want []string
	for g := range groups {
		want = append(want, fmt.Sprintf("g%d.0", g), fmt.Sprintf("bridge%d", g))
	}
	if !slices.Equal(got.IDs(), want) {
		t.Errorf("kept %q, want %q", got.IDs(), want)
	}
}

func TestMinHashSettings(t *testing.T) {
	for want, set := range map[string]func(*dedup.MinHash){
		"similarity: 0 ":   func(m *dedup.MinHash) { m.Similarity = 0 },
		"similarity: 1.1":  func(m *dedup.MinHash) { m.Similarity = 1.1 },
		"similarity: NaN":  func(m *dedup.MinHash) { m.Similarity = math.NaN() },
		"ngram: 0":         func(m *dedup.MinHash) { m.Ngram = 0 },
		"hashes: 0":        func(m *dedup.MinHash) { m.Hashes = 0 },
		"both or neither":  func(m *dedup.MinHash) { m.Bands = 3 },
		"5000 x 1":         func(m *dedup.MinHash) { m.Bands, m.Rows = 5000, 1 },
		"keep: \"oldest\"": func(m *dedup.MinHash) { m.Keep.Policy = "oldest" },
	} {
		if _, err := stagetest.New(spec(t, "dedup_minhash"), set)(&stages.Env{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
