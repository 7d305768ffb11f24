package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// eachLevel runs f once for every instruction set that this CPU has.
func eachLevel(t *testing.T, f func(t *testing.T)) {
	for _, name := range Levels() {
		t.Run(name, func(t *testing.T) {
			defer func(l level) { current = l }(current)
			if err := SetLevel(name); err != nil {
				t.Fatal(err)
			}
			f(t)
		})
	}
}

// randoms returns near-normal values.
func randoms(seed uint64, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

func TestMatMulAgainstFloat64(t *testing.T) {
	const rows, cols, tokens = 50, 200, 3
	weights := randoms(1, rows*cols)
	x := randoms(2, tokens*cols)
	for _, c := range []struct {
		format    Format
		group     int
		tolerance float64 // of the rms result
	}{{F32, 0, 1e-6}, {BF16, 0, 0.01}, {Int8, 32, 0.012}, {Int8, 128, 0.015}, {Int8, 16, 0.011}, {Int8Min, 32, 0.012}, {Int8Min, 128, 0.015}, {Int4, 32, 0.12}, {Int4Min, 32, 0.1}, {Int4, 128, 0.15}, {Int4Min, 128, 0.13}} {
		w := New(c.format, c.group, rows, cols)
		w.Pack(0, 32, func(r int, dst []float32) { copy(dst, weights[r*cols:]) })
		w.Pack(32, rows, func(r int, dst []float32) { copy(dst, weights[r*cols:]) })
		var in Input
		in.Reset(c.format, c.group, tokens, cols)
		for i := range tokens {
			in.Set(i, x[i*cols:][:cols])
		}
		y := make([]float32, tokens*rows)
		w.MatMul(y, rows, &in, 0, tokens, 0, rows)
		var square, total float64
		for i, got := range y {
			want := 0.0
			for k := range cols {
				want += float64(weights[i%rows*cols+k]) * float64(x[i/rows*cols+k])
			}
			square += (float64(got) - want) * (float64(got) - want)
			total += want * want
		}
		if e := math.Sqrt(square / total); e > c.tolerance || math.IsNaN(e) {
			t.Errorf("%v group %d: relative error %.4f, want at most %.4f", c.format, c.group, e, c.tolerance)
		} else {
			t.Logf("%v group %d: relative error %.4f", c.format, c.group, e)
		}
		w.Free()
	}
}
