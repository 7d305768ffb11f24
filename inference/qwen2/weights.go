package qwen2

import (
	"fmt"

	"github.com/winnow-data/winnow/inference/internal/kernel"
	"github.com/winnow-data/winnow/inference/tensor"
)

// weights is all that was learned. A matrix is [outputs][inputs].
type weights struct {
	embed  *kernel.Matrix // [Vocab][Hidden]
	head   *kernel.Matrix // [Vocab][Hidden], or the embedding itself; nil without
	score  *kernel.Matrix // [Labels][Hidden]; nil without
	norm   []float32      // [Hidden]
	layers []layer
}

// A layer is one block: attention, then a dense or a sparse feed-forward part.
type layer struct {
	window int // keys a query sees, itself included

	attnNorm     []float32      // [Hidden]
	qkv          *kernel.Matrix // q, k and v below each other, [(Heads+2·KVHeads)·HeadDim][Hidden]
	qkvBias      []float32      // or nil
	qNorm, kNorm []float32      // [HeadDim] or nil
	out          *kernel.Matrix // [Hidden][Heads·HeadDim]
	outBias      []float32      // or nil

	ffnNorm []float32 // [Hidden]
	dense   *mlp      // nil in a sparse layer
	experts *experts  // nil in a dense layer
}

// interleave is how many rows of gate and then of up lie together, so that the output of one tile of rows can go through SwiGLU at once and
// become a part of an input, which is 128 columns.
const interleave = 128

// An mlp is down(silu(gate·x) ∘ up·x).
type mlp struct {
	inter    int
	gateUp   *kernel.Matrix // [2·inter][Hidden]: 128 rows of gate, the same 128 of up, and so on
	down     *kernel.Matrix // [Hidden][inter]
	gateBias []float32      // in the rows of gateUp, or nil
	downBias []float32
}

// experts are the routed mlps of a sparse layer and the shared one.
type experts struct {
	router *kernel.Matrix // [Experts][Hidden], and a last row that gates the shared expert, in float32
	each   []*mlp
	shared *mlp // or nil
}

// bind finds every tensor of the model and lists what is to be packed.
func (c *Config) bind(b *binder, o Options) (*weights, *packing) {
	p := &packing{want: o.Weights, anew: o.Anew, path: b.path, turns: map[string]int{}}
	w := &weights{norm: b.vector("norm.weight", c.Hidden), layers: make([]layer, c.Layers)}
	embed := b.take("embed_tokens.weight", c.Vocab, c.Hidden)
	p.table = true
	switch {
	case c.Head != LM || !c.Tied:
		w.embed = p.exact(embed)
	default:
		w.embed = p.matrix(embed)
		w.head = w.embed
	}
	if c.Head == LM && !c.Tied {
		w.head = p.matrix(b.take("lm_head.weight", c.Vocab, c.Hidden))
	}
	p.table = false
	if c.Head == Classify {
		w.score = p.floats(b.take("score.weight", c.Labels, c.Hidden))
	}
	for l := range w.layers {
		if b.err != nil {
			return w, p // a blueprint of 1,000 layers over a file of 10 stops at the first that is missing
		}
		w.layers[l] = c.bindLayer(b, p, l)
	}
	return w, p
}

func (c *Config) bindLayer(b *binder, p *packing, l int) layer {
	at := func(name string) string { return fmt.Sprintf("layers.%d.%s", l, name) }
	q, kv := c.Heads*c.HeadDim, c.KVHeads*c.HeadDim
	y := layer{
		window:   c.window(l),
		attnNorm: b.vector(at("input_layernorm.weight"), c.Hidden),
		qNorm:    b.vectorIf(c.QKNorm, at("self_attn.q_norm.weight"), c.HeadDim),
		kNorm:    b.vectorIf(c.QKNorm, at("self_attn.k_norm.weight"), c.HeadDim),
		outBias:  b.vectorIf(c.OutBias, at("self_attn.o_proj.bias"), c.Hidden),
		ffnNorm:  b.vector(at("post_attention_layernorm.weight"), c.Hidden),
	}
	wq := b.take(at("self_attn.q_proj.weight"), q, c.Hidden)
	wk := b.take(at("self_attn.k_proj.weight"), kv, c.Hidden)
	wv := b.take(at("self_attn.v_proj.weight"), kv, c.Hidden)
	bq := b.vectorIf(c.QKVBias, at("self_attn.q_proj.bias"), q)
	bk := b.vectorIf(c.QKVBias, at("self_attn.k_proj.bias"), kv)
	bv := b.vectorIf(c.QKVBias, at("self_attn.v_proj.bias"), kv)
	wo := b.take(at("self_attn.o_proj.weight"), c.Hidden, q)
	if b.err != nil {
		return y
	}
	if b.gguf && c.Family == Llama {
		p.turns[wq.Name], p.turns[wk.Name] = c.Heads, c.KVHeads
		bq, bk = unturn(bq, c.HeadDim), unturn(bk, c.HeadDim)
	}
	y.qkv = p.matrix(wq, wk, wv)
	if c.QKVBias {
		y.qkvBias = append(append(bq, bk...), bv...)
	}
	y.out = p.matrix(wo)
	if c.sparse(l) {
		y.experts = c.bindExperts(b, p, l)
		return y
	}
	y.dense = p.mlp(
		b.take(at("mlp.gate_proj.weight"), c.Inter, c.Hidden), b.take(at("mlp.up_proj.weight"), c.Inter, c.Hidden),
		b.take(at("mlp.down_proj.weight"), c.Hidden, c.Inter))
	if c.MLPBias && b.err == nil {
		y.dense.gateBias = interleaved(b.vector(at("mlp.gate_proj.bias"), c.Inter), b.vector(at("mlp.up_proj.bias"), c.Inter))
		y.dense.downBias = b.vector(at("mlp.down_proj.bias"), c.Hidden)
	}
	return y
}

func (c *Config) bindExperts(b *binder, p *packing, l int) *experts {
	at := func(name string) string { return fmt.Sprintf("layers.%d.mlp.%s", l, name) }
	e := &experts{each: make([]*mlp, c.MoE.Experts)}
	router := []tensor.Tensor{b.take(at("gate.weight"), c.MoE.Experts, c.Hidden)}
	if c.MoE.Shared > 0 {
		router = append(router, b.take(at("shared_expert_gate.weight"), 1, c.Hidden))
		e.shared = p.mlp(
			b.take(at("shared_expert.gate_proj.weight"), c.MoE.Shared, c.Hidden), b.take(at("shared_expert.up_proj.weight"), c.MoE.Shared, c.Hidden),
			b.take(at("shared_expert.down_proj.weight"), c.Hidden, c.MoE.Shared))
	}
	e.router = p.floats(router...)
	for i := range e.each {
		if b.err != nil {
			return e
		}
		e.each[i] = p.mlp(
			b.expert(l, i, c.MoE.Experts, "gate_proj", c.MoE.Inter, c.Hidden), b.expert(l, i, c.MoE.Experts, "up_proj", c.MoE.Inter, c.Hidden),
			b.expert(l, i, c.MoE.Experts, "down_proj", c.Hidden, c.MoE.Inter))
	}
	return e
}

// unturn puts a bias of a llama GGUF file back into the order of the checkpoint.
func unturn(v []float32, d int) []float32 {
	if v == nil {
		return nil
	}
	y := make([]float32, len(v))
	for r := range y {
		y[r] = v[turned(r, d)]
	}
	return y
}

// interleaved merges two vectors in the order of gateUp's rows.
func interleaved(gate, up []float32) []float32 {
	var y []float32
	for i := 0; i < len(gate); i += interleave {
		n := min(interleave, len(gate)-i)
		y = append(append(y, gate[i:i+n]...), up[i:i+n]...)
	}
	return y
}
