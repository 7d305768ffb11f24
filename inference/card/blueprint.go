package card

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/winnow-data/winnow/inference/gguf"
	"github.com/winnow-data/winnow/inference/internal/mapped"
	"github.com/winnow-data/winnow/inference/qwen2"
)

// ggufArchitectures are what the engine computes, as GGUF files name it.
var ggufArchitectures = []string{"qwen2", "qwen2moe", "qwen3", "llama"}

// fromMeta reads the blueprint of a GGUF file. Keys that are absent leave a zero.
func (c *Card) fromMeta(m *gguf.Meta) {
	text := func(key string) string {
		s, _ := m.String(key)
		return s
	}
	c.Name, c.Architecture = text("general.name"), text("general.architecture")
	number := func(key string) int {
		n, err := m.Uint(c.Architecture + "." + key)
		if err != nil || n > 1<<40 {
			return 0
		}
		return int(n)
	}
	float := func(key string) float64 {
		f, _ := m.Float(c.Architecture + "." + key)
		return f
	}
	s := &c.Shape
	s.Hidden, s.Layers, s.Context = number("embedding_length"), number("block_count"), number("context_length")
	s.Heads = number("attention.head_count")
	s.KVHeads = cmp.Or(number("attention.head_count_kv"), s.Heads)
	s.HeadDim = number("attention.key_length")
	s.Inter = cmp.Or(number("feed_forward_length"), number("expert_feed_forward_length"))
	s.Experts, s.ExpertsUsed = number("expert_count"), number("expert_used_count")
	s.RopeBase, s.Eps = cmp.Or(float("rope.freq_base"), 10000), float("attention.layer_norm_rms_epsilon")
	s.headDim()
	if !slices.Contains(ggufArchitectures, c.Architecture) {
		c.warn("general.architecture is %q, which the engine does not compute; it computes %v", c.Architecture, ggufArchitectures)
	}
}

// headDim fills in the usual width of a head.
func (s *Shape) headDim() {
	if s.HeadDim == 0 && s.Heads > 0 {
		s.HeadDim = s.Hidden / s.Heads
	}
}

// fromConfig reads the blueprint of a Hugging Face folder, in the form of the releases or as transformers 5 saves it.
func (c *Card) fromConfig(path string) {
	data, err := mapped.Read(path, 16<<20)
	if err != nil {
		c.warn("the blueprint cannot be read: %v", err)
		return
	}
	var h struct {
		Architectures []string
		Name          string  `json:"_name_or_path"`
		Hidden        int     `json:"hidden_size"`
		Layers        int     `json:"num_hidden_layers"`
		Heads         int     `json:"num_attention_heads"`
		KVHeads       int     `json:"num_key_value_heads"`
		HeadDim       int     `json:"head_dim"`
		Inter         int     `json:"intermediate_size"`
		Experts       int     `json:"num_experts"`
		ExpertsUsed   int     `json:"num_experts_per_tok"`
		Context       int     `json:"max_position_embeddings"`
		RopeBase      float64 `json:"rope_theta"`
		Rope          struct {
			Base float64 `json:"rope_theta"`
		} `json:"rope_parameters"`
		Eps float64 `json:"rms_norm_eps"`
	}
	if err := json.Unmarshal(data, &h); err != nil {
		c.warn("%s: %v", path, err)
		return
	}
	if len(h.Architectures) > 0 {
		c.Architecture = h.Architectures[0]
	}
	c.Name = h.Name
	c.Shape = Shape{
		Hidden: h.Hidden, Layers: h.Layers, Heads: h.Heads, KVHeads: cmp.Or(h.KVHeads, h.Heads), HeadDim: h.HeadDim, Inter: h.Inter,
		Experts: h.Experts, ExpertsUsed: h.ExpertsUsed, Context: h.Context, RopeBase: cmp.Or(h.RopeBase, h.Rope.Base, 10000), Eps: h.Eps,
	}
	c.Shape.headDim()
	if _, err := qwen2.ParseConfig(data); err != nil {
		c.warn("the engine does not compute it: %v", err)
	}
}
