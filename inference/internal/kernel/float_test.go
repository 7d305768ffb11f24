package kernel

import (
	"math"
	"testing"
)

// TestFloatMatMulLevels compares every level's bits with the Go form, for all tails of rows, columns and tokens, between
// sentinels. BF16 by VDPBF16PS is compared with itself token by token, and with the Go form within its rounding.
func TestFloatMatMulLevels(t *testing.T) {
	for _, f := range []Format{F32, BF16} {
		for _, cols := range []int{1, 2, 3, 4, 5, 8, 31, 64, 129} {
			for _, rows := range []int{1, 7, 8, 16, 17, 31, 32, 33, 48, 95} {
				compareFloat(t, f, rows, cols, 27)
			}
		}
		compareFloat(t, f, 40, 3000, 100) // a chain cut in parts
	}
}

func compareFloat(t *testing.T, f Format, rows, cols, tokens int) {
	t.Helper()
	weights, x := randoms(1, rows*cols), randoms(2, tokens*cols)
	w := New(f, 0, rows, cols)
	defer w.Free()
	w.Pack(0, rows, func(r int, dst []float32) { copy(dst, weights[r*cols:]) })
	var want []float32
	eachLevel(t, func(t *testing.T) {
		var in Input
		in.Reset(f, 0, tokens, cols)
		for i := range in.memory {
			in.memory[i] = 0xFF // NaN
		}
		for i := range tokens {
			in.Set(i, x[i*cols:][:cols])
		}
		stride := rows + 3
		y := make([]float32, tokens*stride)
		nan := float32(math.NaN())
		for i := range y {
			y[i] = nan
		}
		w.MatMul(y, stride, &in, 0, tokens, 0, rows)
		if want == nil {
			want = y
		}
		exact := f == F32 || current < vnniBF16
		one := make([]float32, tokens*rows)
		for i := range tokens {
			if !exact {
				w.MatMul(one, rows, &in, i, i+1, 0, rows)
			}
			for r := range stride {
				got, ref := y[i*stride+r], want[i*stride+r]
				switch {
				case exact && !sameBits(got, ref), !exact && r < rows && !sameBits(got, one[i*rows+r]),
					!exact && !(r >= rows && got != got || math.Abs(float64(got-ref)) < 1e-5*math.Sqrt(float64(cols))):
					t.Fatalf("%v %dx%d, token %d, row %d: %g, want %g", f, rows, cols, i, r, got, ref)
				}
			}
		}
		// Any cut of tokens and rows gives the same bits.
		part := make([]float32, 8*rows)
		from := min(32, rows/32*32)
		if from < rows {
			w.MatMul(part, rows-from, &in, 3, 8, from, rows)
			for i := range 5 {
				for r := from; r < rows; r++ {
					if got, ref := part[(i+3)*(rows-from)+r-from], y[(i+3)*stride+r]; !sameBits(got, ref) {
						t.Fatalf("%v %dx%d cut: token %d, row %d: %g, want %g", f, rows, cols, i+3, r, got, ref)
					}
				}
			}
		}
	})
}

// TestFloatMatMulZeros multiplies so that sums underflow to zeros of both signs.
func TestFloatMatMulZeros(t *testing.T) {
	for _, f := range []Format{F32, BF16} {
		for _, cols := range []int{1, 2, 3} {
			w := New(f, 0, 32, cols)
			defer w.Free()
			w.Pack(0, 32, func(r int, dst []float32) { dst[cols-1] = []float32{1e-30, -1e-30, 0}[r%3] })
			var want []float32
			eachLevel(t, func(t *testing.T) {
				if f == BF16 && current == vnniBF16 {
					t.Skip("rounds in its own way")
				}
				var in Input
				in.Reset(f, 0, 2, cols)
				for i, v := range []float32{1e-30, -1e-30} {
					x := make([]float32, cols)
					x[cols-1] = v
					in.Set(i, x)
				}
				y := make([]float32, 64)
				w.MatMul(y, 32, &in, 0, 2, 0, 32)
				if want == nil {
					want = y
				}
				for i := range y {
					if !sameBits(y[i], want[i]) {
						t.Fatalf("%v, %d columns: %g, want %g", f, cols, y[i], want[i])
					}
				}
			})
		}
	}
}
