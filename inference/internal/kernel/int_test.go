package kernel

import (
	"math"
	"slices"
	"testing"
)

// A case of the integer product.
type intCase struct {
	format      Format
	group       int
	rows, cols  int
	tokens      int
	first, last int // tokens multiplied
}

func intCases() []intCase {
	var cases []intCase
	for _, f := range []Format{Int8, Int4, Int4Min} {
		for _, group := range []int{32, 128} {
			for _, cols := range []int{1, 4, 7, 31, 32, 33, 64, 96, 100, 127, 128, 129, 160, 200, 256, 280, 576} {
				cases = append(cases, intCase{f, group, 70, cols, 3, 0, 3})
			}
			for n := 1; n <= 13; n++ {
				for _, rows := range []int{1, 31, 32, 33, 64} {
					cases = append(cases, intCase{f, group, rows, 136, n + 2, 1, n + 1})
				}
			}
		}
	}
	return cases
}

// setup returns a matrix and activations of a case.
func (c intCase) setup() (*Matrix, *Input) {
	weights := randoms(uint64(c.cols), c.rows*c.cols)
	w := New(c.format, c.group, c.rows, c.cols)
	w.Pack(0, c.rows, func(r int, dst []float32) { copy(dst, weights[r*c.cols:]) })
	in := new(Input)
	in.Reset(c.format, c.group, c.tokens, c.cols)
	x := randoms(uint64(c.tokens), c.tokens*c.cols)
	for t := range c.tokens {
		in.Set(t, x[t*c.cols:][:c.cols])
	}
	return w, in
}

// product multiplies between NaN sentinels, at an odd offset, and returns the results and whether the sentinels hold.
func (c intCase) product(w *Matrix, in *Input, stride int) (y []float32, clean bool) {
	const margin = 35
	all := slices.Repeat([]float32{float32(math.NaN())}, 2*margin+c.tokens*stride)
	w.MatMul(all[margin:], stride, in, c.first, c.last, 0, c.rows)
	clean = true
	for i, v := range all {
		t, r := (i-margin)/stride, (i-margin)%stride
		if inside := i >= margin && t >= c.first && t < c.last && r < c.rows; inside {
			y = append(y, v)
		} else if v == v {
			clean = false
		}
	}
	return y, clean
}

func TestIntLevelsEqualBits(t *testing.T) {
	want := make([][]float32, len(intCases()))
	eachLevel(t, func(t *testing.T) {
		for i, c := range intCases() {
			w, in := c.setup()
			got, clean := c.product(w, in, c.rows+i%3)
			w.Free()
			if !clean {
				t.Errorf("%+v: wrote outside its results", c)
			}
			if want[i] == nil {
				want[i] = got
			}
			if !slices.Equal(got, want[i]) {
				t.Fatalf("%+v: got %v, plain Go gives %v", c, got, want[i])
			}
		}
	})
}
