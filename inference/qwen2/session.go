package qwen2

import (
	"fmt"

	"github.com/winnow-data/winnow/inference/internal/kernel"
	"github.com/winnow-data/winnow/inference/internal/pool"
)

// passTokens is the most tokens that go through the layers together: enough that reading the weights (15 MB a layer at 0.5B) costs little beside
// the arithmetic, few enough that the activations stay in the cache between layers. Results do not depend on it.
const passTokens = 512

// A Slot is what a step appends to one sequence.
type Slot struct {
	Seq  *Sequence
	IDs  []int32
	Want []int // offsets in IDs, ascending, of the tokens whose hidden state is wanted
	// Total is the length that the text will have when all of it was appended, where it comes in several steps; 0: this step is its
	// end. Only dual chunk attention with an original length reads it.
	Total int
}

// Watch sees what happens inside a step, for tests and verification. The slices are valid during the call only.
type Watch struct {
	// Hidden gets the residual stream [tokens][Hidden] of the step: at 0 the embedding, at l what l layers made of it.
	Hidden func(layer int, x []float32)
	// Routes gets the experts of each token of a sparse layer, the likeliest first, and their weights: [tokens][Top].
	Routes func(layer int, experts []int32, weights []float32)
}

// A Session holds the scratch memory of forward passes. It belongs to one goroutine; sessions of one model may run side by side, each with
// its own pool.
type Session struct {
	Watch Watch

	m    *Model
	pool *pool.Pool
	c    *Config
	w    *weights

	run     []stretch // the pass: tokens of one sequence next to each other
	ids     []int32   // [n]
	pos     []int32   // [n]
	sel     []int32   // tokens whose result is still needed: all of them until the last layer, then the wanted
	n       int       // tokens of the pass, len(sel) after the last layer's keys and values are stored
	layerAt int

	x        []float32 // residual stream, [n][Hidden]
	y        []float32 // what a part of a layer adds to it, [n][Hidden]
	pending  bool      // y is to be added
	bias     []float32 // to be added with y, or nil
	qkv      []float32 // [n][(Heads+2·KVHeads)·HeadDim]
	att      []float32 // [n][Heads·HeadDim]
	cos, sin []float32 // [1 or 3][n][HeadDim/2]
	tiles    []tile
	h        []float32 // [wanted][Hidden]
	wants    []int32   // rows of the pass that go to h

	inX, inAtt, inAct kernel.Input // what qkv and gateUp, out, down multiply
	moe               moeScratch
	head              headScratch
	workers           []worker
	job               product
	gain              []float32     // of the norm at work
	target            *kernel.Input // what the norm at work goes to
	tasks             boundTasks
}

// A worker is the scratch memory of one worker of the pool.
type worker struct {
	tile       []float32 // products of one tile of rows
	q, s, o, v []float32 // of one tile of attention
	in1, in2   kernel.Input
	top        []Candidate

	attention   kernel.Attention
	spans       []kernel.Span
	seq         *Sequence // whose pages page gives
	layer, head int
	pageAt      func(i int) []byte // page, bound once
}

// page is page i of the sequence, layer and head that the worker attends to.
func (w *worker) page(i int) []byte { return w.seq.c.head(w.seq.pages[i], w.layer, w.head) }

// boundTasks are the method values given to the pool, made once: a step allocates nothing.
type boundTasks struct {
	embed, product, norm, place, attend, convertAtt, gateUp, finish, route, expert, combine, headIn, headBlock func(worker, i int)
}

// A stretch is some tokens of one slot.
type stretch struct {
	seq   *Sequence
	at, n int     // tokens [at, at+n) of the pass
	scale float32 // of the attention scores
}

// NewSession returns a session whose work is split over p, which must not be used by anyone else during a call; nil means one thread.
func (m *Model) NewSession(p *pool.Pool) *Session {
	s := &Session{m: m, pool: p, c: &m.Config, w: m.w}
	s.workers = make([]worker, s.threads())
	for i := range s.workers {
		s.workers[i].pageAt = s.workers[i].page
	}
	s.tasks = boundTasks{
		embed: s.taskEmbed, product: s.taskProduct, norm: s.taskNorm, place: s.taskPlace, attend: s.taskAttend, convertAtt: s.taskConvertAtt,
		gateUp: s.taskGateUp, finish: s.taskFinish, route: s.taskRoute, expert: s.taskExpert, combine: s.taskCombine, headIn: s.taskHeadIn, headBlock: s.taskHeadBlock,
	}
	return s
}

func (s *Session) threads() int {
	if s.pool == nil {
		return 1
	}
	return s.pool.Threads()
}

// do runs n tasks over the pool, or here where there are few.
func (s *Session) do(n int, f func(worker, i int)) {
	if s.pool == nil || n == 1 {
		for i := range n {
			f(0, i)
		}
		return
	}
	s.pool.Run(n, f)
}

// perTask is how many of n tokens one task of a stage takes that is cheap per token (half a microsecond): enough that a join is worth it.
func (s *Session) perTask(n int) int {
	if n < 4 {
		return max(n, 1)
	}
	return min(max(n/(2*s.threads()), 1), 8)
}

// each runs such a stage over n tokens; f finds its own by [Session.part].
func (s *Session) each(n int, f func(worker, i int)) {
	per := s.perTask(n)
	s.do((n+per-1)/per, f)
}

// part is the tokens of task i of n tokens.
func (s *Session) part(n, i int) (from, to int) {
	per := s.perTask(n)
	return i * per, min((i+1)*per, n)
}

// eachToken runs a stage over the tokens of the pass.
func (s *Session) eachToken(f func(worker, i int)) { s.each(s.n, f) }

// span is the tokens of task i of eachToken.
func (s *Session) span(i int) (from, to int) { return s.part(s.n, i) }

// Forward appends the tokens of all slots to their sequences and returns the hidden state, after the final norm, of each that is wanted:
// [wanted][Hidden], in the order of the slots, valid until the next call. On an error nothing was appended; [ErrMemory] says that pages were short.
// Results do not depend on what else is in the step, nor on how a text was cut into steps.
func (s *Session) Forward(slots []Slot) ([]float32, error) {
	if err := s.check(slots); err != nil {
		return nil, err
	}
	if len(slots) == 0 {
		return nil, nil
	}
	if err := slots[0].Seq.c.reserve(slots); err != nil {
		return nil, err
	}
	s.h = s.h[:0]
	s.begin()
	for i := range slots {
		t := &slots[i]
		want := t.Want
		for done := 0; done < len(t.IDs); {
			n := min(len(t.IDs)-done, passTokens-len(s.ids))
			want = s.add(t, done, n, want)
			if done += n; len(s.ids) == passTokens {
				s.pass()
				s.begin()
			}
		}
	}
	if len(s.ids) > 0 {
		s.pass()
	}
	for _, t := range slots {
		t.Seq.n += len(t.IDs)
	}
	return s.h, nil
}

// check refuses what cannot be computed.
func (s *Session) check(slots []Slot) error {
	for i, t := range slots {
		switch {
		case t.Seq == nil || t.Seq.c.m != s.m || t.Seq.c != slots[0].Seq.c:
			return fmt.Errorf("slot %d: its sequence is not of this model and the step's cache", i)
		case t.Seq.n+len(t.IDs) > s.c.Context:
			return fmt.Errorf("slot %d: %d tokens after %d exceed the context of %d", i, len(t.IDs), t.Seq.n, s.c.Context)
		}
		for j, id := range t.IDs {
			if id < 0 || int(id) >= s.c.Vocab {
				return fmt.Errorf("slot %d: token %d is %d, want 0 to %d", i, j, id, s.c.Vocab-1)
			}
		}
		for j, w := range t.Want {
			if w < 0 || w >= len(t.IDs) || j > 0 && w <= t.Want[j-1] {
				return fmt.Errorf("slot %d: wanted offset %d is %d, want ascending numbers below %d", i, j, w, len(t.IDs))
			}
		}
		for j := range i {
			if slots[j].Seq == t.Seq {
				return fmt.Errorf("slots %d and %d have the same sequence", j, i)
			}
		}
	}
	return nil
}

// begin empties the pass.
func (s *Session) begin() {
	s.run, s.ids, s.pos, s.wants = s.run[:0], s.ids[:0], s.pos[:0], s.wants[:0]
}

// add puts tokens [done, done+n) of a slot into the pass and returns what remains wanted.
func (s *Session) add(t *Slot, done, n int, want []int) []int {
	at := len(s.ids)
	s.run = append(s.run, stretch{seq: t.Seq, at: at, n: n, scale: s.m.scoreScale(max(t.Total, t.Seq.n+len(t.IDs)))})
	s.ids = append(s.ids, t.IDs[done:done+n]...)
	for i := range n {
		s.pos = append(s.pos, int32(t.Seq.n+done+i))
	}
	for len(want) > 0 && want[0] < done+n {
		s.wants = append(s.wants, int32(at+want[0]-done))
		want = want[1:]
	}
	return want
}

// grown returns v with room for n values, whatever they are.
func grown(v []float32, n int) []float32 {
	if cap(v) < n {
		return make([]float32, n+n/4)[:n]
	}
	return v[:n]
}
