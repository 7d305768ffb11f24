package filters

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/cputime"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/text"
)

// bibleChapters returns the chapters in 45 languages of the shared data.
func bibleChapters(t testing.TB) (docs []string, bytes int) {
	t.Helper()
	realdata.Lines(t, "data/corpus/bible.jsonl.zst", func(b []byte) {
		var d struct{ Text string }
		if err := json.Unmarshal(b, &d); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d.Text)
		bytes += len(d.Text)
	})
	return docs, bytes
}

// BenchmarkHeuristics measures every rule of the chain on every Common Crawl document, nothing dropped before the end: what
// `gopher_repetition gopher_quality c4 fineweb` costs at most; and on chapters of the Bible in 45 languages, unknown to it. Its parts are each on texts cut anew. cpuMB/s is by processor time, for
// comparison with the peers of the shared bench folder.
func BenchmarkHeuristics(b *testing.B) {
	repetition, quality, web, fine := gopherRepetition, gopherQuality, c4, fineWeb
	crawl, crawlBytes := realdata.CommonCrawlTexts(b)
	bible, bibleBytes := bibleChapters(b)
	for _, bench := range []struct {
		name, language string
		f              []stages.Filter
	}{
		{"chain", "en", []stages.Filter{&repetition, &quality, &web, &fine}},
		{"chain-bible-45-languages", "", []stages.Filter{&repetition, &quality, &web, &fine}},
		{"gopher_repetition", "en", []stages.Filter{&repetition}},
		{"gopher_quality", "en", []stages.Filter{&quality}},
		{"gopher_quality-unknown-language", "", []stages.Filter{&quality}},
		{"c4", "en", []stages.Filter{&web}},
		{"fineweb", "en", []stages.Filter{&fine}},
	} {
		docs, size := crawl, crawlBytes
		if strings.Contains(bench.name, "bible") {
			docs, size = bible, bibleBytes
		}
		b.Run(bench.name, func(b *testing.B) {
			var v text.View
			m := make([]float64, 16)
			var d stages.Document
			b.SetBytes(int64(size))
			b.ReportAllocs()
			start := cputime.Now()
			for b.Loop() {
				for _, s := range docs {
					v.Reset(s)
					v.SetLanguage(bench.language)
					for _, f := range bench.f {
						if mapper, ok := f.(stages.Mapper); ok {
							d.Text = s
							if _, err := mapper.Map(&d, &v); err != nil {
								b.Fatal(err)
							}
							if d.Text != s {
								v.Reset(d.Text)
								v.SetLanguage(bench.language)
							}
						}
						f.Measure(&v, m)
					}
				}
			}
			if used := cputime.Now() - start; used > 0 {
				b.ReportMetric(float64(b.N)*float64(size)/1e6/used.Seconds(), "cpuMB/s")
			}
		})
	}
}
