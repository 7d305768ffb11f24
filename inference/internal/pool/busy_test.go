package pool

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

// TestMain also serves as the busy neighbour of BenchmarkBusy.
func TestMain(m *testing.M) {
	if os.Getenv("POOL_TEST_SPIN") != "" {
		for begin := time.Now(); time.Since(begin) < time.Minute; {
			sink += work(make([]float32, 300))
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var sink float32

// BenchmarkBusy is a step of 170 loops, each 32 indices of about 3 µs, alone and beside processes that compute all the time. On two cores a fair share
// beside one of them is two thirds of both, so 1.5 times the time of two threads alone.
func BenchmarkBusy(b *testing.B) {
	type line struct {
		x [600]float32
		s float32
		_ [60]byte
	}
	data := make([]line, 32)
	f := func(_, i int) { data[i].s = work(data[i].x[:]) }
	for _, neighbours := range []int{0, 1, 2} {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("neighbours=%d/threads=%d", neighbours, threads), func(b *testing.B) {
				for range neighbours {
					c := exec.Command(os.Args[0])
					c.Env = append(os.Environ(), "POOL_TEST_SPIN=1", "GOMAXPROCS=1")
					if err := c.Start(); err != nil {
						b.Fatal(err)
					}
					defer func() { _, _ = c.Process.Kill(), c.Wait() }()
				}
				p := New(threads)
				defer p.Close()
				for b.Loop() {
					for range 170 {
						p.Run(len(data), f)
					}
				}
				b.ReportMetric(float64(runtime.NumCPU()), "cpus")
			})
		}
	}
}
