package verify

import (
	"fmt"
	"math"
	"path/filepath"

	"github.com/winnow-data/winnow/inference/qwen2"
)

// modelGolden is golden.json of a folder of `golden/qwen2`.
type modelGolden struct {
	Name    string      `json:"name"`
	Blob    string      `json:"blob"`
	Cases   []modelCase `json:"cases"`
	Greedy  []greedy    `json:"greedy"`
	Batches []batch     `json:"batches"`
	Worst   struct {
		HF32 float64 `json:"hf32_vs_ref64"`
	} `json:"worst"`
	InvFreq   []float64 `json:"rope_inv_freq64"`
	RopeScale float64   `json:"rope_attention_factor"`
}

type modelCase struct {
	Name    string       `json:"name"`
	IDs     []int32      `json:"ids"`
	Logits  *array       `json:"logits64"`
	Last    *array       `json:"last_logits64"`
	ArgMax  []int32      `json:"argmax"`
	Log     []float64    `json:"logprobs64"`
	Entropy float64      `json:"entropy_last"`
	Norms   [][2]float64 `json:"hidden_norms64"`
	Hidden  []*array     `json:"hidden64"`
	HFState float64      `json:"hf32_hidden_maxdiff"`
	Routes  []route      `json:"routes64"`

	PooledAt *int      `json:"pooled_at"`
	Scores   []float64 `json:"scores64"`
	Every    *array    `json:"scores64_every_position"`

	LastHidden     *array `json:"last_hidden"`
	MeanPooled     *array `json:"mean_pooled"`
	LastPooled     *array `json:"last_pooled"`
	MeanPooledUnit *array `json:"mean_pooled_unit"`
	LastPooledUnit *array `json:"last_pooled_unit"`
}

type route struct {
	Layer   int       `json:"layer"`
	Token   int       `json:"token"`
	Experts []int32   `json:"experts"`
	Weights []float64 `json:"weights"`
}

type greedy struct {
	Case   string  `json:"case"`
	Tokens []int32 `json:"tokens"`
}

type batch struct {
	IDs     [][]int32   `json:"ids"`
	Last    []*array    `json:"last_logits64"`
	Greedy8 [][]int32   `json:"greedy8"`
	Scores  [][]float64 `json:"scores"`
}

// verifyModel runs the cases of one folder on the model in another, which may be the same.
func verifyModel(folder, model string, o Options) (*Report, error) {
	var g modelGolden
	if err := readJSON(folder, "golden.json", &g); err != nil {
		return nil, err
	}
	b, err := readBlob(folder, g.Blob)
	if err != nil {
		return nil, err
	}
	m, err := qwen2.Open(model, qwen2.Options{Weights: "f32", Threads: o.Threads})
	if err != nil {
		return nil, err
	}
	defer m.Close()
	r, err := newRunner(m, o)
	if err != nil {
		return nil, err
	}
	defer r.close()
	v := &modelVerifier{runner: r, g: &g, b: b, rep: &Report{Model: filepath.Base(model), Weights: "f32"}, limit: 4 * g.Worst.HF32}
	if err := v.run(); err != nil {
		return nil, fmt.Errorf("%s: %w", model, err)
	}
	if other := filepath.Join(model, "config.v5.json"); exists(other) {
		if err := v.otherConfig(model, other, o); err != nil {
			return nil, err
		}
	}
	return v.rep, r.invariance(v.rep, longest(g.Cases))
}

type modelVerifier struct {
	*runner
	g     *modelGolden
	b     blob
	rep   *Report
	limit float64 // of a logit
	first [][]float32
}

func (v *modelVerifier) run() error {
	v.rope()
	for i := range v.g.Cases {
		c := &v.g.Cases[i]
		var err error
		switch {
		case c.PooledAt != nil:
			err = v.scores(c)
		case c.LastHidden != nil:
			err = v.embedding(c)
		default:
			err = v.logitCase(c)
		}
		if err != nil {
			return fmt.Errorf("case %s: %w", c.Name, err)
		}
	}
	return v.sequences()
}

func longest(cases []modelCase) []int32 {
	var ids []int32
	for _, c := range cases {
		if len(c.IDs) > len(ids) {
			ids = c.IDs
		}
	}
	return ids
}

// rope compares the rotary table: both are float64, so a relative 1e-14 per operation is what may be lost.
func (v *modelVerifier) rope() {
	inv, scale := v.m.Config.Rope.Frequencies(v.m.Config.HeadDim)
	worst := math.Abs(scale/v.g.RopeScale - 1)
	if len(inv) != len(v.g.InvFreq) {
		worst = math.NaN()
	}
	for i, f := range v.g.InvFreq {
		if d := math.Abs(inv[i]/f - 1); !(d <= worst) {
			worst = d
		}
	}
	v.rep.add("rope table", "rope_inv_freq64", worst, 1e-13)
}

func (v *modelVerifier) logitCase(c *modelCase) error {
	cfg := &v.m.Config
	var hidden [][]float32
	var routes []route
	v.s.Watch = qwen2.Watch{
		Hidden: func(_ int, x []float32) { hidden = append(hidden, append([]float32(nil), x...)) },
		Routes: func(layer int, experts []int32, weights []float32) {
			for t := range len(c.IDs) {
				r := route{Layer: layer, Token: t, Experts: append([]int32(nil), experts[t*cfg.MoE.Top:(t+1)*cfg.MoE.Top]...)}
				for _, w := range weights[t*cfg.MoE.Top : (t+1)*cfg.MoE.Top] {
					r.Weights = append(r.Weights, float64(w))
				}
				routes = append(routes, r)
			}
		},
	}
	watched, err := v.states(c.IDs)
	v.s.Watch = qwen2.Watch{}
	if err != nil {
		return err
	}
	h, err := v.states(c.IDs)
	if err != nil {
		return err
	}
	v.rep.add("watched = unwatched", c.Name, unequalBits(watched, h), 0)
	logits := v.logits(h)
	v.first = append(v.first, logits)
	last := logits[len(logits)-cfg.Vocab:]
	if c.Logits != nil {
		v.rep.add("logits", c.Name, differ(logits, v.b.values(c.Logits)), v.limit)
	}
	v.rep.add("last logits", c.Name, differ(last, v.b.values(c.Last)), v.limit)
	v.rep.add("argmax", c.Name, wrongMaxes(logits, cfg.Vocab, c.ArgMax, v.limit), 0)
	v.rep.add("entropy", c.Name, math.Abs(entropy(last)-c.Entropy), 2*v.limit)
	v.logProbs(c, h)
	hidden = append(hidden, h)
	v.hidden(c, hidden)
	v.routes(c, routes)
	return nil
}

// logProbs compares the fused scores. A logarithm of a probability is a logit less a mean of logits, so it may be off by twice as much.
func (v *modelVerifier) logProbs(c *modelCase, h []float32) {
	n := len(c.IDs) - 1
	lp := make([]float64, n)
	v.s.LogProbs(lp, h[:n*v.m.Config.Hidden], c.IDs[1:])
	v.rep.add("logprobs", c.Name, differ64(lp, c.Log), 2*v.limit)
}

// hidden compares the states after each layer. Where the case has none of transformers' own deviation, that of logits stands for it.
func (v *modelVerifier) hidden(c *modelCase, got [][]float32) {
	limit := 4 * c.HFState
	if limit == 0 {
		limit = v.limit
	}
	if len(c.Hidden) > len(got) || len(c.Norms) > len(got) {
		v.rep.add("hidden states", fmt.Sprintf("%s has values of %d states, the model gives %d", c.Name, max(len(c.Hidden), len(c.Norms)), len(got)), math.NaN(), 0)
		return
	}
	for i, want := range c.Hidden {
		v.rep.add("hidden states", fmt.Sprintf("%s layer %d", c.Name, i), differ(got[i], v.b.values(want)), limit)
	}
	d := v.m.Config.Hidden
	for i, want := range c.Norms {
		first, last := norm(got[i][:d]), norm(got[i][len(got[i])-d:])
		v.rep.add("hidden norms", fmt.Sprintf("%s layer %d", c.Name, i), max(math.Abs(first-want[0]), math.Abs(last-want[1])), v.limit)
	}
}

func (v *modelVerifier) routes(c *modelCase, got []route) {
	for i, want := range c.Routes {
		where := fmt.Sprintf("%s layer %d token %d", c.Name, want.Layer, want.Token)
		if i >= len(got) || got[i].Layer != want.Layer || got[i].Token != want.Token {
			v.rep.add("routes", where, math.NaN(), 0)
			continue
		}
		v.rep.add("routes", where, unequal(got[i].Experts, want.Experts), 0)
		worst := 0.0
		for k, w := range want.Weights {
			worst = max(worst, math.Abs(got[i].Weights[k]-w))
		}
		v.rep.add("route weights", where, worst, v.limit)
	}
}
