package inference

import (
	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/inference/internal/exact"
	"github.com/winnow-data/winnow/inference/internal/kernel"
)

// seedOf is the state from which a request draws: the same whatever else is asked.
func seedOf(seed uint64, key string) uint64 { return mix(seed ^ mix(xxhash.Sum64String(key))) }

// mix is the finaliser of splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// uniform is draw n of a seed, in [0, 1).
func uniform(seed uint64, n int) float64 {
	return float64(mix(seed+uint64(n+1)*0x9e3779b97f4a7c15)>>11) / (1 << 53)
}

// A drawn is the token chosen from a row of logits: its logit as it was, and the logarithm of the sum of all exponentials.
type drawn struct {
	id  int32 // -1: the logits are no numbers
	raw float32
	lse float64
}

// A lottery draws tokens for rows of logits, on all workers of the engine. The order of what changes logits is that of transformers: penalty and
// constraint, temperature, top-k, top-p, min-p.
type lottery struct {
	vocab    int
	logits   []float32 // [len(jobs)][vocab]
	jobs     []*job
	out      []drawn
	samplers []sampler // by worker

	runSum, runDraw func(worker, i int) // bound once, so that a step allocates nothing
}

func (l *lottery) sum(_, i int) {
	row := l.logits[i*l.vocab : (i+1)*l.vocab]
	top := kernel.Max(row)
	l.out[i].lse = float64(top) + exact.Log(kernel.SumExp(row, top))
}

func (l *lottery) draw(worker, i int) {
	row, j, s := l.logits[i*l.vocab:(i+1)*l.vocab], l.jobs[i], &l.samplers[worker]
	w := j.writing
	s.raw = s.raw[:0]
	if w.penalty != 1 {
		s.penalise(row, j.ids, float32(w.penalty))
	}
	id := int32(-1)
	if w.temperature == 0 {
		id = int32(kernel.ArgMax(row))
	} else {
		id = s.draw(w, row, uniform(w.seed, len(j.ids)-j.prompt))
	}
	l.out[i].id = id
	if id < 0 {
		return
	}
	l.out[i].raw = row[id]
	for _, c := range s.raw {
		if c.id == id {
			l.out[i].raw = c.logit
		}
	}
}

// lots draws a token for each job from its row of logits, which are changed.
func (b *Batcher) lots(logits []float32, jobs []*job) []drawn {
	l := &b.lottery
	if l.runSum == nil {
		l.vocab, l.runSum, l.runDraw = b.shape.vocab, l.sum, l.draw
		l.samplers = make([]sampler, b.e.workers())
	}
	l.logits, l.jobs, l.out = logits, jobs, sized(l.out, len(jobs))
	b.e.each(len(jobs), l.runSum)
	for i, j := range jobs {
		if j.bound != nil {
			b.masks.apply(j.bound, logits[i*l.vocab:(i+1)*l.vocab], j.limit-len(j.ids))
		}
	}
	b.e.each(len(jobs), l.runDraw)
	return l.out
}
