package datatrove_test

import (
	"strings"
	"testing"
	"time"

	"github.com/winnow-data/winnow/filters/internal/datatrove"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/cputime"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/text"
	cut "github.com/winnow-data/winnow/stages/text/datatrove"
)

// BenchmarkPresets measures the @datatrove presets on the Common Crawl documents: the chain of FineWeb as a run goes through it, dropped
// documents left behind, and its steps on texts cut anew. chain-web is the chain on the 241 different web documents of the golden folder, chain-new
// the same with empty caches each time. cpuMB/s is by processor time, for comparison with the peer.
func BenchmarkPresets(b *testing.B) {
	docs, size := realdata.CommonCrawlTexts(b)
	chain := chainOf(b, cut.English, true)
	var v text.View
	var d stages.Document
	run := func(name string, steps []step) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			start := cputime.Now()
			for b.Loop() {
				for _, s := range docs {
					d = stages.Document{Text: s}
					runChain(b, steps, &d, &v)
				}
			}
			if used := cputime.Now() - start; used > 0 {
				b.ReportMetric(float64(b.N)*float64(size)/1e6/used.Seconds(), "cpuMB/s")
			}
		})
	}
	run("chain", chain)
	var web []string
	webSize := 0
	for _, d := range datatrove.ExactDocs(b, "en") {
		if source, _, _ := strings.Cut(d.ID, "/"); source == "cc" || source == "dj" || source == "dclm-human" {
			web, webSize = append(web, d.Text), webSize+len(d.Text)
		}
	}
	for name, fresh := range map[string]bool{"chain-web": false, "chain-new": true} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(webSize))
			var used time.Duration
			chain, v := chain, &v
			for b.Loop() {
				if fresh {
					chain, v = chainOf(b, cut.English, true), new(text.View)
				}
				start := cputime.Now()
				for _, s := range web {
					d = stages.Document{Text: s}
					runChain(b, chain, &d, v)
				}
				used += cputime.Now() - start
			}
			if used > 0 {
				b.ReportMetric(float64(b.N)*float64(webSize)/1e6/used.Seconds(), "cpuMB/s")
			}
		})
	}
	var spans []text.Span
	cutter := cut.English.Cutter()
	run("words", []step{{"words", mapping(func(s string) { spans = cutter.Words(spans[:0], s) })}})
	for i := range chain {
		run(chain[i].name, chain[i:i+1])
	}
}

// A mapping is a mapper that looks at the text.
type mapping func(string)

func (f mapping) Map(d *stages.Document, _ *text.View) (stages.Verdict, error) {
	f(d.Text)
	return stages.Verdict{}, nil
}
