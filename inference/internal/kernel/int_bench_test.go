package kernel

import (
	"fmt"
	"sync"
	"testing"
)

// peak is what the CPU can do, measured once.
var peak = sync.OnceValue(func() Limits { return Peaks(1) })

// BenchmarkInt multiplies whole matrices of the Qwen2-0.5B shape. Few tokens walk through so many copies that weights come from memory.
func BenchmarkInt(b *testing.B) {
	for _, f := range []struct {
		format Format
		group  int
	}{{Int8, 128}, {Int8, 64}, {Int8, 32}, {Int8, 16}, {Int8Min, 32}, {Int4, 64}, {Int4, 32}, {Int4Min, 32}, {Int4Min, 16}} {
		for _, shape := range [][2]int{{4864, 896}, {896, 4864}} {
			for _, tokens := range []int{1, 2, 4, 6, 8, 10, 12, 16, 32, 128, 512} {
				b.Run(fmt.Sprintf("%v-%d/%dx%d/tokens=%d", f.format, f.group, shape[0], shape[1], tokens), func(b *testing.B) {
					benchInt(b, f.format, f.group, shape[0], shape[1], tokens)
				})
			}
		}
	}
}

func benchInt(b *testing.B, f Format, group, rows, cols, tokens int) {
	copies := 1
	if tokens <= 32 && !testing.Short() {
		copies = 48
	}
	ws := make([]*Matrix, copies)
	for i := range ws {
		ws[i] = New(f, group, rows, cols)
		defer ws[i].Free()
		for j := range ws[i].data {
			ws[i].data[j] = byte(j*37 + i)
		}
		for r := range rows { // scales that are numbers
			ws[i].groups(r, func(_, _ int, _, tail []byte) {
				ws[i].storeScale(r, tail, 0.01)
				if f.minima() {
					ws[i].storeScale(r, tail[scaleBytes:], -0.07)
				}
			})
		}
	}
	var in Input
	in.Reset(f, group, tokens, cols)
	x := randoms(1, cols)
	for t := range tokens {
		in.Set(t, x)
	}
	y := make([]float32, tokens*rows)
	start := cpuTime()
	n := 0
	for b.Loop() {
		ws[n%copies].MatMul(y, rows, &in, 0, tokens, 0, rows)
		n++
	}
	seconds := cpuTime() - start
	ops := 2 * float64(rows) * float64(cols) * float64(tokens) * float64(n) / 1e9
	bytes := float64(ws[0].Bytes()) * float64(n) / 1e9
	b.ReportMetric(ops/seconds, "Gop/s")
	b.ReportMetric(bytes/seconds, "GB/s")
	if peak().VNNI > 0 {
		b.ReportMetric(ops*1e11/seconds/peak().VNNI, "%peak")
	}
	b.ReportMetric(bytes*1e11/seconds/peak().Read, "%memory")
	b.ReportMetric(0, "ns/op")
}
