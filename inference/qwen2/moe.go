package qwen2

import (
	"slices"

	"github.com/winnow-data/winnow/inference/internal/kernel"
)

// moeScratch is what a sparse layer needs.
type moeScratch struct {
	layer   *layer
	normed  []float32 // [n][Hidden]
	in      kernel.Input
	routes  []float32 // [n][Experts+1]: probabilities, and the gate of the shared expert
	experts []int32   // [n][Top], the likeliest first
	weights []float32 // [n][Top]
	picked  []int32   // t·Top+k of every choice, grouped by expert, tokens ascending
	first   []int32   // [Experts+1]: where an expert's begin
	out     []float32 // [n·Top][Hidden]
}

// expertTokens is how many tokens an expert takes at a time.
const expertTokens = 64

// sparse is the feed-forward part of a sparse layer: y = Σ weight·expert(x) over the chosen experts in the order of their numbers, plus
// the shared expert's output times the sigmoid of its gate.
func (s *Session) sparse(l *layer) {
	e, m, c := l.experts, &s.moe, s.c.MoE
	m.layer = l
	m.normed = grown(m.normed, s.n*s.c.Hidden)
	m.in.Reset(kernel.F32, 0, s.n, s.c.Hidden)
	if e.shared != nil {
		s.inX.Reset(e.shared.gateUp.Format, e.shared.gateUp.Group, s.n, s.c.Hidden)
	}
	s.gain = l.ffnNorm
	s.eachToken(s.tasks.route)
	s.pending = false

	m.routes = grown(m.routes, s.n*e.router.Rows)
	s.multiply(m.routes, e.router, &m.in)
	s.choose(e.router.Rows)
	if s.Watch.Routes != nil {
		s.Watch.Routes(s.layerAt, m.experts, m.weights)
	}
	m.out = grown(m.out, s.n*c.Top*s.c.Hidden)
	s.do(c.Experts, s.tasks.expert)
	if e.shared != nil {
		s.feedForward(e.shared)
	} else {
		clear(s.y[:s.n*s.c.Hidden])
	}
	s.eachToken(s.tasks.combine)
	s.bias, s.pending = nil, true
}

// taskRoute adds what is pending and keeps the norm for the router, the shared expert and the chosen ones.
func (s *Session) taskRoute(_, i int) {
	m, h := &s.moe, s.c.Hidden
	from, to := s.span(i)
	for t := from; t < to; t++ {
		v := m.normed[t*h : (t+1)*h]
		s.normOne(v, t, s.gain)
		m.in.Set(t, v)
		if m.layer.experts.shared != nil {
			s.inX.Set(t, v)
		}
	}
}

// choose picks each token's experts and groups the choices by expert.
func (s *Session) choose(width int) {
	m, c := &s.moe, s.c.MoE
	m.experts, m.weights = m.experts[:0], m.weights[:0]
	m.first = append(m.first[:0], make([]int32, c.Experts+1)...)
	for t := range s.n {
		p := m.routes[t*width : t*width+c.Experts]
		kernel.SoftMax(p, 1)
		var sum float32
		for range c.Top {
			best := -1
			for e, v := range p {
				if (best < 0 || v > p[best]) && !slices.Contains(m.experts[len(m.experts)-len(m.experts)%c.Top:], int32(e)) {
					best = e
				}
			}
			m.experts, m.weights = append(m.experts, int32(best)), append(m.weights, p[best])
			sum += p[best]
			m.first[best+1]++
		}
		if c.NormTop {
			for k := range c.Top {
				m.weights[t*c.Top+k] /= sum
			}
		}
	}
	for e := range c.Experts {
		m.first[e+1] += m.first[e]
	}
	m.picked = append(m.picked[:0], make([]int32, len(m.experts))...)
	for i := len(m.experts) - 1; i >= 0; i-- { // from the back, so that ends become beginnings
		e := m.experts[i]
		m.first[e+1]--
		m.picked[m.first[e+1]] = int32(i)
	}
}

// taskExpert computes one expert for all tokens that chose it.
func (s *Session) taskExpert(worker, e int) {
	m, w, c := &s.moe, &s.workers[worker], s.c
	x := m.layer.experts.each[e]
	from := int(m.first[e+1])
	to := len(m.picked)
	if e+2 < len(m.first) {
		to = int(m.first[e+2])
	}
	for ; from < to; from += expertTokens {
		picked := m.picked[from:min(from+expertTokens, to)]
		w.in1.Reset(x.gateUp.Format, x.gateUp.Group, len(picked), c.Hidden)
		for i, p := range picked {
			t := int(p) / c.MoE.Top
			w.in1.Set(i, m.normed[t*c.Hidden:(t+1)*c.Hidden])
		}
		w.in2.Reset(x.down.Format, x.down.Group, len(picked), x.inter)
		x.activate(&w.in2, w, &w.in1, 0, len(picked), 0, x.gateUp.Rows)
		w.tile = grown(w.tile, len(picked)*c.Hidden)
		x.down.MatMul(w.tile, c.Hidden, &w.in2, 0, len(picked), 0, c.Hidden)
		for i, p := range picked {
			copy(m.out[int(p)*c.Hidden:(int(p)+1)*c.Hidden], w.tile[i*c.Hidden:(i+1)*c.Hidden])
		}
	}
}

// taskCombine adds the experts' outputs up.
func (s *Session) taskCombine(worker, i int) {
	m, w, c := &s.moe, &s.workers[worker], s.c
	from, to := s.span(i)
	width := m.layer.experts.router.Rows
	for t := from; t < to; t++ {
		y := s.y[t*c.Hidden : (t+1)*c.Hidden]
		sum := w.vector(c.Hidden)
		clear(sum)
		for last := int32(-1); ; { // in ascending order of the experts, whatever their rank
			next := -1
			for k := range c.MoE.Top {
				e := m.experts[t*c.MoE.Top+k]
				if e > last && (next < 0 || e < m.experts[t*c.MoE.Top+next]) {
					next = k
				}
			}
			if next < 0 {
				break
			}
			p := t*c.MoE.Top + next
			last = m.experts[p]
			addScaled(sum, m.out[p*c.Hidden:(p+1)*c.Hidden], m.weights[p])
		}
		if m.layer.experts.shared == nil {
			copy(y, sum)
			continue
		}
		gate := float32(1 / (1 + exp(-float64(m.routes[t*width+c.MoE.Experts]))))
		for d, v := range y {
			y[d] = float32(v*gate) + sum[d]
		}
	}
}

// addScaled adds f·x to y, product and sum each rounded.
func addScaled(y, x []float32, f float32) {
	for d, v := range x {
		y[d] += float32(v * f)
	}
}
