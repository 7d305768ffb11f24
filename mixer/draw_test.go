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

// TestBounds checks on few, often equal keys that the bounds read from the samples hold every threshold.
func TestBounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 30 {
		g := &group{}
		var all []noted
		for range 1 + rng.IntN(5) {
			es := make([]noted, 1+rng.IntN(4*blockLength))
			for i := range es {
				es[i] = noted{key: rng.Uint64N(2000), amount: rng.Uint64N(3)}
			}
			sort.Slice(es, func(i, j int) bool { return es[i].key < es[j].key })
			s := span{segment: segment{Entries: int64(len(es))}}
			for i, e := range es {
				s.Amount += e.amount
				if (i+1)%blockLength == 0 || i+1 == len(es) {
					s.samples = append(s.samples, entry{e.key, s.Amount})
				}
			}
			g.segments = append(g.segments, s)
			all = append(all, es...)
		}
		sort.Slice(all, func(i, j int) bool { return all[i].key < all[j].key })
		sum := uint64(0)
		for _, e := range all {
			for range e.amount {
				sum++ // want that e's key is the first to meet
				if from, to := g.bounds(sum); e.key < from || e.key > to {
					t.Fatalf("want %d: the threshold %d lies outside %d to %d", sum, e.key, from, to)
				}
			}
		}
	}
}

const text100 = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen 17 18 19 20"

func TestCap(t *testing.T) {
	for _, c := range []struct {
		amount uint64
		epochs float64
		want   uint64
	}{{100, .29, 29}, {100, .291, 29}, {3, 4, 12}, {0, 4, 0}, {1, .999, 0}} {
		if got := (&part{pool: &group{amount: c.amount}}).cap(c.epochs); got != c.want {
			t.Errorf("%v epochs of %d: got %d, want %d", c.epochs, c.amount, got, c.want)
		}
	}
}

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
