package qwen2

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/winnow-data/winnow/inference/internal/kernel"
)

// The head is computed in blocks of the vocabulary, and what is wanted of the logits is taken from a block while it is in the cache: 512
// times 151,936 logits would be 311 MB. Blocks are put together in ascending order, so results do not depend on who computed which.
const (
	headRows   = 256 // of the vocabulary in a block
	headTokens = 256 // that a block meets at a time
)

// A Candidate is a token and its logit.
type Candidate struct {
	ID    int32
	Logit float32
}

// Top is the likeliest tokens after a state. Where a logit is NaN, which only a broken model gives, LogSumExp is NaN and Best means nothing.
type Top struct {
	Best      []Candidate // likeliest first; of equals the smaller id first
	LogSumExp float64     // of all logits: ln p = Logit - LogSumExp
}

// headScratch is what the fused head needs.
type headScratch struct {
	in     kernel.Input
	h      []float32
	n, k   int
	ids    []int32   // the tokens whose logits are wanted, or nil
	logit  []float32 // theirs
	max    []float32 // [blocks][n]
	sum    []float32 // [blocks][n]: Σ exp(logit - max)
	merged []Candidate
}

// Logits writes the logits of n states to y, [n][Vocab]. Of a model without a head it panics.
func (s *Session) Logits(y, h []float32) {
	s.convertHead(h)
	s.multiply(y, s.lmHead(), &s.head.in)
}

func (s *Session) lmHead() *kernel.Matrix {
	if s.w.head == nil {
		panic(fmt.Sprintf("qwen2: logits of a model whose head is %d", s.c.Head))
	}
	return s.w.head
}

// convertHead puts states into the form that the head multiplies.
func (s *Session) convertHead(h []float32) {
	d, w := &s.head, s.lmHead()
	d.h, d.n = h, len(h)/s.c.Hidden
	d.in.Reset(w.Format, w.Group, d.n, w.Cols)
	s.each(d.n, s.tasks.headIn)
}

func (s *Session) taskHeadIn(_, i int) {
	d, h := &s.head, s.c.Hidden
	from, to := s.part(d.n, i)
	for t := from; t < to; t++ {
		d.in.Set(t, d.h[t*h:(t+1)*h])
	}
}

// LogProbs writes ln p(ids[i] | state i) to lp. No logits are stored.
func (s *Session) LogProbs(lp []float64, h []float32, ids []int32) {
	hidden := s.c.Hidden
	for at := 0; at < len(ids); at += headTokens {
		n := min(headTokens, len(ids)-at)
		s.head.ids, s.head.k = ids[at:at+n], 0
		s.head.logit = grown(s.head.logit, n)
		s.blocks(h[at*hidden : (at+n)*hidden])
		for t := range n {
			lp[at+t] = float64(s.head.logit[t]) - s.logSumExp(t)
		}
	}
	s.head.ids = nil
}

// Top fills out with the k likeliest tokens after each state. Best is reused.
func (s *Session) Top(out []Top, h []float32, k int) {
	hidden := s.c.Hidden
	k = min(k, s.c.Vocab)
	for at := 0; at < len(out); at += headTokens {
		n := min(headTokens, len(out)-at)
		s.head.ids, s.head.k = nil, k
		for w := range s.workers {
			top := &s.workers[w].top
			*top = slices.Grow((*top)[:0], n*k)[:n*k]
			for i := range *top {
				(*top)[i] = Candidate{ID: math.MaxInt32, Logit: float32(math.Inf(-1))}
			}
		}
		s.blocks(h[at*hidden : (at+n)*hidden])
		for t := range n {
			o := &out[at+t]
			o.LogSumExp = s.logSumExp(t)
			o.Best = append(o.Best[:0], s.mergeTop(t)...)
		}
	}
}

// blocks runs the head over the vocabulary.
func (s *Session) blocks(h []float32) {
	s.convertHead(h)
	d := &s.head
	count := (s.c.Vocab + headRows - 1) / headRows
	d.max, d.sum = grown(d.max, count*d.n), grown(d.sum, count*d.n)
	s.do(count, s.tasks.headBlock)
}

func (s *Session) taskHeadBlock(worker, b int) {
	d, w := &s.head, &s.workers[worker]
	from, to := b*headRows, min((b+1)*headRows, s.c.Vocab)
	w.tile = grown(w.tile, d.n*headRows)
	s.w.head.MatMul(w.tile, headRows, &d.in, 0, d.n, from, to)
	for t := range d.n {
		logits := w.tile[t*headRows : t*headRows+to-from]
		m := kernel.Max(logits)
		d.max[b*d.n+t] = m
		d.sum[b*d.n+t] = float32(kernel.SumExp(logits, m))
		if d.ids != nil && int(d.ids[t]) >= from && int(d.ids[t]) < to {
			d.logit[t] = logits[int(d.ids[t])-from]
		}
		if d.k > 0 {
			keep(w.top[t*d.k:(t+1)*d.k], logits, m, int32(from))
		}
	}
}

// keep merges logits, whose greatest is m, into best, likeliest first.
func keep(best []Candidate, logits []float32, m float32, from int32) {
	k := len(best)
	if m < best[k-1].Logit {
		return
	}
	for i, v := range logits {
		c := Candidate{from + int32(i), v}
		if v < best[k-1].Logit || compare(c, best[k-1]) >= 0 {
			continue
		}
		at := k - 1
		for at > 0 && compare(c, best[at-1]) < 0 {
			best[at] = best[at-1]
			at--
		}
		best[at] = c
	}
}

// compare puts the likelier candidate first, of equals the smaller id.
func compare(a, b Candidate) int {
	if a.Logit != b.Logit {
		return cmp.Compare(b.Logit, a.Logit)
	}
	return cmp.Compare(a.ID, b.ID)
}

// mergeTop puts the workers' candidates of token t together.
func (s *Session) mergeTop(t int) []Candidate {
	d := &s.head
	d.merged = d.merged[:0]
	for w := range s.workers {
		d.merged = append(d.merged, s.workers[w].top[t*d.k:(t+1)*d.k]...)
	}
	slices.SortFunc(d.merged, compare)
	best := d.merged[:d.k]
	for i := range best {
		if best[i].ID == math.MaxInt32 {
			best[i] = Candidate{Logit: float32(math.NaN())}
		}
	}
	return best
}

// logSumExp puts the blocks of token t together.
func (s *Session) logSumExp(t int) float64 {
	d := &s.head
	blocks := len(d.max) / d.n
	m := float64(d.max[t])
	for b := range blocks {
		m = max(m, float64(d.max[b*d.n+t]))
	}
	sum := 0.0
	for b := range blocks {
		sum += float64(float64(d.sum[b*d.n+t]) * exp(float64(d.max[b*d.n+t])-m))
	}
	return m + log(sum)
}

// Classify writes the outputs of the classification or reward head for n states to y, [n][Labels]. Of a model without one it panics.
func (s *Session) Classify(y, h []float32) {
	w := s.w.score
	d := &s.head
	d.h, d.n = h, len(h)/s.c.Hidden
	d.in.Reset(w.Format, w.Group, d.n, w.Cols)
	s.each(d.n, s.tasks.headIn)
	s.multiply(y, w, &d.in)
}

// Pooled is the offset of the token whose state a classification head reads: the last that is not [Config.Pad], wherever padding is; 0
// if all are (transformers, modeling_layers.py, GenericForSequenceClassification).
func (c *Config) Pooled(ids []int32) int {
	for i := len(ids) - 1; i >= 0; i-- {
		if ids[i] != c.Pad {
			return i
		}
	}
	return 0
}

// Mean writes the mean of some states, [n][len(dst)], to dst.
func Mean(dst, h []float32) {
	n := len(h) / len(dst)
	for i := range dst {
		sum := 0.0
		for t := range n {
			sum += float64(h[t*len(dst)+i])
		}
		dst[i] = float32(sum / float64(n))
	}
}

// Normalize divides v by its length; a vector of zeros stays.
func Normalize(v []float32) {
	sum := 0.0
	for _, x := range v {
		sum += float64(float64(x) * float64(x))
	}
	if sum == 0 {
		return
	}
	by := math.Sqrt(sum)
	for i, x := range v {
		v[i] = float32(float64(x) / by)
	}
}
