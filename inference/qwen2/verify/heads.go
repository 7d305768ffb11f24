package verify

import (
	"fmt"
	"math"

	"github.com/winnow-data/winnow/inference/qwen2"
)

// scores compares a classification or reward head.
func (v *modelVerifier) scores(c *modelCase) error {
	h, err := v.states(c.IDs)
	if err != nil {
		return err
	}
	v.first = append(v.first, h)
	n := v.m.Config.Labels
	y := make([]float32, len(c.IDs)*n)
	v.s.Classify(y, h)
	at := v.m.Config.Pooled(c.IDs)
	v.rep.add("pooled position", c.Name, math.Abs(float64(at-*c.PooledAt)), 0)
	v.rep.add("scores", c.Name, differ64(y[at*n:(at+1)*n], c.Scores), v.limit)
	v.rep.add("scores, every position", c.Name, differ(y, v.b.values(c.Every)), v.limit)
	return nil
}

// embedding compares hidden states and their poolings. A mean or a division by the length loses nothing that the states have not lost.
func (v *modelVerifier) embedding(c *modelCase) error {
	h, err := v.states(c.IDs)
	if err != nil {
		return err
	}
	v.first = append(v.first, h)
	d := v.m.Config.Hidden
	v.rep.add("last hidden state", c.Name, differ(h, v.b.values(c.LastHidden)), v.limit)
	mean, last := make([]float32, d), append([]float32(nil), h[len(h)-d:]...)
	qwen2.Mean(mean, h)
	v.rep.add("pooled", c.Name+" mean", differ(mean, v.b.values(c.MeanPooled)), v.limit)
	v.rep.add("pooled", c.Name+" last", differ(last, v.b.values(c.LastPooled)), v.limit)
	qwen2.Normalize(mean)
	qwen2.Normalize(last)
	v.rep.add("pooled", c.Name+" mean, unit", differ(mean, v.b.values(c.MeanPooledUnit)), v.limit)
	v.rep.add("pooled", c.Name+" last, unit", differ(last, v.b.values(c.LastPooledUnit)), v.limit)
	return nil
}

// sequences runs greedy continuations and batches.
func (v *modelVerifier) sequences() error {
	for _, g := range v.g.Greedy {
		if d := v.m.Config.Chunk; d != nil && d.Original > 0 {
			continue // its scores depend on the length of the whole text: a cache cannot follow (README)
		}
		c := v.named(g.Case)
		if c == nil {
			return fmt.Errorf("greedy: there is no case %q", g.Case)
		}
		got, err := v.greedy(c.IDs, len(g.Tokens))
		if err != nil {
			return err
		}
		v.rep.add("greedy", g.Case, unequal(got, g.Tokens), 0)
	}
	for i, b := range v.g.Batches {
		if err := v.batch(fmt.Sprintf("batch %d", i), b); err != nil {
			return err
		}
	}
	return nil
}

func (v *modelVerifier) named(name string) *modelCase {
	for i := range v.g.Cases {
		if v.g.Cases[i].Name == name {
			return &v.g.Cases[i]
		}
	}
	return nil
}

// batch appends sequences of unequal length in one step: each gives what it gives alone, by bits.
func (v *modelVerifier) batch(name string, b batch) error {
	d := v.m.Config.Hidden
	var slots []qwen2.Slot
	for _, ids := range b.IDs {
		seq := v.cache.New()
		defer seq.Free()
		slots = append(slots, qwen2.Slot{Seq: seq, IDs: ids, Want: all(len(ids))})
	}
	got, err := v.forward(slots)
	if err != nil {
		return err
	}
	got = append([]float32(nil), got...)
	for i, ids := range b.IDs {
		where := fmt.Sprintf("%s row %d", name, i)
		h := got[:len(ids)*d]
		got = got[len(ids)*d:]
		alone, err := v.states(ids)
		if err != nil {
			return err
		}
		v.rep.add("batch = alone", where, unequalBits(h, alone), 0)
		if i < len(b.Last) {
			v.rep.add("batch logits", where, differ(v.logits(h[len(h)-d:]), v.b.values(b.Last[i])), v.limit)
		}
		if i < len(b.Greedy8) {
			next, err := v.greedy(ids, len(b.Greedy8[i]))
			if err != nil {
				return err
			}
			v.rep.add("batch greedy", where, unequal(next, b.Greedy8[i]), 0)
		}
		if i < len(b.Scores) {
			y := make([]float32, v.m.Config.Labels)
			at := v.m.Config.Pooled(ids)
			v.s.Classify(y, h[at*d:(at+1)*d])
			v.rep.add("batch scores", where, differ64(y, b.Scores[i]), 2*v.limit) // both sides are float32
		}
	}
	return nil
}

// otherConfig loads the same weights with the other form of the blueprint: every number must be the same bits.
func (v *modelVerifier) otherConfig(model, config string, o Options) error {
	m, err := qwen2.Open(model, qwen2.Options{Weights: "f32", Config: config, Threads: o.Threads})
	if err != nil {
		return err
	}
	defer m.Close()
	r, err := newRunner(m, o)
	if err != nil {
		return err
	}
	defer r.close()
	for i, c := range v.g.Cases {
		h, err := r.states(c.IDs)
		if err != nil {
			return err
		}
		if m.Config.Head == qwen2.LM {
			h = r.logits(h)
		}
		v.rep.add("config of both forms", c.Name, unequalBits(h, v.first[i]), 0)
	}
	return nil
}

// differ64 is differ against values in float64.
func differ64[T float32 | float64](got []T, want []float64) float64 {
	if len(got) != len(want) {
		return math.NaN()
	}
	worst := 0.0
	for i, g := range got {
		if d := math.Abs(float64(g) - want[i]); !(d <= worst) {
			worst = d
		}
	}
	return worst
}
