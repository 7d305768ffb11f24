package spacy

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/text"
)

// crawl returns the 20 Common Crawl documents of the shared data.
func crawl(b *testing.B) (docs []string, size int64) {
	files, err := filepath.Glob(filepath.Join(realdata.Path(b, "data/web/dolma"), "cc_en_head-*.jsonl.gz"))
	if err != nil || len(files) == 0 {
		b.Fatalf("no files: %v", err)
	}
	for _, name := range files {
		h, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		defer h.Close()
		z, err := gzip.NewReader(h)
		if err != nil {
			b.Fatal(err)
		}
		lines := bufio.NewScanner(z)
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			var d struct{ Text string }
			if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
				b.Fatal(err)
			}
			docs = append(docs, d.Text)
			size += int64(len(d.Text))
		}
		if err := lines.Err(); err != nil {
			b.Fatal(err)
		}
	}
	return docs, size
}

func BenchmarkWords(b *testing.B) {
	docs, size := crawl(b)
	t := English()
	var words []text.Span
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range docs {
			words = t.Words(words[:0], s)
		}
	}
}

// BenchmarkWordsPlain is the plain form of the same.
func BenchmarkWordsPlain(b *testing.B) {
	docs, size := crawl(b)
	t := English()
	b.SetBytes(size)
	for b.Loop() {
		for _, s := range docs {
			t.tokens = t.rules.tokens(t.tokens[:0], s)
		}
	}
}

// BenchmarkWordsCold begins with an empty cache for every document.
func BenchmarkWordsCold(b *testing.B) {
	docs, size := crawl(b)
	t := English()
	var words []text.Span
	b.SetBytes(size)
	for b.Loop() {
		for _, s := range docs {
			clear(t.cache)
			words = t.Words(words[:0], s)
		}
	}
}
