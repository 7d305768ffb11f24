package qwen2

import (
	"errors"
	"fmt"

	"github.com/winnow-data/winnow/inference/gguf"
	"github.com/winnow-data/winnow/inference/tensor"
)

// ggufConfig reads the blueprint from a file's metadata (keys: docs/gguf.md of ggml; llama.cpp's llama-arch.cpp). What the metadata
// leaves to the tensors, such as biases and a head of its own, is read from their names.
func ggufConfig(f *gguf.File) (Config, error) {
	r := ggufReader{f: f}
	c := Config{Pad: -1}
	arch := r.text("general.architecture", "")
	switch arch {
	case "qwen2":
		c.Family = Qwen2
	case "qwen2moe":
		c.Family = Qwen2MoE
	case "llama":
		c.Family = Llama
	case "qwen3":
		c.Family = Qwen3
	default:
		return c, errors.Join(r.err, fmt.Errorf("general.architecture is %q, supported are qwen2, qwen2moe, llama, qwen3", arch))
	}
	r.prefix = arch + "."
	c.Hidden = r.number("embedding_length")
	c.Layers = r.number("block_count")
	c.Heads = r.number("attention.head_count")
	c.KVHeads = r.numberOr("attention.head_count_kv", c.Heads)
	c.Context = r.number("context_length")
	c.Eps = float32(r.float("attention.layer_norm_rms_epsilon", 0))
	c.Inter = r.numberOr("feed_forward_length", r.numberOr("expert_feed_forward_length", 0))
	if c.Heads > 0 {
		c.HeadDim = r.numberOr("attention.key_length", c.Hidden/c.Heads)
	}
	for _, same := range []string{"attention.value_length", "rope.dimension_count"} {
		if n := r.numberOr(same, c.HeadDim); n != c.HeadDim {
			return c, fmt.Errorf("%s%s is %d, only the head dimension %d is supported", r.prefix, same, n, c.HeadDim)
		}
	}
	c.Rope = r.rope(c.Context)
	c.QKNorm = c.Family == Qwen3
	c.has(f)
	if c.Family == Qwen2MoE || c.Family == Llama && r.numberOr("expert_count", 0) > 0 {
		c.MoE = r.moe()
	}
	if r.err != nil {
		return c, r.err
	}
	if c.Family == Llama && c.MoE != nil {
		return c, errors.New("llama.expert_count is set: only the experts of qwen2moe are supported")
	}
	if w := r.numberOr("attention.sliding_window", 0); w != 0 {
		return c, fmt.Errorf("%sattention.sliding_window is %d, only 0 is supported in GGUF files", r.prefix, w)
	}
	c.extend()
	return c, errors.Join(r.err, c.check())
}

// has fills in what the presence of tensors says.
func (c *Config) has(f *gguf.File) {
	there := func(name string) bool {
		_, err := f.Tensor(name)
		return !errors.Is(err, tensor.ErrMissing)
	}
	c.QKVBias = there("blk.0.attn_q.bias")
	c.OutBias = there("blk.0.attn_output.bias")
	c.MLPBias = there("blk.0.ffn_gate.bias")
	c.Tied = !there("output.weight")
	if t, err := f.Tensor("token_embd.weight"); err == nil {
		c.Vocab = t.Rows()
	}
	if t, err := f.Tensor("cls.output.weight"); err == nil {
		c.Head, c.Labels = Classify, t.Rows()
	}
}

// A ggufReader reads typed metadata and keeps the first error.
type ggufReader struct {
	f      *gguf.File
	prefix string
	err    error
}

func (r *ggufReader) keep(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *ggufReader) text(key, absent string) string {
	s, err := r.f.Meta.String(r.prefix + key)
	if errors.Is(err, tensor.ErrMissing) {
		return absent
	}
	r.keep(err)
	return s
}

func (r *ggufReader) number(key string) int {
	n, err := r.f.Meta.Int(r.prefix + key)
	r.keep(err)
	return int(n)
}

func (r *ggufReader) numberOr(key string, absent int) int {
	if !r.f.Meta.Has(r.prefix + key) {
		return absent
	}
	return r.number(key)
}

func (r *ggufReader) float(key string, absent float64) float64 {
	x, err := r.f.Meta.Float(r.prefix + key)
	if errors.Is(err, tensor.ErrMissing) {
		return absent
	}
	r.keep(err)
	return x
}

func (r *ggufReader) rope(context int) Rope {
	p := Rope{
		Theta: r.float("rope.freq_base", 10000), Kind: r.text("rope.scaling.type", "default"), Factor: r.float("rope.scaling.factor", 1),
		Original: r.numberOr("rope.scaling.original_context_length", context), Fast: r.float("rope.scaling.yarn_beta_fast", 32),
		Slow: r.float("rope.scaling.yarn_beta_slow", 1), Attention: r.float("rope.scaling.attn_factor", 0),
	}
	switch p.Kind {
	case "none":
		p.Kind = "default"
	case "default", "linear", "yarn":
	default:
		r.keep(fmt.Errorf("%srope.scaling.type is %q, supported are none, linear, yarn", r.prefix, p.Kind))
	}
	if p.Attention != 0 && p.Kind == "yarn" { // llama.cpp multiplies its own factor by this one
		p.Attention *= float64(0.1*log(p.Factor)) + 1
	}
	return p
}

func (r *ggufReader) moe() *MoE {
	norm := false
	if r.f.Meta.Has(r.prefix + "expert_weights_norm") {
		var err error
		norm, err = r.f.Meta.Bool(r.prefix + "expert_weights_norm")
		r.keep(err)
	}
	return &MoE{
		Experts: r.number("expert_count"), Top: r.number("expert_used_count"), Inter: r.number("expert_feed_forward_length"),
		Shared: r.numberOr("expert_shared_feed_forward_length", 0), NormTop: norm,
		SparseAt: func(l int) bool {
			_, err := r.f.Tensor(fmt.Sprintf("blk.%d.ffn_gate_inp.weight", l))
			return !errors.Is(err, tensor.ErrMissing)
		},
	}
}
