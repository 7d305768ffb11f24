package dedup_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/dedup"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
)

// TestPercolation gives documents a template that takes 2/5 of the shingles: verified, all stay; unverified, the run is refused and says why.
func TestPercolation(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	var docs []stages.Document
	for i := range 400 {
		docs = append(docs, stages.Document{ID: fmt.Sprint(i), Source: "letters", Text: count(0, 60) + strings.Join(prose(rng, 30, 100_000), " ")})
	}
	run := func(verify bool, rows int) (*stagetest.Result, error) {
		make := stagetest.New(spec(t, "dedup_minhash"), func(m *dedup.MinHash) { m.Verify, m.Bands, m.Rows = verify, 128/rows, rows })
		return stagetest.Run(t.Context(), make, docs, stagetest.Options{Tasks: 2})
	}
	got, err := run(true, 4)
	if err != nil || len(got.Docs) != len(docs) {
		t.Errorf("verified: %v, %d documents stay, want all %d", err, len(got.Docs), len(docs))
	}
	_, err = run(false, 4)
	if err == nil || !strings.Contains(err.Error(), "set verify: true") {
		t.Errorf("unverified: error %v", err)
	}
	if _, err = run(false, 32); err != nil {
		t.Errorf("unverified, 32 rows: %v", err)
	}
}

// TestTemplates is a corpus of letters under one greeting and footer: 10,000 different bodies, of which at least 99 % must stay.
func TestTemplates(t *testing.T) {
	for _, body := range []int{40, 150} {
		rng := rand.New(rand.NewPCG(6, uint64(body)))
		docs := make([]stages.Document, 10_000)
		for i := range docs {
			docs[i] = stages.Document{ID: fmt.Sprint(i), Text: count(0, 30) + strings.Join(prose(rng, body, 5000), " ") + " " + count(30, 60)}
		}
		got, err := stagetest.Run(t.Context(), stagetest.New[dedup.MinHash](spec(t, "dedup_minhash"), nil), docs, stagetest.Options{Tasks: 4})
		if err != nil {
			t.Fatal(err)
		}
		if share := float64(len(got.Docs)) / float64(len(docs)); !(share >= 0.99) {
			t.Errorf("bodies of %d words: %.4f stay, want 0.99", body, share)
		}
	}
}

// TestNearDuplicates is 10,000 documents of 200 words, and of each a copy with three other words: at least 95 % of the copies
// must go, and nothing else.
func TestNearDuplicates(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	const n = 10_000
	docs := make([]stages.Document, 0, 2*n)
	for i := range n {
		words := prose(rng, 200, 20_000)
		docs = append(docs, stages.Document{ID: fmt.Sprintf("a%d", i), Text: strings.Join(words, " ")})
		for range 3 {
			words[rng.IntN(len(words))] = "other"
		}
		docs = append(docs, stages.Document{ID: fmt.Sprintf("b%d", i), Text: strings.Join(words, " ")})
	}
	got, err := stagetest.Run(t.Context(), stagetest.New[dedup.MinHash](spec(t, "dedup_minhash"), nil), docs, stagetest.Options{Tasks: 4})
	if err != nil {
		t.Fatal(err)
	}
	if removed := len(docs) - len(got.Docs); removed < n*95/100 {
		t.Errorf("%d of %d copies removed, want 95 %%", removed, n)
	}
	for i, o := range got.Outcomes {
		if o.Verdict.Rule != "" && o.Verdict.Kept[1:] != docs[i].ID[1:] {
			t.Fatalf("%s was removed for %s", docs[i].ID, o.Verdict.Kept)
		}
	}
}

// TestDrift is a chain in which neighbours are alike and the ends are not: what goes is alike to what stays.
func TestDrift(t *testing.T) {
	var docs []stages.Document
	for i := range 50 {
		docs = append(docs, stages.Document{ID: fmt.Sprint(i), Text: count(5*i, 5*i+100)})
	}
	make := stagetest.New(spec(t, "dedup_minhash"), func(m *dedup.MinHash) { m.Bands, m.Rows = 64, 2 })
	got, err := stagetest.Run(t.Context(), make, docs, stagetest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if clusters := got.Facts["cut"][0]["near_duplicates"].(map[string]any)["clusters"]; clusters != 1.0 {
		t.Fatalf("%v clusters, want one", clusters)
	}
	for i, o := range got.Outcomes {
		if o.Verdict.Rule == "" {
			continue
		}
		kept, err := strconv.Atoi(o.Verdict.Kept)
		if err != nil {
			t.Fatal(err)
		}
		shift := 5 * max(kept-i, i-kept) // shingles that each of the two has alone
		if want := float64(96-shift) / float64(96+shift); !(math.Abs(o.Verdict.Value-want) < 1e-12) || want < 0.75 {
			t.Errorf("%d is kept for %d: similarity %v, want %v", kept, i, o.Verdict.Value, want)
		}
	}
	if n := len(got.Docs); n < 50/5 || n > 50/2 { // 0.75 reaches two documents to either side
		t.Errorf("%d stay, want 10 to 25", n)
	}
}

// TestMinHashIgnoresSharding deals real documents to tasks in many ways, under more and less memory: the same rows stay.
func TestMinHashIgnoresSharding(t *testing.T) {
	docs := corpus(t, "data/corpus/powershell-docs.jsonl.zst")[:700]
	rng := rand.New(rand.NewPCG(8, 8))
	for i := range docs {
		docs[i].Source = fmt.Sprint("s", i%3)
	}
	for range 100 { // copies that tie in all but the id, and in all
		d := docs[rng.IntN(600)]
		docs = append(docs, d, stages.Document{ID: d.ID + "~", Text: d.Text, Source: d.Source})
	}
	for name, set := range map[string]func(*dedup.MinHash){
		"longest":    nil,
		"first":      func(m *dedup.MinHash) { m.Keep = dedup.Keep{Policy: "first"} },
		"only from":  func(m *dedup.MinHash) { m.OnlyFrom = "s1" },
		"within":     func(m *dedup.MinHash) { m.Within = "source" },
		"unverified": func(m *dedup.MinHash) { m.Verify = false },
	} {
		t.Run(name, func(t *testing.T) {
			make := stagetest.New(spec(t, "dedup_minhash"), set)
			var want []string
			for run := range 4 {
				mixed := slices.Clone(docs)
				rng.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
				o := stagetest.Options{Tasks: 1 + 4*run, Batch: 1 + 50*run, Shuffle: uint64(run), Memory: int64(run%2) << 30}
				got, err := stagetest.Run(t.Context(), make, mixed, o)
				if err != nil {
					t.Fatal(err)
				}
				rows := rowsOf(got.Docs)
				if want == nil {
					want = rows
				}
				if !slices.Equal(rows, want) {
					t.Errorf("run %d: other rows stay: %d, want %d", run, len(rows), len(want))
				}
				if len(rows) >= len(docs)-50 {
					t.Errorf("%d of %d documents stay", len(rows), len(docs))
				}
			}
		})
	}
}
