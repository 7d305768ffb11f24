package inference

import (
	"github.com/winnow-data/winnow/inference/internal/pool"
	"github.com/winnow-data/winnow/inference/qwen2"
)

// An engine computes for the Batcher, which is its only caller and uses one goroutine. The tests have a small one beside qwen2's.
type engine interface {
	shape() shape
	newSequence() sequence
	freePages() int
	// forward appends every slot's tokens and returns the wanted hidden states, [wanted][hidden], valid until the next call.
	forward(slots []slot) ([]float32, error)
	logits(y, h []float32)                           // [n][vocab]
	logProbs(lp []float64, h []float32, ids []int32) // ln p(ids[i] | h[i])
	best(out []best, h []float32)                    // per row
	classify(y, h []float32)                         // [n][labels]
	workers() int
	each(n int, f func(worker, i int)) // calls f for each i below n, on all workers
	close() error
}

// A shape is what the Batcher must know of a model.
type shape struct {
	vocab, hidden, context int
	labels                 int  // outputs of a classification head; 0: none
	head                   bool // it can give logits
	pages, page            int  // pages of the key/value cache, and positions in one
	pageBytes              int64
	// total says that attention looks at the length a prompt will have: what one prompt computed is of no use to a longer one.
	total bool
}

// A sequence is the cached keys and values of one text.
type sequence interface {
	Len() int
	Need(n int) int // free pages that n more tokens take
	Truncate(n int)
	Free()
	fork() sequence
}

// A slot is what a step appends to one sequence.
type slot struct {
	seq   sequence
	ids   []int32
	want  []int // offsets in ids, ascending
	total int   // length of the whole prompt; 0 behind it
}

// best is the likeliest token and the logarithm of the sum of all exp(logit).
type best struct {
	id    int32
	logit float32
	lse   float64
}

// qwen2Engine is the engine of this binary.
type qwen2Engine struct {
	m     *qwen2.Model
	pool  *pool.Pool
	s     *qwen2.Session
	cache *qwen2.Cache
	slots []qwen2.Slot
	top   []qwen2.Top
}

type qwen2Sequence struct{ *qwen2.Sequence }

func (s qwen2Sequence) fork() sequence { return qwen2Sequence{s.Fork()} }

func newQwen2Engine(m *qwen2.Model, threads int, memory int64) (*qwen2Engine, error) {
	c, err := m.NewCache(memory)
	if err != nil {
		return nil, err
	}
	p := pool.New(threads)
	return &qwen2Engine{m: m, pool: p, s: m.NewSession(p), cache: c}, nil
}

func (e *qwen2Engine) shape() shape {
	c := &e.m.Config
	return shape{
		vocab: c.Vocab, hidden: c.Hidden, context: c.Context, labels: c.Labels, head: c.Head == qwen2.LM,
		pages: e.cache.Pages(), page: pageTokens, pageBytes: e.cache.PageBytes(),
		total: c.Chunk != nil && c.Chunk.Original > 0,
	}
}

func (e *qwen2Engine) newSequence() sequence { return qwen2Sequence{e.cache.New()} }
func (e *qwen2Engine) freePages() int        { return e.cache.Free() }

func (e *qwen2Engine) forward(slots []slot) ([]float32, error) {
	e.slots = e.slots[:0]
	for _, s := range slots {
		e.slots = append(e.slots, qwen2.Slot{Seq: s.seq.(qwen2Sequence).Sequence, IDs: s.ids, Want: s.want, Total: s.total})
	}
	return e.s.Forward(e.slots)
}

func (e *qwen2Engine) logits(y, h []float32)                           { e.s.Logits(y, h) }
func (e *qwen2Engine) logProbs(lp []float64, h []float32, ids []int32) { e.s.LogProbs(lp, h, ids) }
func (e *qwen2Engine) classify(y, h []float32)                         { e.s.Classify(y, h) }

func (e *qwen2Engine) workers() int                      { return e.pool.Threads() }
func (e *qwen2Engine) each(n int, f func(worker, i int)) { e.pool.Run(n, f) }

func (e *qwen2Engine) best(out []best, h []float32) {
	for len(e.top) < len(out) {
		e.top = append(e.top, qwen2.Top{})
	}
	e.s.Top(e.top[:len(out)], h, 1)
	for i := range out {
		t := &e.top[i]
		out[i] = best{id: t.Best[0].ID, logit: t.Best[0].Logit, lse: t.LogSumExp}
	}
}

func (e *qwen2Engine) close() error {
	e.pool.Close()
	e.cache.Close()
	return e.m.Close()
}
