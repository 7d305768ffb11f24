package qwen2

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A Family is a layout of layers that this package computes.
type Family uint8

// The families.
const (
	Qwen2    Family = iota // Qwen1.5, Qwen2, Qwen2.5: biases on q, k and v
	Qwen2MoE               // Qwen1.5-MoE, Qwen2-57B-A14B: routed experts and a shared one
	Llama                  // Llama, SmolLM2, Mistral without windows: no biases unless attention_bias
	Qwen3                  // norms on each query and key head, head_dim of its own
)

var familyNames = [...]string{"qwen2", "qwen2_moe", "llama", "qwen3"}

func (f Family) String() string { return familyNames[f] }

// A Head is what sits on top of the layers.
type Head uint8

// The heads.
const (
	LM       Head = iota // logits over the vocabulary
	Base                 // none: hidden states, for embeddings
	Classify             // a matrix of [Labels][Hidden]: a classifier, or a reward model with one label
)

// Config is the blueprint of a model. Every number is checked against the bounds of [Config.check] before anything is allocated.
type Config struct {
	Family Family
	Head   Head

	Hidden  int // width of the residual stream
	Layers  int
	Heads   int // query heads; Heads/KVHeads of them share a key/value head
	KVHeads int
	HeadDim int
	Inter   int // width of the dense feed-forward layers
	Vocab   int // rows of the embedding
	Context int // positions
	Labels  int // rows of the classification head

	Eps  float32 // of the root-mean-square norms
	Rope Rope

	QKVBias, OutBias, MLPBias bool
	QKNorm                    bool
	Tied                      bool // the embedding is also the head

	Window []int // per layer: a query sees so many keys, itself included; 0: all. nil: all layers see all
	Chunk  *DualChunk
	MoE    *MoE

	Pad int32 // -1: none. A classification head reads the last id that is not Pad; nothing else asks
}

// MoE describes the sparse layers.
type MoE struct {
	Experts  int
	Top      int  // experts per token
	Inter    int  // width of an expert
	Shared   int  // width of the shared expert; 0: none
	NormTop  bool // divide the weights of the chosen experts by their sum
	SparseAt func(layer int) bool
}

// DualChunk is dual chunk attention (An et al. 2024, arXiv 2402.17463): positions beyond Size-Local are folded back so that no two differ by more
// than Size.
type DualChunk struct {
	Size, Local int
	Original    int // training length C: scores grow by (max(1, 0.1 ln(n/C)+1))^2; 0: they do not
}

// Supported lists the architectures that [Open] takes.
var Supported = []string{
	"Qwen2ForCausalLM", "Qwen2Model", "Qwen2ForSequenceClassification", "Qwen2MoeForCausalLM",
	"LlamaForCausalLM", "LlamaModel", "LlamaForSequenceClassification", "Qwen3ForCausalLM", "Qwen3Model", "Qwen3ForSequenceClassification",
}

// The largest numbers of any model that could be meant; a product of any three fits 63 bits.
const (
	maxHidden  = 1 << 16
	maxLayers  = 1 << 10
	maxInter   = 1 << 18
	maxVocab   = 1 << 21
	maxContext = 1 << 20 // also the reach of sincos
	maxExperts = 1 << 12
)

// extend lets YaRN reach the positions it was made for: models say so by adding rope_scaling, and leave max_position_embeddings as it was.
func (c *Config) extend() {
	if r := c.Rope; r.Kind == "yarn" && r.Factor >= 1 && r.Factor*float64(r.Original) <= maxContext {
		c.Context = max(c.Context, int(r.Factor*float64(r.Original)))
	}
}

// check says which number of c is out of bounds, or contradicts another.
func (c *Config) check() error {
	for _, b := range []struct {
		name        string
		v, min, max int
	}{
		{"hidden_size", c.Hidden, 1, maxHidden},
		{"num_hidden_layers", c.Layers, 1, maxLayers},
		{"num_attention_heads", c.Heads, 1, maxHidden},
		{"num_key_value_heads", c.KVHeads, 1, c.Heads},
		{"head_dim", c.HeadDim, 2, 512},
		{"intermediate_size", c.Inter, 1, maxInter},
		{"vocab_size", c.Vocab, 1, maxVocab},
		{"max_position_embeddings", c.Context, 1, maxContext},
	} {
		if b.v < b.min || b.v > b.max {
			return fmt.Errorf("%s is %d, want %d to %d", b.name, b.v, b.min, b.max)
		}
	}
	switch {
	case c.Heads%c.KVHeads != 0:
		return fmt.Errorf("num_attention_heads is %d, no multiple of num_key_value_heads %d", c.Heads, c.KVHeads)
	case c.HeadDim%2 != 0:
		return fmt.Errorf("head_dim is %d, want an even number", c.HeadDim)
	case c.Heads*c.HeadDim > maxHidden:
		return fmt.Errorf("num_attention_heads times head_dim is %d, want at most %d", c.Heads*c.HeadDim, maxHidden)
	case !(c.Eps > 0 && c.Eps < 1):
		return fmt.Errorf("rms_norm_eps is %g, want more than 0 and less than 1", c.Eps)
	case c.Head == Classify && (c.Pad < -1 || int(c.Pad) >= c.Vocab):
		return fmt.Errorf("pad_token_id is %d, want -1 to %d", c.Pad, c.Vocab-1)
	case c.Head == Classify && (c.Labels < 1 || c.Labels > maxHidden):
		return fmt.Errorf("%d labels, want 1 to %d", c.Labels, maxHidden)
	}
	for l, w := range c.Window {
		if w < 0 || w > maxContext {
			return fmt.Errorf("sliding_window of layer %d is %d, want 1 to %d", l, w, maxContext)
		}
	}
	if err := c.Rope.check(); err != nil {
		return err
	}
	if err := c.Chunk.check(c.Window); err != nil {
		return err
	}
	return c.MoE.check()
}

func (r Rope) check() error {
	switch {
	case !(r.Theta >= 10 && r.Theta <= 1e12):
		return fmt.Errorf("rope_theta is %g, want 10 to 1e12", r.Theta)
	case r.Kind == "default":
		return nil
	case !(r.Factor >= 1 && r.Factor <= 1e6):
		return fmt.Errorf("rope scaling factor is %g, want 1 to 1e6", r.Factor)
	case r.Kind == "linear":
		return nil
	case r.Original < 1 || r.Original > maxContext:
		return fmt.Errorf("rope scaling original_max_position_embeddings is %d, want 1 to %d", r.Original, maxContext)
	case !(r.Slow > 0 && r.Fast > r.Slow && r.Fast <= 1e6):
		return fmt.Errorf("rope scaling beta_fast is %g and beta_slow %g, want 0 < beta_slow < beta_fast <= 1e6", r.Fast, r.Slow)
	case !(r.Attention >= 0 && r.Attention <= 1e3):
		return fmt.Errorf("rope scaling attention_factor is %g, want 0 to 1000", r.Attention)
	}
	return nil
}

func (d *DualChunk) check(windows []int) error {
	switch {
	case d == nil:
		return nil
	case d.Size < 2 || d.Size > maxContext:
		return fmt.Errorf("dual chunk attention: chunk_size is %d, want 2 to %d", d.Size, maxContext)
	case d.Local < 1 || d.Local >= d.Size:
		return fmt.Errorf("dual chunk attention: local_size is %d, want 1 to chunk_size-1 = %d", d.Local, d.Size-1)
	case d.Original < 0 || d.Original > maxContext:
		return fmt.Errorf("dual chunk attention: original_max_position_embeddings is %d, want 0 to %d", d.Original, maxContext)
	case slices.ContainsFunc(windows, func(w int) bool { return w != 0 }):
		return fmt.Errorf("dual chunk attention with a sliding window is not supported")
	}
	return nil
}

func (e *MoE) check() error {
	switch {
	case e == nil:
		return nil
	case e.Experts < 1 || e.Experts > maxExperts:
		return fmt.Errorf("num_experts is %d, want 1 to %d", e.Experts, maxExperts)
	case e.Top < 1 || e.Top > e.Experts:
		return fmt.Errorf("num_experts_per_tok is %d, want 1 to num_experts = %d", e.Top, e.Experts)
	case e.Inter < 1 || e.Inter > maxInter:
		return fmt.Errorf("moe_intermediate_size is %d, want 1 to %d", e.Inter, maxInter)
	case e.Shared < 0 || e.Shared > maxInter:
		return fmt.Errorf("shared_expert_intermediate_size is %d, want 0 to %d", e.Shared, maxInter)
	}
	return nil
}

// sparse says whether layer l has experts.
func (c *Config) sparse(l int) bool { return c.MoE != nil && c.MoE.SparseAt(l) }

// window is the number of keys that a query of layer l sees, itself included.
func (c *Config) window(l int) int {
	if l < len(c.Window) && c.Window[l] > 0 {
		return c.Window[l]
	}
	return math.MaxInt
}

// unsupported is the error for an architecture that is not [Supported].
func unsupported(what string) error {
	return fmt.Errorf("architecture %s is not supported; supported are %s", what, strings.Join(Supported, ", "))
}
