package qwen2

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// hfConfig is config.json in both forms: that of the public releases, and that which transformers 5 writes.
type hfConfig struct {
	Architectures []string `json:"architectures"`
	ModelType     string   `json:"model_type"`

	Hidden    *int     `json:"hidden_size"`
	Layers    *int     `json:"num_hidden_layers"`
	Heads     *int     `json:"num_attention_heads"`
	KVHeads   *int     `json:"num_key_value_heads"`
	HeadDim   *int     `json:"head_dim"`
	Inter     *int     `json:"intermediate_size"`
	Vocab     *int     `json:"vocab_size"`
	Context   *int     `json:"max_position_embeddings"`
	Eps       *float64 `json:"rms_norm_eps"`
	Tied      *bool    `json:"tie_word_embeddings"`
	QKVBias   *bool    `json:"qkv_bias"`
	AttnBias  *bool    `json:"attention_bias"`
	MLPBias   *bool    `json:"mlp_bias"`
	Act       *string  `json:"hidden_act"`
	Pad       *int32   `json:"pad_token_id"`
	NumLabels *int     `json:"num_labels"`

	ID2Label map[string]string `json:"id2label"`

	Theta       *float64  `json:"rope_theta"`
	RopeScaling *hfRope   `json:"rope_scaling"`
	RopeParams  *hfRope   `json:"rope_parameters"`
	Partial     *float64  `json:"partial_rotary_factor"`
	Interleaved *bool     `json:"rope_interleaved"`
	LayerTypes  *[]string `json:"layer_types"`

	UseWindow *bool `json:"use_sliding_window"`
	Window    *int  `json:"sliding_window"`
	FullFirst *int  `json:"max_window_layers"`

	DualChunk *hfDualChunk `json:"dual_chunk_attention_config"`

	Experts    *int  `json:"num_experts"`
	Top        *int  `json:"num_experts_per_tok"`
	MoEInter   *int  `json:"moe_intermediate_size"`
	Shared     *int  `json:"shared_expert_intermediate_size"`
	NormTop    *bool `json:"norm_topk_prob"`
	SparseStep *int  `json:"decoder_sparse_step"`
	Dense      []int `json:"mlp_only_layers"`

	Quantization json.RawMessage `json:"quantization_config"`
	PretrainTP   *int            `json:"pretraining_tp"`
}

type hfRope struct {
	RopeType  string   `json:"rope_type"`
	Type      string   `json:"type"`
	Theta     *float64 `json:"rope_theta"`
	Factor    *float64 `json:"factor"`
	Original  *int     `json:"original_max_position_embeddings"`
	Fast      *float64 `json:"beta_fast"`
	Slow      *float64 `json:"beta_slow"`
	Attention *float64 `json:"attention_factor"`
	Partial   *float64 `json:"partial_rotary_factor"`
	MScale    *float64 `json:"mscale"`
	MScaleAll *float64 `json:"mscale_all_dim"`
	Truncate  *bool    `json:"truncate"`
}

type hfDualChunk struct {
	Size     int  `json:"chunk_size"`
	Local    int  `json:"local_size"`
	Original int  `json:"original_max_position_embeddings"`
	Sparse   bool `json:"sparse_attention_enabled"`
}

// ParseConfig reads a config.json.
func ParseConfig(data []byte) (Config, error) {
	var h hfConfig
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&h); err != nil {
		return Config{}, fmt.Errorf("parsing JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Config{}, errors.New("parsing JSON: more than one value")
	}
	c, err := h.config()
	if err != nil {
		return Config{}, err
	}
	c.extend()
	return c, c.check()
}

func (h *hfConfig) config() (c Config, err error) {
	if err := h.architecture(&c); err != nil {
		return c, err
	}
	if err := h.refuse(); err != nil {
		return c, err
	}
	for _, f := range []struct {
		name string
		from *int
		to   *int
	}{
		{"hidden_size", h.Hidden, &c.Hidden},
		{"num_hidden_layers", h.Layers, &c.Layers},
		{"num_attention_heads", h.Heads, &c.Heads},
		{"intermediate_size", h.Inter, &c.Inter},
		{"vocab_size", h.Vocab, &c.Vocab},
		{"max_position_embeddings", h.Context, &c.Context},
	} {
		if f.from == nil {
			return c, fmt.Errorf("%s is missing", f.name)
		}
		*f.to = *f.from
	}
	if h.Eps == nil {
		return c, errors.New("rms_norm_eps is missing")
	}
	c.Eps = float32(*h.Eps)
	c.KVHeads = or(h.KVHeads, c.Heads)
	if c.HeadDim = or(h.HeadDim, 0); c.HeadDim == 0 {
		if c.Heads < 1 || c.Hidden%c.Heads != 0 {
			return c, fmt.Errorf("hidden_size is %d, no multiple of num_attention_heads %d, and head_dim is missing", c.Hidden, c.Heads)
		}
		c.HeadDim = c.Hidden / c.Heads
	}
	c.Pad = or(h.Pad, -1)
	c.Tied = or(h.Tied, false)
	c.biases(h)
	if c.Head == Classify {
		c.Labels = len(h.ID2Label)
		if h.NumLabels != nil {
			c.Labels = *h.NumLabels
		}
		if c.Labels == 0 {
			c.Labels = 2 // what transformers takes where nothing is said
		}
	}
	if c.Layers < 1 || c.Layers > maxLayers {
		return c, fmt.Errorf("num_hidden_layers is %d, want 1 to %d", c.Layers, maxLayers)
	}
	if c.Rope, err = h.rope(c.Context); err != nil {
		return c, err
	}
	if c.Window, err = h.windows(c.Family, c.Layers); err != nil {
		return c, err
	}
	if h.DualChunk != nil {
		if h.DualChunk.Sparse {
			return c, errors.New("dual_chunk_attention_config.sparse_attention_enabled is true, only false is supported")
		}
		c.Chunk = &DualChunk{h.DualChunk.Size, h.DualChunk.Local, h.DualChunk.Original}
	}
	if c.Family == Qwen2MoE {
		c.MoE, err = h.moe()
	}
	return c, err
}

func (h *hfConfig) architecture(c *Config) error {
	if len(h.Architectures) > 1 {
		return unsupported(strings.Join(h.Architectures, "+"))
	}
	arch := ""
	if len(h.Architectures) == 1 {
		arch = h.Architectures[0]
	} else { // older exports name the family alone
		i := slices.Index(familyNames[:], h.ModelType)
		if i < 0 {
			return unsupported(fmt.Sprintf("(none given) of model_type %q", h.ModelType))
		}
		arch = []string{"Qwen2ForCausalLM", "Qwen2MoeForCausalLM", "LlamaForCausalLM", "Qwen3ForCausalLM"}[i]
	}
	if !slices.Contains(Supported, arch) {
		return unsupported(fmt.Sprintf("%q", arch))
	}
	switch {
	case strings.HasPrefix(arch, "Qwen2Moe"):
		c.Family = Qwen2MoE
	case strings.HasPrefix(arch, "Llama"):
		c.Family = Llama
	case strings.HasPrefix(arch, "Qwen3"):
		c.Family = Qwen3
	}
	switch {
	case strings.HasSuffix(arch, "SequenceClassification"):
		c.Head = Classify
	case strings.HasSuffix(arch, "Model"):
		c.Head = Base
	}
	if h.ModelType != "" && h.ModelType != c.Family.String() {
		return fmt.Errorf("model_type %q contradicts architecture %q, want %q", h.ModelType, arch, c.Family)
	}
	return nil
}

// refuse names a setting that changes the numbers in a way this package does not compute.
func (h *hfConfig) refuse() error {
	switch {
	case len(h.Quantization) > 0 && string(h.Quantization) != "null":
		return errors.New("quantization_config is set: quantised safetensors are not supported; use the float checkpoint, or a GGUF file")
	case h.Act != nil && *h.Act != "silu":
		return fmt.Errorf("hidden_act is %q, only \"silu\" is supported", *h.Act)
	case h.Partial != nil && *h.Partial != 1:
		return fmt.Errorf("partial_rotary_factor is %g, only 1 is supported", *h.Partial)
	case h.Interleaved != nil && *h.Interleaved:
		return errors.New("rope_interleaved is true, only false is supported")
	case h.PretrainTP != nil && *h.PretrainTP != 1:
		return fmt.Errorf("pretraining_tp is %d, only 1 is supported", *h.PretrainTP)
	}
	return nil
}

func (c *Config) biases(h *hfConfig) {
	switch c.Family {
	case Qwen2:
		c.QKVBias = true
	case Qwen2MoE:
		c.QKVBias = or(h.QKVBias, true)
	case Llama, Qwen3:
		c.QKVBias = or(h.AttnBias, false)
		c.OutBias = c.QKVBias
		c.MLPBias = c.Family == Llama && or(h.MLPBias, false)
		c.QKNorm = c.Family == Qwen3
	}
}

func (h *hfConfig) rope(context int) (Rope, error) {
	r := Rope{Theta: 10000, Kind: "default", Fast: 32, Slow: 1, Original: context}
	if h.Theta != nil {
		r.Theta = *h.Theta
	}
	p := h.RopeParams
	if p == nil {
		p = h.RopeScaling
	}
	if p == nil {
		return r, nil
	}
	if p.RopeType != "" && p.Type != "" && p.RopeType != p.Type {
		return r, fmt.Errorf("rope scaling: rope_type is %q and type is %q", p.RopeType, p.Type)
	}
	if r.Kind = p.RopeType + p.Type; p.RopeType != "" {
		r.Kind = p.RopeType
	}
	if r.Kind == "" {
		r.Kind = "default"
	}
	r.Theta = or(p.Theta, r.Theta)
	switch {
	case !slices.Contains([]string{"default", "linear", "yarn"}, r.Kind):
		return r, fmt.Errorf("rope scaling of type %q is not supported; supported are default, linear, yarn", r.Kind)
	case p.Partial != nil && *p.Partial != 1:
		return r, fmt.Errorf("rope scaling: partial_rotary_factor is %g, only 1 is supported", *p.Partial)
	case p.MScale != nil || p.MScaleAll != nil:
		return r, errors.New("rope scaling: mscale and mscale_all_dim are not supported; attention_factor is")
	case p.Truncate != nil && !*p.Truncate:
		return r, errors.New("rope scaling: truncate is false, only true is supported")
	case r.Kind == "default":
		return r, nil
	case p.Factor == nil:
		return r, fmt.Errorf("rope scaling of type %q: factor is missing", r.Kind)
	}
	r.Factor = *p.Factor
	r.Original = or(p.Original, r.Original)
	r.Fast, r.Slow = or(p.Fast, r.Fast), or(p.Slow, r.Slow)
	r.Attention = or(p.Attention, 0)
	return r, nil
}

// windows returns the sliding window of each layer: nil where there is none.
func (h *hfConfig) windows(f Family, layers int) ([]int, error) {
	kinds := or(h.LayerTypes, nil)
	if kinds != nil && len(kinds) != layers {
		return nil, fmt.Errorf("layer_types has %d entries for %d layers", len(kinds), layers)
	}
	used := or(h.UseWindow, false) && f != Llama // whose layout knows no window
	w := make([]int, layers)
	any := false
	for l := range w {
		on := used && l >= or(h.FullFirst, 28)
		if kinds != nil {
			switch kinds[l] {
			case "full_attention":
				on = false
			case "sliding_attention":
				on = true
			default:
				return nil, fmt.Errorf("layer_types of layer %d is %q, supported are full_attention, sliding_attention", l, kinds[l])
			}
		}
		if on {
			if w[l] = or(h.Window, 0); w[l] < 1 {
				return nil, fmt.Errorf("layer %d has a sliding window and sliding_window is %d, want at least 1", l, w[l])
			}
			any = true
		}
	}
	if !any {
		return nil, nil
	}
	return w, nil
}

func (h *hfConfig) moe() (*MoE, error) {
	switch {
	case h.Experts == nil:
		return nil, errors.New("num_experts is missing")
	case h.Top == nil:
		return nil, errors.New("num_experts_per_tok is missing")
	case h.MoEInter == nil:
		return nil, errors.New("moe_intermediate_size is missing")
	}
	step := or(h.SparseStep, 1)
	if step < 1 {
		return nil, fmt.Errorf("decoder_sparse_step is %d, want at least 1", step)
	}
	dense := h.Dense
	return &MoE{
		Experts: *h.Experts, Top: *h.Top, Inter: *h.MoEInter, Shared: or(h.Shared, 0), NormTop: or(h.NormTop, false),
		SparseAt: func(l int) bool { return (l+1)%step == 0 && !slices.Contains(dense, l) },
	}, nil
}

// or returns *p, or what stands for an absent setting.
func or[T any](p *T, absent T) T {
	if p == nil {
		return absent
	}
	return *p
}
