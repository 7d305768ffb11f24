// Package pool splits short loops over a few goroutines that wait for work. It is made for joins of microseconds: a decode step has some 170.
//
//	p := pool.New(threads)
//	defer p.Close()
//	p.Run(panels, func(worker, i int) { ... })
//
// Run gives each worker an equal run of the indices; who is done early takes single indices from the ends of the others' runs. The caller is worker 0.
//
// A worker that waits spins for some 30 µs, then parks: waking a parked goroutine costs 4 µs, more than many of the loops take, but a pure spinner
// starves whoever it waits for when the machine is shared (spec/inference.md sections 5 and 7: llama.cpp falls from 69 to 4 tokens a second).
// Nobody ever waits for a worker that has not begun: a worker that the system holds back finds its run taken by the others. Only an index already begun
// is waited for, and when that takes as long as a time slice, the spins get shorter until joins are quick again.
package pool

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A Pool has a fixed number of workers. Loops run one at a time: a Run that finds the pool busy, or that is called from inside a loop, does all
// its work itself, as worker 0.
type Pool struct {
	threads int
	busy    atomic.Bool
	closed  atomic.Bool

	// The loop in progress. f is written before the spans open and read by who took an index from one, so it is that index's own.
	f       func(worker, i int)
	spans   []span
	pending atomic.Int64 // indices not yet done
	_       [56]byte

	generation atomic.Uint32 // counts loops; waiting workers watch it
	_          [60]byte

	spin    atomic.Int32 // rounds of waiting before a park
	rounds  int32        // spin on a quiet machine
	caller  parking
	workers []parking
	ended   sync.WaitGroup

	failure atomic.Pointer[failure] // the first panic of the loop
}

// A span is what is left of one worker's run: the first index in the upper half, the end in the lower.
type span struct {
	left atomic.Uint64
	_    [120]byte // a line for each, and one for the prefetcher
}

const (
	pause    = 4                      // PAUSE instructions in a round of waiting
	spinFor  = 30 * time.Microsecond  // on a quiet machine
	slice    = 500 * time.Microsecond // a join that outlasts its spin by this much met a worker that does not run
	spinLeft = 8                      // rounds that stay on a busy machine
)

// New makes a pool of so many workers, the caller of Run among them. Below 1 means one per CPU that Go may use.
func New(threads int) *Pool {
	if threads < 1 {
		threads = runtime.GOMAXPROCS(0)
	}
	p := &Pool{threads: threads, spans: make([]span, threads), workers: make([]parking, threads), rounds: roundsIn(spinFor)}
	p.spin.Store(p.rounds)
	p.caller.wake = make(chan struct{}, 1)
	for w := 1; w < threads; w++ {
		p.workers[w].wake = make(chan struct{}, 1)
		p.ended.Add(1)
		go p.serve(w)
	}
	return p
}

// Threads returns the number of workers.
func (p *Pool) Threads() int { return p.threads }

// Close ends the workers. Run must not be called afterwards.
func (p *Pool) Close() {
	if p.closed.Swap(true) {
		return
	}
	p.generation.Add(1)
	for w := 1; w < p.threads; w++ {
		p.workers[w].unpark()
	}
	p.ended.Wait()
}

// Run calls f(worker, i) once for each i in [0,n), 0 ≤ n < 2^31, and returns when all calls have returned. Calls of one worker number never overlap.
// It allocates nothing. A panic in f is passed on to the caller of Run once the other indices are done.
func (p *Pool) Run(n int, f func(worker, i int)) {
	if n <= 1 || p.threads == 1 || !p.busy.CompareAndSwap(false, true) {
		for i := range n {
			f(0, i)
		}
		return
	}
	p.f = f
	p.pending.Store(int64(n))
	for w := range p.spans {
		p.spans[w].left.Store(pack(n*w/p.threads, n*(w+1)/p.threads))
	}
	p.generation.Add(1)
	for w := 1; w < p.threads; w++ {
		p.workers[w].unpark()
	}
	p.work(0)
	p.join()
	p.f = nil
	failed := p.failure.Swap(nil)
	p.busy.Store(false)
	if failed != nil {
		panic(failed.value)
	}
}

// join waits until all indices are done.
func (p *Pool) join() {
	for range p.spin.Load() {
		if p.pending.Load() == 0 {
			if s := p.spin.Load(); s < p.rounds {
				p.spin.Store(s + 1) // a quick join: trust the machine a little more
			}
			return
		}
		procyield(pause)
	}
	begin := time.Now()
	for p.pending.Load() != 0 {
		p.caller.park(func() bool { return p.pending.Load() != 0 })
	}
	if time.Since(begin) > slice {
		p.spin.Store(max(p.spin.Load()/2, spinLeft))
	}
}

// serve is the life of worker w.
func (p *Pool) serve(w int) {
	defer p.ended.Done()
	seen := uint32(0)
	for {
		for range p.spin.Load() {
			if p.generation.Load() != seen {
				break
			}
			procyield(pause)
		}
		for p.generation.Load() == seen {
			p.workers[w].park(func() bool { return p.generation.Load() == seen })
		}
		seen = p.generation.Load()
		if p.closed.Load() {
			return
		}
		p.work(w)
	}
}
