//go:build unix

package qwen2

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/winnow-data/winnow/inference/internal/pool"
)

// The benchmarks need a model file: `winnow model random --shape qwen2-0.5b --type q8_0 --out r.gguf`, then
// WINNOW_BENCH_MODEL=r.gguf go test -bench . ./inference/qwen2. Tokens per second of processor time, so that a busy machine does not matter.

func benchModel(b *testing.B) (*Model, *pool.Pool) {
	path := os.Getenv("WINNOW_BENCH_MODEL")
	if path == "" {
		b.Skip("WINNOW_BENCH_MODEL names no model file")
	}
	m, err := Open(path, Options{Weights: os.Getenv("WINNOW_BENCH_WEIGHTS")})
	if err != nil {
		b.Fatal(err)
	}
	p := pool.New(1)
	b.Cleanup(func() { p.Close(); m.Close() })
	return m, p
}

func cpu(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)*1e-6
}

func BenchmarkPrefill(b *testing.B) {
	m, p := benchModel(b)
	for _, n := range []int{512, 2048, 4096} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c, err := m.NewCache(int64(n/64+1) * 64 * 1 << 20)
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			s := m.NewSession(p)
			ids := make([]int32, n)
			for i := range ids {
				ids[i] = int32(i*7919) % int32(m.Config.Vocab)
			}
			top := make([]Top, 1)
			var used float64
			for b.Loop() {
				at := cpu(b)
				seq := c.New()
				h, err := s.Forward([]Slot{{Seq: seq, IDs: ids, Want: []int{n - 1}}})
				if err != nil {
					b.Fatal(err)
				}
				s.Top(top, h, 1)
				seq.Free()
				used += cpu(b) - at
			}
			b.ReportMetric(float64(b.N*n)/used, "tok/cpu-s")
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	m, p := benchModel(b)
	for _, n := range []int{1, 8, 32} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c, err := m.NewCache(int64(n) * 8 << 20)
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			s := m.NewSession(p)
			slots := make([]Slot, n)
			for i := range slots {
				slots[i] = Slot{Seq: c.New(), IDs: []int32{int32(100 + i), 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}, Want: []int{15}}
			}
			top := make([]Top, n)
			step := func() {
				h, err := s.Forward(slots)
				if err != nil {
					b.Fatal(err)
				}
				s.Top(top, h, 1)
				for i := range slots {
					slots[i].IDs = append(slots[i].IDs[:0], top[i].Best[0].ID)
					slots[i].Want[0] = 0
					if slots[i].Seq.Len() >= 64 {
						slots[i].Seq.Truncate(16)
					}
				}
			}
			step()
			step()
			if n := testing.AllocsPerRun(3, step); n > 0 {
				b.Errorf("%v allocations per step, want 0", n)
			}
			var used float64
			for b.Loop() {
				at := cpu(b)
				step()
				used += cpu(b) - at
			}
			b.ReportMetric(float64(b.N*n)/used, "tok/cpu-s")
		})
	}
}

// BenchmarkScore is the log-probabilities of a document of 512 tokens: the whole head for each.
func BenchmarkScore(b *testing.B) {
	m, p := benchModel(b)
	c, err := m.NewCache(64 << 20)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	s := m.NewSession(p)
	ids, want := make([]int32, 512), make([]int, 511)
	for i := range ids {
		ids[i] = int32(i*7919) % int32(m.Config.Vocab)
	}
	for i := range want {
		want[i] = i
	}
	lp := make([]float64, 511)
	var used float64
	for b.Loop() {
		at := cpu(b)
		seq := c.New()
		h, err := s.Forward([]Slot{{Seq: seq, IDs: ids, Want: want}})
		if err != nil {
			b.Fatal(err)
		}
		s.LogProbs(lp, h, ids[1:])
		seq.Free()
		used += cpu(b) - at
	}
	b.ReportMetric(float64(b.N*512)/used, "tok/cpu-s")
}
