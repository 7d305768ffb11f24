package random

import (
	"fmt"
	"strings"

	"github.com/winnow-data/winnow/inference/gguf"
	"github.com/winnow-data/winnow/inference/tensor"
)

// A Shape is the blueprint of a dense Qwen2 model.
type Shape struct {
	Name    string
	Hidden  int
	Layers  int
	Heads   int // of Hidden/Heads columns
	KVHeads int
	Inter   int // width of the feed-forward layers
	Vocab   int // 0: as many as the tokenizer has, rounded up to 128
	Context int
	Tied    bool // the embedding is also the head
}

// shapes are the public releases (their config.json), and one for tests.
var shapes = []Shape{
	{"tiny", 256, 2, 4, 2, 512, 0, 2048, true},
	{"qwen2-0.5b", 896, 24, 14, 2, 4864, 151936, 32768, true},
	{"qwen2-1.5b", 1536, 28, 12, 2, 8960, 151936, 32768, true},
	{"qwen2-7b", 3584, 28, 28, 4, 18944, 152064, 32768, false},
	{"qwen2-72b", 8192, 80, 64, 8, 29568, 152064, 32768, false},
	{"qwen2.5-3b", 2048, 36, 16, 2, 11008, 151936, 32768, true},
	{"qwen2.5-14b", 5120, 48, 40, 8, 13824, 152064, 131072, false},
	{"qwen2.5-32b", 5120, 64, 40, 8, 27648, 152064, 131072, false},
}

// Names lists the known shapes.
func Names() []string {
	var names []string
	for _, s := range shapes {
		names = append(names, s.Name)
	}
	return names
}

// Named returns a known shape.
func Named(name string) (Shape, error) {
	for _, s := range shapes {
		if s.Name == strings.ToLower(name) {
			return s, nil
		}
	}
	return Shape{}, fmt.Errorf("shape %q is not known; known: %s", name, strings.Join(Names(), ", "))
}

// Parameters returns the number of weights, norms and biases included.
func (s Shape) Parameters() int {
	n := 0
	for _, t := range s.Tensors(Options{}) {
		n += tensor.Tensor{Shape: t.Shape}.Len()
	}
	return n
}

// Tensors returns the model's tensors in the order of the file. Matrices are of o.Type; norms and biases are F32.
func (s Shape) Tensors(o Options) []gguf.Source {
	var list []gguf.Source
	add := func(name string, typ tensor.Type, mean, deviation float32, shape ...int) {
		cols := shape[len(shape)-1]
		list = append(list, gguf.Source{Name: name, Type: typ, Shape: shape, Rows: func(from, to int, dst []float32) {
			Fill(dst[:(to-from)*cols], name, o.Seed, from*cols, mean, deviation)
		}})
	}
	matrix := func(name string, rows, cols int) { add(name, o.Type, 0, 0.02, rows, cols) }
	norm := func(name string, n int) { add(name, tensor.F32, 1, 0.1, n) }
	bias := func(name string, n int) { add(name, tensor.F32, 0, 0.1, n) }

	kv := s.Hidden / s.Heads * s.KVHeads
	embedding := float32(0.02)
	if o.Embedding != 0 {
		embedding = o.Embedding
	}
	add("token_embd.weight", o.Type, 0, embedding, s.Vocab, s.Hidden)
	for l := range s.Layers {
		block := fmt.Sprintf("blk.%d.", l)
		norm(block+"attn_norm.weight", s.Hidden)
		matrix(block+"attn_q.weight", s.Hidden, s.Hidden)
		bias(block+"attn_q.bias", s.Hidden)
		matrix(block+"attn_k.weight", kv, s.Hidden)
		bias(block+"attn_k.bias", kv)
		matrix(block+"attn_v.weight", kv, s.Hidden)
		bias(block+"attn_v.bias", kv)
		matrix(block+"attn_output.weight", s.Hidden, s.Hidden)
		norm(block+"ffn_norm.weight", s.Hidden)
		matrix(block+"ffn_gate.weight", s.Inter, s.Hidden)
		matrix(block+"ffn_up.weight", s.Inter, s.Hidden)
		matrix(block+"ffn_down.weight", s.Hidden, s.Inter)
	}
	norm("output_norm.weight", s.Hidden)
	if !s.Tied {
		matrix("output.weight", s.Vocab, s.Hidden)
	}
	return list
}
