package ontology

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
)

// BenchmarkSelect chooses 10,000 of 1,000,000 documents of 4.5 tags on average, of 20,000.
func BenchmarkSelect(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	docs := make([]stages.Document, 1_000_000)
	for i := range docs {
		var tags []string
		for range 1 + rng.IntN(8) {
			x := rng.Float64()
			tags = append(tags, fmt.Sprint("tag ", int(20000*x*x*x)))
		}
		docs[i] = stages.Document{ID: fmt.Sprintf("dataset/part-%05d#%d", i%97, i), Text: "x"}
		setTags(&docs[i], tags)
	}
	for _, by := range []string{"complexity", "quota"} {
		b.Run(by, func(b *testing.B) {
			for b.Loop() {
				runtime.GC()
				ids, told, _ := selection(b, docs, stagetest.Options{Tasks: 16, Batch: 1024, Memory: 1 << 30}, func(s *Select) {
					s.Rows = 10_000
					if by == "quota" {
						s.Quota = Quota{"tags": {"*": {Count: 20}}}
					}
				})
				if len(ids) != 10_000 && by == "complexity" {
					b.Fatalf("%d, %+v", len(ids), told)
				}
				b.ReportMetric(float64(told.Passes), "passes")
			}
		})
	}
}

// BenchmarkNovel walks 20,000 vectors of 384 numbers around 5,000 centres for 5,000 rows.
func BenchmarkNovel(b *testing.B) {
	rng := rand.New(rand.NewPCG(2, 2))
	const dim, n = 384, 20_000
	random := func(spread float64, around []float32) []float32 {
		v := make([]float32, dim)
		for i := range v {
			if v[i] = float32(rng.NormFloat64() * spread); around != nil {
				v[i] += around[i]
			}
		}
		return v
	}
	var centres, vectors [][]float32
	for range 5000 {
		centres = append(centres, random(1, nil))
	}
	p := &pool{ends: []int32{n}}
	for i := range n {
		vectors = append(vectors, random(0.6*rng.Float64(), centres[rng.IntN(len(centres))]))
		p.ids = fmt.Append(p.ids, i)
		p.idEnds, p.hash, p.tagEnds, p.bndEnds = append(p.idEnds, int64(len(p.ids))), append(p.hash, 0), append(p.tagEnds, 0), append(p.bndEnds, 0)
		p.score, p.vector, p.width = append(p.score, rng.Float64()), append(p.vector, 0), append(p.width, dim)
	}
	for b.Loop() {
		c, err := novel(b.Context(), p, 5000, 0.9, func(i int32, into []float32) error { copy(into, vectors[i]); return nil })
		if err != nil || len(c.order) < 1000 {
			b.Fatal(len(c.order), err)
		}
		b.ReportMetric(float64(len(c.order)), "taken")
		b.ReportMetric(float64(len(c.nearest)), "similar")
	}
}
