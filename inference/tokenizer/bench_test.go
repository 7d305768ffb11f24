package tokenizer

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// benchSets are the texts that peers are timed on: about 3 MB each of English, Python and Chinese.
func benchSets(t testing.TB) map[string][]string {
	t.Helper()
	take := func(lists ...[]string) (texts []string) {
		size := 0
		for _, list := range lists {
			for _, text := range list {
				if text != "" {
					texts = append(texts, text)
					if size += len(text); size > 3_000_000 {
						return texts
					}
				}
			}
		}
		return texts
	}
	read := func(name string) []string { return fields(t, shared(t, "data/"+name), "text") }
	plays, err := os.ReadFile(shared(t, "data/text/tinyshakespeare.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var scenes []string
	for s := string(plays); s != ""; {
		n := min(4000, len(s))
		scenes, s = append(scenes, s[:n]), s[n:]
	}
	var poems []string
	var page strings.Builder
	for _, poem := range read("corpus/zh-poetry.jsonl.zst") {
		page.WriteString(poem + "\n\n")
		if utf8.RuneCountInString(page.String()) > 1300 {
			poems = append(poems, page.String())
			page.Reset()
		}
	}
	return map[string][]string{
		"english": take(read("web/dolma/cc_en_head-0091.jsonl.gz"), read("web/dolma/cc_en_head-0174.jsonl.gz"), read("corpus/rust-book.jsonl.zst"), scenes),
		"code":    take(read("corpus/algorithms-python.jsonl.zst")),
		"chinese": take(poems),
	}
}

func total(texts []string) (bytes int64) {
	for _, s := range texts {
		bytes += int64(len(s))
	}
	return bytes
}

func BenchmarkEncode(b *testing.B) {
	tok := qwen2(b)
	for _, name := range []string{"english", "code", "chinese"} {
		texts := benchSets(b)[name]
		ids := make([]int32, 0, 1<<20)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(total(texts))
			b.ReportAllocs()
			for b.Loop() {
				for _, s := range texts {
					ids = tok.Encode(ids[:0], s, false)
				}
			}
		})
	}
}

func BenchmarkCount(b *testing.B) {
	tok := qwen2(b)
	for _, name := range []string{"english", "code", "chinese"} {
		texts := benchSets(b)[name]
		b.Run(name, func(b *testing.B) {
			b.SetBytes(total(texts))
			b.ReportAllocs()
			for b.Loop() {
				for _, s := range texts {
					tok.Count(s)
				}
			}
		})
	}
}
