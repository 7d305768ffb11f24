package realdata

import (
	"encoding/json"
	"path/filepath"
	"testing"
)

// CommonCrawl returns the texts of the documents of Common Crawl by their id, which is their address.
func CommonCrawl(t testing.TB) map[string]string {
	t.Helper()
	texts := map[string]string{}
	crawl(t, func(id, text string) { texts[id] = text })
	return texts
}

// CommonCrawlTexts returns the texts of the documents of Common Crawl in the order of the peers' measurements, and their bytes.
func CommonCrawlTexts(t testing.TB) (texts []string, bytes int) {
	t.Helper()
	crawl(t, func(_, text string) {
		texts = append(texts, text)
		bytes += len(text)
	})
	return texts, bytes
}

func crawl(t testing.TB, f func(id, text string)) {
	t.Helper()
	const folder = "data/web/dolma"
	names, err := filepath.Glob(filepath.Join(Path(t, folder), "cc_en_head-*.jsonl.gz"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range names {
		Lines(t, folder+"/"+filepath.Base(name), func(line []byte) {
			var d struct{ ID, Text string }
			if err := json.Unmarshal(line, &d); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			f(d.ID, d.Text)
		})
	}
}
