package mixer

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
	"github.com/winnow-data/winnow/stages/text"
)

// TestDrawBruteForce compares what stays with the obvious way: sort all documents by key, take the first until the budget is met.
func TestDrawBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for round := range 60 {
		n := 1 + rng.IntN(3000)
		docs := make([]stages.Document, n)
		for i := range docs {
			id := rng.IntN(1 + rng.IntN(2*n)) // ids and words repeat
			docs[i] = stages.Document{ID: fmt.Sprint(id), Text: text100[:id%100]}
		}
		u := []unit{rows, words, bytes}[round%3]
		k := keyer{seed: uint64(round), salt: "mix"}
		var v text.View
		type doc struct{ key, amount uint64 }
		var all []doc
		total := uint64(0)
		for i := range docs {
			all = append(all, doc{k.of(&docs[i], ""), u.of(&docs[i], &v)})
			total += all[i].amount
		}
		if total == 0 {
			continue
		}
		budget := 1 + rng.Uint64N(total)
		sort.Slice(all, func(i, j int) bool { return all[i].key < all[j].key })
		var want []uint64
		for sum, i := uint64(0), 0; sum < budget; i++ {
			sum += all[i].amount
			want = append(want, all[i].key)
		}
		r := runMix(t, docs, stagetest.Options{Tasks: 1 + rng.IntN(9), Seed: uint64(round)}, func(m *Mix) {
			m.Shuffle = false
			switch u {
			case rows:
				m.Rows = stages.Count(budget)
			case words:
				m.Words = stages.Count(budget)
			case bytes:
				m.Bytes = stages.Bytes(budget)
			}
		})
		var got []uint64
		for i := range r.Docs {
			got = append(got, k.of(&r.Docs[i], ""))
		}
		slices.Sort(got)
		// A document is kept whole or copied: with one epoch at most, none is copied.
		if !slices.Equal(got, want) {
			t.Fatalf("round %d: %d of %d documents for %d of %d %s, want %d", round, len(got), n, budget, total, u, len(want))
		}
	}
}

const text100 = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen 17 18 19 20"

func TestApportion(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		parts := make([]*part, 1+rng.IntN(12))
		sum := 0.0
		for i := range parts {
			parts[i] = &part{weight: rng.ExpFloat64()}
			sum += parts[i].weight
		}
		for _, p := range parts {
			p.weight /= sum
		}
		budget := rng.Uint64N(1 << rng.IntN(50))
		apportion(parts, budget)
		total := uint64(0)
		for _, p := range parts {
			total += p.want
			if exact := float64(budget) * p.weight; float64(p.want) < exact-1.001 || float64(p.want) > exact+1.001 {
				t.Errorf("%v of %d: got %d", p.weight, budget, p.want)
			}
		}
		if total != budget {
			t.Errorf("the parts of %d sum to %d", budget, total)
		}
	}
}
