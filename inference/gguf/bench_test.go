package gguf

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/winnow-data/winnow/inference/internal/golden"
	"github.com/winnow-data/winnow/inference/tensor"
)

// writeLarge writes a file with the metadata of a Qwen2 model: 151,936 tokens, as many types and 151,387 merges, 290 small tensors.
func writeLarge(b *testing.B) string {
	b.Helper()
	tokens, merges := make([]string, 151936), make([]string, 151387)
	types := make([]int32, len(tokens))
	text, err := os.ReadFile(golden.Path(b, "data/tokenizer/merges.txt"))
	if err != nil {
		b.Fatal(err)
	}
	for i := range tokens {
		tokens[i] = string(text[8*i%len(text):][:min(8, len(text)-8*i%len(text))])
	}
	for i := range merges {
		merges[i] = string(text[9*i:][:9])
	}
	w := Writer{Meta: []Pair{
		{"general.architecture", "qwen2"},
		{"tokenizer.ggml.tokens", tokens},
		{"tokenizer.ggml.token_type", types},
		{"tokenizer.ggml.merges", merges},
	}}
	for i := range 290 {
		w.Tensors = append(w.Tensors, Source{string(rune('a'+i%26)) + string(rune('A'+i/26)), tensor.Q8_0, []int{2, 64}, func(_, _ int, dst []float32) { clear(dst) }})
	}
	path := filepath.Join(b.TempDir(), "large.gguf")
	if err := w.WriteFile(b.Context(), path); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkOpen opens a file with a Qwen2 vocabulary and asks for tokens, types and merges.
func BenchmarkOpen(b *testing.B) {
	path := writeLarge(b)
	b.ReportAllocs()
	for b.Loop() {
		f, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		tokens, err := f.Meta.Strings("tokenizer.ggml.tokens")
		if err != nil || len(tokens) != 151936 {
			b.Fatal(len(tokens), err)
		}
		if _, err := f.Meta.Strings("tokenizer.ggml.merges"); err != nil {
			b.Fatal(err)
		}
		if _, err := f.Meta.Ints("tokenizer.ggml.token_type"); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
