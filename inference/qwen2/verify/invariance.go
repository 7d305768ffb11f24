package verify

import (
	"math"

	"github.com/winnow-data/winnow/inference/internal/pool"
	"github.com/winnow-data/winnow/inference/qwen2"
)

// invariance checks, on one text, what must hold for every model: its numbers are finite, and the same bits however the text is cut into
// steps, in a fork of another sequence, beside other texts and on any number of threads.
func (r *runner) invariance(rep *Report, ids []int32) error {
	want, err := r.states(ids)
	if err != nil {
		return err
	}
	infinite := 0.0
	for _, x := range want {
		if x-x != 0 {
			infinite++
		}
	}
	rep.add("finite", "states", infinite, 0)
	for _, pieces := range [][]int{{1}, {7, 1, 64, 3}, {len(ids) / 2}} {
		got, err := r.states(ids, pieces...)
		if err != nil {
			return err
		}
		rep.add("pieces = whole", "prefill in pieces", unequalBits(got, want), 0)
	}
	if err := r.forked(rep, ids, want); err != nil {
		return err
	}
	return r.threaded(rep, ids, want)
}

// forked shares the first half of the text between the text itself and another, which goes on before it.
func (r *runner) forked(rep *Report, ids []int32, want []float32) error {
	half := len(ids) / 2
	a := r.cache.New()
	defer a.Free()
	if _, err := r.extend(a, ids[:half], len(ids)); err != nil {
		return err
	}
	b := a.Fork()
	defer b.Free()
	reversed := make([]int32, 0, len(ids))
	for i := range ids {
		reversed = append(reversed, ids[len(ids)-1-i])
	}
	if _, err := r.extend(a, reversed[:len(ids)-half], len(ids)); err != nil {
		return err
	}
	got, err := r.extend(b, ids[half:], len(ids))
	if err != nil {
		return err
	}
	rep.add("fork = whole", "shared prefix", unequalBits(got, want[half*r.m.Config.Hidden:]), 0)
	a.Truncate(half)
	if got, err = r.extend(a, ids[half:], len(ids)); err != nil {
		return err
	}
	rep.add("fork = whole", "truncated and extended again", unequalBits(got, want[half*r.m.Config.Hidden:]), 0)
	return nil
}

// threaded computes the text on other numbers of threads, beside two other texts.
func (r *runner) threaded(rep *Report, ids []int32, want []float32) error {
	for _, threads := range []int{1, 2, 3} {
		if err := r.stop(); err != nil {
			return err
		}
		p := pool.New(threads)
		s := r.m.NewSession(p)
		a, b, c := r.cache.New(), r.cache.New(), r.cache.New()
		n := len(ids)
		h, err := s.Forward([]qwen2.Slot{{Seq: a, IDs: ids[:(n+1)/2]}, {Seq: b, IDs: ids, Want: all(n)}, {Seq: c, IDs: ids[n-1:]}})
		if err == nil {
			rep.add("threads and batch", "states", unequalBits(h, want), 0)
		}
		if err == nil && r.m.Config.Head == qwen2.LM {
			rep.add("threads and batch", "log-probabilities", r.scoreDiffers(s, h, ids), 0)
		}
		a.Free()
		b.Free()
		c.Free()
		p.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// scoreDiffers counts the log-probabilities that are not the bits of the runner's own session.
func (r *runner) scoreDiffers(s *qwen2.Session, h []float32, ids []int32) float64 {
	n := len(ids) - 1
	if n == 0 {
		return 0
	}
	own := append([]float32(nil), h...)
	a, b := make([]float64, n), make([]float64, n)
	s.LogProbs(a, own[:n*r.m.Config.Hidden], ids[1:])
	r.s.LogProbs(b, own[:n*r.m.Config.Hidden], ids[1:])
	differ := 0.0
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) {
			differ++
		}
	}
	return differ
}
