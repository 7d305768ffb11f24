package filters

import (
	"strings"
	"testing"

	lingua "github.com/pemistahl/lingua-go"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/text"
)

// udhrTexts cuts a text of size bytes out of the Universal Declaration in each of 30 languages.
func udhrTexts(b *testing.B, size int) (texts []string, bytes int64) {
	b.Helper()
	all := realdata.UDHR(b)
	for _, name := range strings.Fields(`eng fra deu spa por_PT ita nld swe dan fin pol ces hun ron tur vie ind swh afr lav rus ukr bul
		arb pes_1 urd hin ell_monotonic kor jpn`) {
		s, ok := all[name]
		if !ok {
			b.Fatalf("no UDHR %q among %d", name, len(all))
		}
		from := min(len(s)/3, max(0, len(s)-size-4))
		s = strings.ToValidUTF8(s[from:min(len(s), from+size)], "")
		texts, bytes = append(texts, s), bytes+int64(len(s))
	}
	return texts, bytes
}

// The language of UDHR texts of three sizes: winnow's default engine, the same without lingua-go, fastText's model, and lingua-go over
// the whole text in its low-accuracy mode, the faster one.
func BenchmarkLanguage200B(b *testing.B) { benchmarkLanguage(b, 200) }
func BenchmarkLanguage1KB(b *testing.B)  { benchmarkLanguage(b, 1000) }
func BenchmarkLanguage10KB(b *testing.B) { benchmarkLanguage(b, 10_000) }

func benchmarkLanguage(b *testing.B, size int) {
	texts, bytes := udhrTexts(b, size)
	stage := func(l *Language) func(string) {
		var v text.View
		return func(s string) {
			d := stages.Document{Text: s}
			v.Reset(s)
			if _, err := l.Map(&d, &v); err != nil {
				b.Fatal(err)
			}
		}
	}
	low := lingua.NewLanguageDetectorBuilder().FromAllLanguages().WithLowAccuracyMode().Build()
	for _, engine := range []struct {
		name   string
		detect func(string)
	}{
		{"ours", stage(detector(b, nil))},
		{"ours-trigrams", stage(detector(b, func(l *Language) { l.Short = "trigrams" }))},
		{"fasttext", stage(lid176(b))},
		{"lingua-go-low", func(s string) { low.DetectLanguageOf(s) }},
	} {
		for _, s := range texts {
			engine.detect(s) // loads what is loaded on first use
		}
		b.Run(engine.name, func(b *testing.B) {
			b.SetBytes(bytes)
			b.ReportAllocs()
			for b.Loop() {
				for _, s := range texts {
					engine.detect(s)
				}
			}
			b.ReportMetric(float64(b.N*len(texts))/b.Elapsed().Seconds(), "docs/s")
		})
	}
}

// BenchmarkLanguageCC is what the stage costs in front of the heuristics.
func BenchmarkLanguageCC(b *testing.B) {
	docs, size := realdata.CommonCrawlTexts(b)
	l := detector(b, nil)
	var v text.View
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range docs {
			d := stages.Document{Text: s}
			v.Reset(s)
			if _, err := l.Map(&d, &v); err != nil {
				b.Fatal(err)
			}
		}
	}
}
