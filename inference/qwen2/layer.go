package qwen2

import (
	"github.com/winnow-data/winnow/inference/internal/kernel"
)

// pass sends the collected tokens through all layers and appends the wanted states to h.
func (s *Session) pass() {
	s.size()
	s.embed()
	for l := range s.w.layers {
		s.watch(l)
		s.layer(l)
	}
	s.watch(len(s.w.layers))
	s.finish()
}

// layer is one block of the transformer: x += attention(norm(x)), x += feedForward(norm(x)). The second sum is left pending: the norm
// that follows does it in the same sweep.
func (s *Session) layer(l int) {
	y := &s.w.layers[l]
	s.layerAt = l

	s.norm(y.attnNorm, &s.inX, y.qkv)
	s.multiply(s.qkv, y.qkv, &s.inX)
	s.eachToken(s.tasks.place) // biases, norms and rotation of q and k; keys and values go to the cache
	if l == len(s.w.layers)-1 {
		s.narrow()
	}
	if s.n == 0 {
		return
	}
	s.do(len(s.tiles), s.tasks.attend)
	s.inAtt.Reset(y.out.Format, y.out.Group, s.n, y.out.Cols)
	s.eachToken(s.tasks.convertAtt)
	s.multiply(s.y, y.out, &s.inAtt)
	s.bias, s.pending = y.outBias, true

	if y.experts != nil {
		s.sparse(y)
		return
	}
	s.norm(y.ffnNorm, &s.inX, y.dense.gateUp)
	s.feedForward(y.dense)
	s.bias, s.pending = y.dense.downBias, true
}

// feedForward computes y = down(silu(gate·x) ∘ up·x) of what inX holds.
func (s *Session) feedForward(m *mlp) {
	s.inAct.Reset(m.down.Format, m.down.Group, s.n, m.down.Cols)
	s.job = product{m: m, w: m.gateUp, in: &s.inX, n: s.n}
	s.job.split(2*interleave, s.threads())
	s.do(s.job.tasks(), s.tasks.gateUp)
	s.multiply(s.y, m.down, &s.inAct)
}

// size makes room for the pass.
func (s *Session) size() {
	c := s.c
	s.n = len(s.ids)
	s.x = grown(s.x, s.n*c.Hidden)
	s.y = grown(s.y, s.n*c.Hidden)
	s.qkv = grown(s.qkv, s.n*(c.Heads+2*c.KVHeads)*c.HeadDim)
	s.att = grown(s.att, s.n*c.Heads*c.HeadDim)
	s.sel = s.sel[:0]
	for t := range s.n {
		s.sel = append(s.sel, int32(t))
	}
	s.tile()
}

// embed looks the tokens up and computes the angles by which their queries and keys are turned.
func (s *Session) embed() {
	half := s.c.HeadDim / 2
	s.cos, s.sin = grown(s.cos, s.kinds()*s.n*half), grown(s.sin, s.kinds()*s.n*half)
	s.eachToken(s.tasks.embed)
	s.pending = false
}

// kinds is in how many ways a query is turned: by its position, or in the three of dual chunk attention.
func (s *Session) kinds() int {
	if s.c.Chunk != nil {
		return 3
	}
	return 1
}

func (s *Session) taskEmbed(_, i int) {
	from, to := s.span(i)
	half := s.c.HeadDim / 2
	for t := from; t < to; t++ {
		s.w.embed.Row(int(s.ids[t]), s.x[t*s.c.Hidden:(t+1)*s.c.Hidden])
		for k := range s.kinds() {
			at := (k*s.n + t) * half
			s.m.turn(s.cos[at:at+half], s.sin[at:at+half], s.c.Chunk.position(int(s.pos[t]), k))
		}
	}
}

// norm adds what is pending to x and fills in with the root-mean-square norm of the sum, for the matrices of the form of w.
func (s *Session) norm(gain []float32, in *kernel.Input, w *kernel.Matrix) {
	in.Reset(w.Format, w.Group, s.n, w.Cols)
	s.gain, s.target = gain, in
	s.eachToken(s.tasks.norm)
	s.pending = false
}

func (s *Session) taskNorm(worker, i int) {
	from, to := s.span(i)
	v := s.workers[worker].vector(s.c.Hidden)
	for t := from; t < to; t++ {
		s.normOne(v, t, s.gain)
		s.target.Set(t, v)
	}
}

// normOne adds what is pending to row t of x and writes its norm to v.
func (s *Session) normOne(v []float32, t int, gain []float32) {
	h := s.c.Hidden
	x := s.x[t*h : (t+1)*h]
	switch y := s.y[t*h : (t+1)*h]; {
	case !s.pending:
		kernel.RMSNorm(v, x, gain, s.c.Eps)
	case s.bias != nil:
		kernel.Add(y, s.bias)
		fallthrough
	default:
		kernel.AddRMSNorm(v, x, y, gain, s.c.Eps)
	}
}

// vector is scratch of n values.
func (w *worker) vector(n int) []float32 {
	w.v = grown(w.v, n)
	return w.v
}

func (s *Session) taskConvertAtt(_, i int) {
	from, to := s.span(i)
	for t := from; t < to; t++ {
		s.inAtt.Set(t, s.att[t*s.inAtt.Cols:(t+1)*s.inAtt.Cols])
	}
}

// narrow drops the tokens whose result nobody wants: the last layer has stored their keys and values, and nothing else of them is used.
func (s *Session) narrow() {
	if s.Watch.Hidden != nil || s.Watch.Routes != nil || len(s.wants) == s.n {
		return
	}
	h := s.c.Hidden
	s.sel = append(s.sel[:0], s.wants...)
	for i, t := range s.sel {
		copy(s.x[i*h:(i+1)*h], s.x[int(t)*h:(int(t)+1)*h])
		s.wants[i] = int32(i)
	}
	s.n = len(s.sel)
	s.tile()
}

// finish appends the final norm of the wanted tokens to h.
func (s *Session) finish() {
	at, h := len(s.h), s.c.Hidden
	if n := at + len(s.wants)*h; n > cap(s.h) {
		s.h = append(make([]float32, 0, n+n/4), s.h...)
	}
	s.h = s.h[:at+len(s.wants)*h]
	s.each(len(s.wants), s.tasks.finish)
	s.pending = false
}

func (s *Session) taskFinish(_, i int) {
	h := s.c.Hidden
	out := s.h[len(s.h)-len(s.wants)*h:]
	from, to := s.part(len(s.wants), i)
	for j := from; j < to; j++ {
		s.normOne(out[j*h:(j+1)*h], int(s.wants[j]), s.w.norm)
	}
}

// watch shows the residual stream, if anyone looks.
func (s *Session) watch(layer int) {
	if s.Watch.Hidden == nil {
		return
	}
	h := s.c.Hidden
	if s.pending {
		for t := range s.n {
			y := s.y[t*h : (t+1)*h]
			if s.bias != nil {
				kernel.Add(y, s.bias)
			}
			kernel.Add(s.x[t*h:(t+1)*h], y)
		}
		s.pending = false
	}
	s.Watch.Hidden(layer, s.x[:s.n*h])
}
