package inference

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/winnow-data/winnow/inference/chat"
	"github.com/winnow-data/winnow/inference/schema"
	"github.com/winnow-data/winnow/inference/tokenizer"
)

// ErrClosed says that the model was closed while a request waited.
var ErrClosed = errors.New("the model is closed")

// A Batcher serves an engine to many goroutines. One goroutine of its own runs the steps: in each, every sequence that writes gets one token
// further, and what is left of the token budget goes to prompts, cut into pieces where they are long. Requests join and leave between steps
// (continuous batching: Yu et al., Orca, OSDI 2022). What a prompt has in common with one already computed is taken over, not computed again.
type Batcher struct {
	e      engine
	shape  shape
	tok    *tokenizer.Tokenizer // nil: ids only
	tmpl   *chat.Template       // nil: no chats
	noChat error                // why there is no template
	eos    []int32
	o      Options
	id     func() string

	mu       sync.Mutex
	cond     sync.Cond
	incoming []*job
	closed   bool
	stopped  chan struct{} // closed when the goroutine has ended

	// What follows belongs to the goroutine.
	waiting  []*job
	seated   []*job // in the order they came
	prefixes []*prefix
	steps    uint64
	slots    []slot
	parts    []part
	need     int     // pages that the slots take
	wants    [][]int // memory of their want
	rows     rows
	masks    masker
	lottery  lottery
	stats    Stats
}

// Options of a Batcher. The zero value is for everyday use.
type Options struct {
	Weights   string // form of the matrices: f32, bf16, int8, int4; "": as stored
	Threads   int    // 0: one per CPU that Go may use
	Memory    int64  // bytes of keys and values; 0: a quarter of what the machine, or its cgroup, allows
	Sequences int    // that are in work at once; 0: 64
	Tokens    int    // of prompts in one step; 0: 512
}

func (o Options) defaults() Options {
	if o.Sequences < 1 {
		o.Sequences = 64
	}
	if o.Tokens < 1 {
		o.Tokens = 512
	}
	return o
}

// Stats counts what a Batcher has done since it was made.
type Stats struct {
	Steps     int // forward passes
	Read      int // prompt tokens computed
	Shared    int // prompt tokens taken over from others
	Written   int // tokens generated
	Preempted int // sequences set back for want of memory
}

// newBatcher starts a Batcher, which owns e.
func newBatcher(e engine, tok *tokenizer.Tokenizer, o Options) *Batcher {
	b := stillBatcher(e, tok, o)
	go b.serve()
	return b
}

// stillBatcher is a Batcher whose steps nobody runs.
func stillBatcher(e engine, tok *tokenizer.Tokenizer, o Options) *Batcher {
	b := &Batcher{e: e, shape: e.shape(), tok: tok, o: o.defaults(), stopped: make(chan struct{})}
	b.cond.L = &b.mu
	b.noChat = errors.New("the model has no tokenizer, so no chat template")
	if tok != nil {
		b.eos = tok.EOS()
		b.tmpl, b.noChat = chat.New(tok.ChatTemplate())
	}
	b.masks.b = b
	return b
}

// Name implements Model.
func (b *Batcher) Name() string { return b.id() }

// Count implements Model.
func (b *Batcher) Count(text string) int {
	if b.tok == nil {
		return -1
	}
	return b.tok.Count(text)
}

// Context is the most tokens that a request can have, those written among them.
func (b *Batcher) Context() int { return b.shape.context }

// Tokenizer returns the model's tokenizer, nil where it has none.
func (b *Batcher) Tokenizer() *tokenizer.Tokenizer { return b.tok }

// HasChat says whether requests may have Messages: the model came with a chat template that is known.
func (b *Batcher) HasChat() bool { return b.noChat == nil }

// Stats returns the counters.
func (b *Batcher) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stats
}

// Close ends the requests in work with ErrClosed and returns the memory.
func (b *Batcher) Close() error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return nil
	}
	b.closed = true
	b.cond.Signal()
	b.mu.Unlock()
	<-b.stopped
	return b.e.close()
}

// Complete implements Model.
func (b *Batcher) Complete(ctx context.Context, rs []Request) ([]Reply, error) {
	replies := make([]Reply, len(rs))
	if err := b.CompleteEach(ctx, rs, func(i int, r Reply) { replies[i] = r }); err != nil {
		return nil, err
	}
	return replies, nil
}

// CompleteEach implements Each.
func (b *Batcher) CompleteEach(ctx context.Context, rs []Request, done func(i int, r Reply)) error {
	return b.complete(ctx, rs, nil, done)
}

// Stream answers one Generate request and calls write, from the Batcher's goroutine, with each piece of the text as it comes. A piece that may be
// the beginning of a stop text is held back.
func (b *Batcher) Stream(ctx context.Context, r Request, write func(string)) (reply Reply, err error) {
	err = b.complete(ctx, []Request{r}, write, func(_ int, r Reply) { reply = r })
	return reply, err
}

// enqueueJobs is how many requests are made ready before the Batcher sees them: it works on the first while others are still cut into tokens.
const enqueueJobs = 32

func (b *Batcher) complete(ctx context.Context, rs []Request, write func(string), done func(int, Reply)) (err error) {
	c := &call{finished: make(chan finished, len(rs))}
	defer func() {
		if err != nil {
			c.dropped.Store(true)
		}
	}()
	left, err := b.submit(ctx, c, rs, write, done)
	if err != nil {
		return err
	}
	for ; left > 0; left-- {
		select {
		case f := <-c.finished:
			if f.fatal != nil {
				return f.fatal
			}
			done(f.index, f.reply)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// submit makes jobs of the requests and returns how many are on their way; those that are wrong in themselves are answered at once.
func (b *Batcher) submit(ctx context.Context, c *call, rs []Request, write func(string), done func(int, Reply)) (left int, err error) {
	var jobs []*job
	grammars := map[string]*schema.Grammar{}
	for i := range rs {
		if err := ctx.Err(); err != nil {
			return left, err
		}
		j, err := b.prepare(&rs[i], grammars)
		if err != nil {
			done(i, Reply{Err: err})
			continue
		}
		j.call, j.index = c, i
		if j.writing != nil {
			j.writing.stream = write
		}
		left++
		if jobs = append(jobs, j); len(jobs) == enqueueJobs {
			if err := b.enqueue(jobs); err != nil {
				return left, err
			}
			jobs = jobs[:0]
		}
	}
	return left, b.enqueue(jobs)
}

func (b *Batcher) enqueue(jobs []*job) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return ErrClosed
	}
	b.incoming = append(b.incoming, jobs...)
	b.cond.Signal()
	return nil
}

// memoryError says that the cache is too small for a request.
func (b *Batcher) memoryError(tokens int) error {
	s := b.shape
	need := int64((tokens+s.page-1)/s.page) * s.pageBytes
	return fmt.Errorf("%d tokens need %s of key/value memory, and there are %s, room for %d tokens: raise the memory (--memory) or ask for less (MaxTokens)",
		tokens, sizeOf(need), sizeOf(int64(s.pages)*s.pageBytes), s.pages*s.page)
}

func sizeOf(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
