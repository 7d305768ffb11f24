package verify

import (
	"math"

	"github.com/winnow-data/winnow/inference/internal/pool"
	"github.com/winnow-data/winnow/inference/qwen2"
)

// A runner asks one model for what the cases compare.
type runner struct {
	m     *qwen2.Model
	s     *qwen2.Session
	cache *qwen2.Cache
	pool  *pool.Pool
	stop  func() error // never nil
}

func newRunner(m *qwen2.Model, o Options) (*runner, error) {
	cache, err := m.NewCache(1 << 30)
	if err != nil {
		return nil, err
	}
	r := &runner{m: m, cache: cache, pool: pool.New(o.Threads), stop: o.Stop}
	if r.stop == nil {
		r.stop = func() error { return nil }
	}
	r.s = m.NewSession(r.pool)
	return r, nil
}

// forward takes a step unless somebody wants the verification to end.
func (r *runner) forward(slots []qwen2.Slot) ([]float32, error) {
	if err := r.stop(); err != nil {
		return nil, err
	}
	return r.s.Forward(slots)
}

func (r *runner) close() {
	r.pool.Close()
	r.cache.Close()
}

// all lists the offsets 0 to n-1.
func all(n int) []int {
	v := make([]int, n)
	for i := range v {
		v[i] = i
	}
	return v
}

// states returns the hidden states of every token of a text, each piece of it in a step of its own.
func (r *runner) states(ids []int32, pieces ...int) ([]float32, error) {
	seq := r.cache.New()
	defer seq.Free()
	return r.extend(seq, ids, len(ids), pieces...)
}

func (r *runner) extend(seq *qwen2.Sequence, ids []int32, total int, pieces ...int) ([]float32, error) {
	var h []float32
	for len(ids) > 0 {
		n := len(ids)
		if len(pieces) > 0 {
			n, pieces = min(n, pieces[0]), pieces[1:]
		}
		got, err := r.forward([]qwen2.Slot{{Seq: seq, IDs: ids[:n], Want: all(n), Total: total}})
		if err != nil {
			return nil, err
		}
		h, ids = append(h, got...), ids[n:]
	}
	return h, nil
}

// logits returns [tokens][Vocab].
func (r *runner) logits(h []float32) []float32 {
	y := make([]float32, len(h)/r.m.Config.Hidden*r.m.Config.Vocab)
	r.s.Logits(y, h)
	return y
}

// greedy continues a text with the likeliest tokens, by the cache.
func (r *runner) greedy(ids []int32, n int) ([]int32, error) {
	seq := r.cache.New()
	defer seq.Free()
	var out []int32
	top := make([]qwen2.Top, 1)
	for step := ids; len(out) < n; step = out[len(out)-1:] {
		h, err := r.forward([]qwen2.Slot{{Seq: seq, IDs: step, Want: []int{len(step) - 1}}})
		if err != nil {
			return nil, err
		}
		r.s.Top(top, h, 1)
		out = append(out, top[0].Best[0].ID)
	}
	return out, nil
}

// entropy is that of the distribution with these logits, in nats.
func entropy(logits []float32) float64 {
	lse := logSumExp(logits)
	h := 0.0
	for _, x := range logits {
		l := float64(x) - lse
		h -= math.Exp(l) * l
	}
	return h
}

func logSumExp(logits []float32) float64 {
	m := math.Inf(-1)
	for _, x := range logits {
		m = max(m, float64(x))
	}
	sum := 0.0
	for _, x := range logits {
		sum += math.Exp(float64(x) - m)
	}
	return m + math.Log(sum)
}

// argMaxes returns the likeliest token of each row of logits.
func argMaxes(logits []float32, vocab int) []int32 {
	var ids []int32
	for ; len(logits) > 0; logits = logits[vocab:] {
		best := 0
		for i, x := range logits[:vocab] {
			if x > logits[best] {
				best = i
			}
		}
		ids = append(ids, int32(best))
	}
	return ids
}

// wrongMaxes counts rows of logits whose likeliest token is another than wanted. Two tokens nearer to each other than a logit may be off are
// a tie: the references themselves do not agree which of them comes first.
func wrongMaxes(logits []float32, vocab int, want []int32, tie float64) float64 {
	if len(logits) != len(want)*vocab {
		return math.Inf(1)
	}
	wrong := 0.0
	for i, got := range argMaxes(logits, vocab) {
		row := logits[i*vocab : (i+1)*vocab]
		if got != want[i] && !(math.Abs(float64(row[got])-float64(row[want[i]])) <= tie) {
			wrong++
		}
	}
	return wrong
}

func norm(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}
