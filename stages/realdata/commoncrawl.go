package realdata

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// CommonCrawl returns the texts of the documents of Common Crawl by their id, which is their address.
func CommonCrawl(t testing.TB) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(Path(t, "data/web/dolma"), "cc_en_head-*.jsonl.gz"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	texts := map[string]string{}
	for _, name := range names {
		h, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(h)
		if err != nil {
			t.Fatal(err)
		}
		for in := json.NewDecoder(z); ; {
			var d struct{ ID, Text string }
			if err := in.Decode(&d); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			texts[d.ID] = d.Text
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return texts
}
