package pool

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestRunDoesEachIndexOnce(t *testing.T) {
	for _, threads := range []int{1, 2, 3, 8} {
		p := New(threads)
		for _, n := range []int{0, 1, 2, 3, 7, 8, 9, 100, 1000} {
			for range 50 {
				counts := make([]atomic.Int32, n)
				var busy [8]atomic.Bool
				p.Run(n, func(w, i int) {
					if w >= threads || busy[w].Swap(true) {
						t.Errorf("worker %d of %d is called twice at once", w, threads)
					}
					counts[i].Add(1)
					busy[w].Store(false)
				})
				for i := range counts {
					if got := counts[i].Load(); got != 1 {
						t.Fatalf("%d threads, %d indices: index %d was done %d times", threads, n, i, got)
					}
				}
			}
		}
		p.Close()
	}
}

// The results of one loop must be visible to the next without further locks; the race detector looks on.
func TestRunOrdersMemory(t *testing.T) {
	p := New(4)
	defer p.Close()
	const n = 64
	a, b := make([]int, n), make([]int, n)
	for round := range 500 {
		p.Run(n, func(_, i int) { a[i] = b[(i+1)%n] + 1 })
		p.Run(n, func(_, i int) { b[i] = a[(i+7)%n] + 1 })
		for i := range b {
			if b[i] != 2*(round+1) {
				t.Fatalf("round %d: b[%d] is %d, want %d", round, i, b[i], 2*(round+1))
			}
		}
	}
}

// Workers park between loops that are far apart, and callers park for long indices.
func TestRunAfterParking(t *testing.T) {
	p := New(3)
	defer p.Close()
	for range 20 {
		var sum atomic.Int64
		p.Run(6, func(_, i int) {
			if i > 2 {
				time.Sleep(time.Millisecond)
			}
			sum.Add(int64(i))
		})
		if sum.Load() != 15 {
			t.Fatalf("sum %d, want 15", sum.Load())
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func TestRunSharesTheTail(t *testing.T) {
	p := New(2)
	defer p.Close()
	var by [2]atomic.Int32
	p.Run(40, func(w, i int) {
		if i < 20 {
			time.Sleep(time.Millisecond) // worker 0's run is slow
		}
		by[w].Add(1)
	})
	if by[1].Load() <= 20 {
		t.Errorf("the fast worker did %d of 40, want more than its own 20", by[1].Load())
	}
}

// One processor for Go: nobody may wait for a worker that cannot run.
func TestRunOnOneProcessor(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	p := New(4)
	defer p.Close()
	var sum atomic.Int64
	for range 1000 {
		p.Run(8, func(_, i int) { sum.Add(int64(i)) })
	}
	if sum.Load() != 28000 {
		t.Errorf("sum %d, want 28000", sum.Load())
	}
}

func TestRunWithinRunAndFromMany(t *testing.T) {
	p := New(3)
	defer p.Close()
	var sum atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				p.Run(5, func(_, i int) { p.Run(3, func(_, j int) { sum.Add(int64(i * j)) }) })
			}
		})
	}
	wg.Wait()
	if sum.Load() != 4*100*30 {
		t.Errorf("sum %d, want %d", sum.Load(), 4*100*30)
	}
}

func TestPanicReachesTheCaller(t *testing.T) {
	p := New(3)
	defer p.Close()
	for bad := range 9 {
		var done atomic.Int32
		func() {
			defer func() {
				if r := recover(); r != "bad index" {
					t.Errorf("recovered %v, want bad index", r)
				}
			}()
			p.Run(9, func(_, i int) {
				if i == bad {
					panic("bad index")
				}
				done.Add(1)
			})
		}()
		if done.Load() != 8 {
			t.Errorf("panic at %d: %d others were done, want 8", bad, done.Load())
		}
	}
	var sum atomic.Int32
	p.Run(4, func(int, int) { sum.Add(1) })
	if sum.Load() != 4 {
		t.Errorf("after panics a loop did %d of 4", sum.Load())
	}
}

func TestCloseEndsTheWorkers(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		p := New(4)
		p.Run(4, func(int, int) {})
		p.Close()
		p.Close()
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

func TestRunAllocatesNothing(t *testing.T) {
	p := New(2)
	defer p.Close()
	x := make([]float32, 64)
	f := func(_, i int) { x[i]++ }
	if got := testing.AllocsPerRun(200, func() { p.Run(len(x), f) }); got != 0 {
		t.Errorf("Run allocates %v times", got)
	}
}

// work takes about 3.3 µs on a Zen 4, the task of spec/inference.md section 7.
func work(x []float32) float32 {
	var s float32
	for range 12 {
		for _, v := range x {
			s += v * v
		}
	}
	return s
}

func BenchmarkRun(b *testing.B) {
	type line struct {
		x [300]float32
		s float32
		_ [60]byte
	}
	for _, threads := range []int{1, 2} {
		data := make([]line, 2)
		for _, job := range []struct {
			name string
			f    func(w, i int)
		}{
			{"empty", func(int, int) {}},
			{"task", func(_, i int) { data[i].s = work(data[i].x[:]) }},
		} {
			b.Run(fmt.Sprintf("%s/threads=%d", job.name, threads), func(b *testing.B) {
				p := New(threads)
				defer p.Close()
				for b.Loop() {
					p.Run(2, job.f)
				}
			})
		}
	}
}
