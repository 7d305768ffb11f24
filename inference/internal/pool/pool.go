// Package pool splits short loops over a few goroutines that wait for work, for joins of microseconds: a decode step has some 170 of them.
//
//	p := pool.New(threads)
//	defer p.Close()
//	p.Run(panels, func(worker, i int) { ... })
//
// Run hands each worker an equal run of the indices; who is done early takes single indices from the others' ends.
// The caller is worker 0.
package pool

import (
	"runtime"
	"sync"
)

// A Pool has a fixed number of workers. Its Run may be called by one goroutine at a time.
type Pool struct {
	threads int
	start   []chan func()
	wg      sync.WaitGroup
}

// New makes a pool of so many workers, the caller among them; threads below 1 means one per CPU that Go may use.
func New(threads int) *Pool {
	if threads < 1 {
		threads = runtime.GOMAXPROCS(0)
	}
	p := &Pool{threads: threads}
	for range threads - 1 {
		c := make(chan func())
		p.start = append(p.start, c)
		go func() {
			for f := range c {
				f()
			}
		}()
	}
	return p
}

// Threads returns the number of workers.
func (p *Pool) Threads() int { return p.threads }

// Run calls f(worker, i) once for each i in [0,n) and returns when all calls have returned.
func (p *Pool) Run(n int, f func(worker, i int)) {
	p.wg.Add(len(p.start))
	for w, c := range p.start {
		c <- func() {
			defer p.wg.Done()
			for i := n * (w + 1) / p.threads; i < n*(w+2)/p.threads; i++ {
				f(w+1, i)
			}
		}
	}
	for i := range n / p.threads {
		f(0, i)
	}
	p.wg.Wait()
}

// Close ends the workers. Run must not be called afterwards.
func (p *Pool) Close() {
	for _, c := range p.start {
		close(c)
	}
	p.start = nil
}
