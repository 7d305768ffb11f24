package pii

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/cputime"
	"github.com/winnow-data/winnow/stages/realdata"
)

// BenchmarkMask runs over documents of Common Crawl, over prose of this repository and over a table of numbers, the dearest text there is for a scan
// that stops at digits. cpuMB/s is by processor time; docs/bench/web.sh runs dolma over the same documents.
func BenchmarkMask(b *testing.B) {
	var web strings.Builder
	for _, text := range realdata.CommonCrawl(b) {
		web.WriteString(text + "\n")
	}
	for _, c := range []struct{ name, text string }{
		{"cc", web.String()},
		{"prose", prose(b)},
		{"numbers", strings.Repeat("2020-01-31 17179869184 4111 555 0123 3.14159265 192.168.1.1\n", 2000)},
		{"found", strings.Repeat("Ann, tel. 415-555-2671, ann@site.org, from 93.184.216.34, wrote a line of an ordinary length.\n", 2000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			start := cputime.Now()
			for b.Loop() {
				Mask(c.text)
			}
			if used := cputime.Now() - start; used > 0 {
				b.ReportMetric(float64(len(c.text))*float64(b.N)/1e6/used.Seconds(), "cpuMB/s")
			}
		})
	}
}

// prose returns the comments of this package, over and over.
func prose(b *testing.B) string {
	files, err := os.ReadDir(".")
	if err != nil {
		b.Fatal(err)
	}
	var text strings.Builder
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		r, err := os.Open(f.Name())
		if err != nil {
			b.Fatal(err)
		}
		for sc := bufio.NewScanner(r); sc.Scan(); {
			if line, ok := strings.CutPrefix(strings.TrimSpace(sc.Text()), "// "); ok {
				text.WriteString(line + "\n")
			}
		}
		r.Close()
	}
	return strings.Repeat(text.String(), 20)
}
