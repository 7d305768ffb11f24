package kernel

import (
	"fmt"
	"testing"

	"github.com/winnow-data/winnow/inference/tensor"
)

func BenchmarkPack(b *testing.B) {
	const rows, cols = 512, 1024
	for _, c := range []struct {
		t      tensor.Type
		format Format
		group  int
	}{
		{tensor.Q8_0, Int8, 32},
		{tensor.Q5_0, Int8, 32},
		{tensor.Q4_0, Int4, 32},
		{tensor.Q4_1, Int4Min, 32},
		{tensor.Q5_1, Int8Min, 32},
		{tensor.Q4_K, Int4Min, 32},
		{tensor.Q6_K, Int8, 16},
		{tensor.F32, Int8, 128},
		{tensor.BF16, Int8, 128},
		{tensor.F32, Int4, 32},
		{tensor.F32, Int4Min, 32},
	} {
		b.Run(fmt.Sprintf("%v to %v-%d", c.t, c.format, c.group), func(b *testing.B) {
			t := tensor.Tensor{Type: c.t, Shape: []int{rows, cols}, Data: encode(c.t, randoms(1, rows*cols))}
			w := New(c.format, c.group, rows, cols)
			defer w.Free()
			b.SetBytes(int64(len(t.Data)))
			for b.Loop() {
				w.PackTensor(t, 0, 0, rows)
			}
		})
	}
}
