package random

import (
	"context"
	"fmt"

	"github.com/winnow-data/winnow/inference/gguf"
	"github.com/winnow-data/winnow/inference/tensor"
	"github.com/winnow-data/winnow/inference/tokenizer"
)

// Options say how a shape becomes a file.
type Options struct {
	Type      tensor.Type      // of the matrices: F32, F16, BF16, Q8_0 or Q4_0
	Seed      uint64           // 42 gives the models that measurements were published for
	Embedding float32          // deviation of the embedding; 0: 0.02. 0.1 spreads the logits, so that the largest one stands out
	Tokenizer *tokenizer.Parts // nil: the 256 bytes and three special tokens
	Threads   int              // 0: one per CPU; the bytes of the file don't depend on it
}

// fileTypes are llama.cpp's numbers (enum llama_ftype) for files whose matrices are of one type.
var fileTypes = map[tensor.Type]uint32{tensor.F32: 0, tensor.F16: 1, tensor.Q4_0: 2, tensor.Q8_0: 7, tensor.BF16: 32}

// Write writes the model as a GGUF file that any engine for Qwen2 loads.
func (s Shape) Write(ctx context.Context, path string, o Options) error {
	fileType, ok := fileTypes[o.Type]
	if !ok {
		return fmt.Errorf("type %s cannot be written; can: f32, f16, bf16, q8_0, q4_0", o.Type)
	}
	parts := byteLevel()
	if o.Tokenizer != nil {
		parts = *o.Tokenizer
	}
	v, err := vocabulary(parts)
	if err != nil {
		return err
	}
	if s.Vocab == 0 {
		s.Vocab = (len(v.tokens) + 127) / 128 * 128
	}
	if len(v.tokens) > s.Vocab {
		return fmt.Errorf("the tokenizer has %d tokens, but the shape %s has room for %d", len(v.tokens), s.Name, s.Vocab)
	}
	w := gguf.Writer{Meta: append(s.meta(o.Type, fileType), v.meta(s.Vocab)...), Tensors: s.Tensors(o), Threads: o.Threads}
	return w.WriteFile(ctx, path)
}

// meta returns the keys that say what the model is.
func (s Shape) meta(t tensor.Type, fileType uint32) []gguf.Pair {
	return []gguf.Pair{
		{Key: "general.architecture", Value: "qwen2"},
		{Key: "general.type", Value: "model"},
		{Key: "general.name", Value: s.Name + " with random weights"},
		{Key: "general.file_type", Value: fileType},
		{Key: "general.quantization_version", Value: uint32(2)},
		{Key: "qwen2.context_length", Value: uint32(s.Context)},
		{Key: "qwen2.embedding_length", Value: uint32(s.Hidden)},
		{Key: "qwen2.block_count", Value: uint32(s.Layers)},
		{Key: "qwen2.feed_forward_length", Value: uint32(s.Inter)},
		{Key: "qwen2.attention.head_count", Value: uint32(s.Heads)},
		{Key: "qwen2.attention.head_count_kv", Value: uint32(s.KVHeads)},
		{Key: "qwen2.attention.layer_norm_rms_epsilon", Value: float32(1e-6)},
		{Key: "qwen2.rope.freq_base", Value: float32(1e6)},
	}
}
