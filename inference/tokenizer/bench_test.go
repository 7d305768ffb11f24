//go:build unix

package tokenizer

import (
	"math"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
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

// cpuTime returns the processor time of this process: peers are timed by it, since a shared machine leaves little else to trust.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchmark runs f on each text of each set and reports MB of UTF-8 per second of processor time.
func benchmark(b *testing.B, f func(text string)) {
	sets := benchSets(b)
	for _, name := range []string{"english", "code", "chinese"} {
		b.Run(name, func(b *testing.B) {
			size := total(sets[name])
			b.SetBytes(size)
			b.ReportAllocs()
			best := time.Duration(math.MaxInt64)
			for b.Loop() {
				start := cpuTime()
				for _, s := range sets[name] {
					f(s)
				}
				best = min(best, cpuTime()-start)
			}
			b.ReportMetric(float64(size)/1e6/best.Seconds(), "MB/cpu-s-best")
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	tok := qwen2(b)
	ids := make([]int32, 0, 1<<20)
	benchmark(b, func(s string) { ids = tok.Encode(ids[:0], s, false) })
}

func BenchmarkCount(b *testing.B) {
	tok := qwen2(b)
	benchmark(b, func(s string) { tok.Count(s) })
}

// BenchmarkFirstPass begins each pass with an empty cache of words, as a goroutine that meets its first 3 MB.
func BenchmarkFirstPass(b *testing.B) {
	tok := qwen2(b)
	sets := benchSets(b)
	for _, name := range []string{"english", "code", "chinese"} {
		b.Run(name, func(b *testing.B) {
			size := total(sets[name])
			b.SetBytes(size)
			best := time.Duration(math.MaxInt64)
			out := sink{keep: true}
			for b.Loop() {
				start := cpuTime()
				w := new(scratch)
				for _, s := range sets[name] {
					out.ids = out.ids[:0]
					tok.encode(&out, w, view(s), false)
				}
				best = min(best, cpuTime()-start)
			}
			b.ReportMetric(float64(size)/1e6/best.Seconds(), "MB/cpu-s-best")
		})
	}
}
