package fasttext

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/winnow-data/winnow/stages/cputime"
	"github.com/winnow-data/winnow/stages/realdata"
)

// BenchmarkPredict finds the language of the verses and paragraphs of golden/langid, of documents of Common Crawl, and of the Universal
// Declaration of Human Rights in some 380 languages, each as one text. In cc-new the cache of words is empty at first. cpuMB/s is by processor time.
// docs/bench/langid.sh runs the same with fastText's readers in Python.
func BenchmarkPredict(b *testing.B) {
	m := lid176(b)
	lines := make([]string, 0, 2000)
	for _, row := range golden(b) {
		if row.Text != nil {
			lines = append(lines, *row.Text)
		}
	}
	sorted := func(texts map[string]string) (out []string) {
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			out = append(out, texts[name])
		}
		return out
	}
	cc := sorted(realdata.CommonCrawl(b))
	for _, c := range []struct {
		name  string
		texts []string
		fresh bool
	}{{"lines", lines, false}, {"cc", cc, false}, {"cc-new", cc, true}, {"udhr", sorted(realdata.UDHR(b)), false}} {
		b.Run(c.name, func(b *testing.B) {
			n := 0
			for _, t := range c.texts {
				n += len(t)
			}
			b.SetBytes(int64(n))
			b.ReportAllocs()
			p := m.Predictor()
			var into []Prediction
			var err error
			used := time.Duration(0)
			for b.Loop() {
				if c.fresh {
					p = m.Predictor()
				}
				start := cputime.Now()
				for _, t := range c.texts {
					if into, err = p.Predict(t, 1, into); err != nil {
						b.Fatal(err)
					}
				}
				used += cputime.Now() - start
			}
			if used > 0 {
				b.ReportMetric(float64(n)*float64(b.N)/1e6/used.Seconds(), "cpuMB/s")
			}
		})
	}
}
