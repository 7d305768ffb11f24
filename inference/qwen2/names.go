package qwen2

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/inference/tensor"
)

// ggufNames turns the last parts of Hugging Face's tensor names into llama.cpp's.
var ggufNames = strings.NewReplacer(
	"model.", "", "layers.", "blk.",
	"embed_tokens.", "token_embd.", "lm_head.", "output.", "score.", "cls.output.",
	"input_layernorm.", "attn_norm.", "post_attention_layernorm.", "ffn_norm.",
	"self_attn.q_proj.", "attn_q.", "self_attn.k_proj.", "attn_k.", "self_attn.v_proj.", "attn_v.", "self_attn.o_proj.", "attn_output.",
	"self_attn.q_norm.", "attn_q_norm.", "self_attn.k_norm.", "attn_k_norm.",
	"mlp.gate_proj.", "ffn_gate.", "mlp.up_proj.", "ffn_up.", "mlp.down_proj.", "ffn_down.",
	"mlp.gate.", "ffn_gate_inp.", "mlp.shared_expert_gate.", "ffn_gate_inp_shexp.",
	"mlp.shared_expert.gate_proj.", "ffn_gate_shexp.", "mlp.shared_expert.up_proj.", "ffn_up_shexp.", "mlp.shared_expert.down_proj.", "ffn_down_shexp.",
	"mlp.experts.gate_proj.", "ffn_gate_exps.", "mlp.experts.up_proj.", "ffn_up_exps.", "mlp.experts.down_proj.", "ffn_down_exps.",
	"norm.", "output_norm.",
)

// A tensors is a file, or files, of weights.
type tensors interface {
	Tensor(name string) (tensor.Tensor, error)
	Tensors() []tensor.Tensor
	Close() error
}

// A binder hands out the tensors of a model by their Hugging Face names, checks their shapes, and knows which were never asked for. It
// keeps the first error.
type binder struct {
	path   string
	from   tensors
	gguf   bool
	prefix string // "model." or "", of Hugging Face's files
	used   map[string]bool
	err    error
}

func newBinder(path string, from tensors, gguf bool) *binder {
	b := &binder{path: path, from: from, gguf: gguf, used: map[string]bool{}}
	if _, err := from.Tensor("model.embed_tokens.weight"); !errors.Is(err, tensor.ErrMissing) {
		b.prefix = "model."
	}
	return b
}

func (b *binder) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// name is what the file calls a tensor.
func (b *binder) name(hf string) string {
	switch {
	case b.gguf:
		return ggufNames.Replace(hf)
	case strings.HasPrefix(hf, "lm_head.") || strings.HasPrefix(hf, "score."):
		return hf
	}
	return b.prefix + hf
}

// take returns a tensor of the given shape, dimensions of 1 aside.
func (b *binder) take(hf string, shape ...int) tensor.Tensor {
	name := b.name(hf)
	t, err := b.from.Tensor(name)
	if err != nil {
		b.fail(err)
		return tensor.Tensor{}
	}
	b.used[name] = true
	if !slices.Equal(squeeze(t.Shape), squeeze(shape)) {
		b.fail(fmt.Errorf("%s: tensor %s: shape %v, want %v", b.path, name, t.Shape, shape))
		return tensor.Tensor{}
	}
	t.Shape = shape
	return t
}

// vector returns a tensor as floats: a norm or a bias.
func (b *binder) vector(hf string, n int) []float32 {
	t := b.take(hf, n)
	if b.err != nil {
		return nil
	}
	v := make([]float32, n)
	t.Row(0, v)
	for i, x := range v {
		if x-x != 0 {
			b.fail(fmt.Errorf("%s: tensor %s: value %d is %g, want a finite number", b.path, t.Name, i, x))
			return nil
		}
	}
	return v
}

// vectorIf is vector, or nil where the model has none.
func (b *binder) vectorIf(has bool, hf string, n int) []float32 {
	if !has {
		return nil
	}
	return b.vector(hf, n)
}

// expert returns matrix e of the stacked or single experts of a layer.
func (b *binder) expert(layer, e, experts int, what string, rows, cols int) tensor.Tensor {
	if !b.gguf {
		return b.take(fmt.Sprintf("layers.%d.mlp.experts.%d.%s.weight", layer, e, what), rows, cols)
	}
	t := b.take(fmt.Sprintf("layers.%d.mlp.experts.%s.weight", layer, what), experts, rows, cols)
	if b.err != nil {
		return t
	}
	size := len(t.Data) / experts
	return tensor.Tensor{Name: t.Name, Type: t.Type, Shape: []int{rows, cols}, Data: t.Data[e*size : (e+1)*size]}
}

// rest says which tensors of the files are no part of the model. Those that change nothing are let pass: tables that older exports
// carried along, a head beside a tied or headless model that repeats the embedding or is not asked for.
func (b *binder) rest(c *Config) error {
	var surplus []string
	for _, t := range b.from.Tensors() {
		switch {
		case b.used[t.Name], strings.HasSuffix(t.Name, ".rotary_emb.inv_freq"):
		case t.Name == b.name("lm_head.weight") && c.Head != LM:
		case t.Name == b.name("lm_head.weight") && c.Tied:
			if e, err := b.from.Tensor(b.name("embed_tokens.weight")); err != nil || !bytes.Equal(e.Data, t.Data) {
				return fmt.Errorf("%s: tensor %s differs from the embedding, and tie_word_embeddings is true", b.path, t.Name)
			}
		default:
			surplus = append(surplus, t.Name)
		}
	}
	if n := len(surplus); n > 0 {
		return fmt.Errorf("%s: %d tensors are no part of the model as configured, the first %s", b.path, n, strings.Join(surplus[:min(n, 3)], ", "))
	}
	return nil
}

func squeeze(shape []int) []int {
	s := make([]int, 0, len(shape))
	for _, d := range shape {
		if d != 1 {
			s = append(s, d)
		}
	}
	return s
}
