//go:build unix

package tokenizer

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// qwen2Parts are the parts of Qwen2's tokenizer.
func qwen2Parts(t testing.TB) Parts {
	t.Helper()
	p, err := ReadParts(os.DirFS(qwen2Folder(t)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// qwen2JSON writes a tokenizer.json with the vocabulary of Qwen2, as the tokenizers library writes it.
func qwen2JSON(t testing.TB) string {
	t.Helper()
	p := qwen2Parts(t)
	vocab := make(map[string]int, len(p.Tokens))
	for id, s := range p.Tokens[:len(p.Tokens)-len(p.Added)] {
		vocab[s] = id
	}
	type object = map[string]any
	src, err := json.MarshalIndent(object{
		"added_tokens": []object{
			{"id": 151643, "content": "<|endoftext|>", "special": true},
			{"id": 151644, "content": "<|im_start|>", "special": true},
			{"id": 151645, "content": "<|im_end|>", "special": true},
		},
		"normalizer": object{"type": "NFC"},
		"pre_tokenizer": object{"type": "Sequence", "pretokenizers": []object{
			{"type": "Split", "pattern": object{"Regex": patternQwen2}, "behavior": "Isolated", "invert": false},
			{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false},
		}},
		"model": object{"type": "BPE", "vocab": vocab, "merges": p.Merges},
	}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "tokenizer.json"), src, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func BenchmarkNew(b *testing.B) {
	p := qwen2Parts(b)
	load(b, func() error { _, err := New(p); return err })
}

// load times f and reports the least processor time that one call took, of all threads.
func load(b *testing.B, f func() error) {
	best := time.Duration(math.MaxInt64)
	for b.Loop() {
		start := cpuTime()
		if err := f(); err != nil {
			b.Fatal(err)
		}
		best = min(best, cpuTime()-start)
	}
	b.ReportMetric(float64(best.Microseconds())/1000, "cpu-ms-best")
}

func BenchmarkOpen(b *testing.B) {
	for name, dir := range map[string]string{"vocab.json": qwen2Folder(b), "tokenizer.json": qwen2JSON(b)} {
		b.Run(name, func(b *testing.B) {
			load(b, func() error { _, err := Open(dir); return err })
		})
	}
}
