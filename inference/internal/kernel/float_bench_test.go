package kernel

import (
	"fmt"
	"testing"
	"time"
)

// fastest times f over and over for the benchmark and reports the rate of the fastest run by the wall's clock: on a shared
// machine the fastest is the least disturbed. Runs too long to stay undisturbed get a second figure, their mean by CPU
// time. (The least of many CPU times would flatter: the system books time in steps, so some runs are given too little.)
func fastest(b *testing.B, unit string, work float64, f func(i int)) {
	f(0)
	least, runs, cpu := 1e9, 0, cpuTime()
	for b.Loop() {
		start := time.Now()
		f(runs)
		least = min(least, time.Since(start).Seconds())
		runs++
	}
	cpu = cpuTime() - cpu
	b.ReportMetric(work/least/1e9, unit)
	if least > 1e-3 {
		b.ReportMetric(work*float64(runs)/cpu/1e9, "mean-"+unit)
	}
}

// BenchmarkFloatMatMul multiplies the matrices of Qwen2-0.5B's feed-forward layers. Few tokens walk through so many copies
// that weights come from memory. Peaks of a Zen 5 at 4.3 GHz: 275 GFLOP/s in f32, 549 in bf16.
func BenchmarkFloatMatMul(b *testing.B) {
	for _, f := range []Format{F32, BF16} {
		for _, shape := range [][2]int{{896, 4864}, {9728, 896}} {
			rows, cols := shape[0], shape[1]
			ws := make([]*Matrix, 8)
			x := randoms(1, cols)
			for i := range ws {
				ws[i] = New(f, 0, rows, cols)
				ws[i].Pack(0, rows, func(_ int, dst []float32) { copy(dst, x) })
			}
			for _, tokens := range []int{1, 2, 4, 8, 16, 32, 128, 512} {
				b.Run(fmt.Sprintf("%v/%dx%d/%d", f, rows, cols, tokens), func(b *testing.B) {
					var in Input
					in.Reset(f, 0, tokens, cols)
					for t := range tokens {
						in.Set(t, x)
					}
					y := make([]float32, tokens*rows)
					b.SetBytes(int64(ws[0].Bytes()))
					fastest(b, "GFLOP/s", 2*float64(rows*cols*tokens), func(i int) {
						ws[i%len(ws)].MatMul(y, rows, &in, 0, tokens, 0, rows)
					})
				})
			}
			for _, w := range ws {
				w.Free()
			}
		}
	}
}
