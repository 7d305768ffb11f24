package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/inference/tensor"
)

// An intCase is an integer product.
type intCase struct {
	format      Format
	group       int
	rows, cols  int
	tokens      int
	first, last int // tokens multiplied
}

func (c intCase) String() string {
	return fmt.Sprintf("%v group %d, %dx%d, tokens %d to %d of %d", c.format, c.group, c.rows, c.cols, c.first, c.last, c.tokens)
}

var (
	intFormats = []Format{Int8, Int8Min, Int4, Int4Min}
	intGroups  = []int{16, 32, 64, 128}
)

// intCases has every tail of columns, rows and tokens.
func intCases() []intCase {
	var cases []intCase
	for _, f := range intFormats {
		for _, group := range intGroups {
			for _, cols := range []int{1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 40, 64, 96, 100, 127, 128, 129, 160, 200, 248, 256, 280, 576} {
				cases = append(cases, intCase{f, group, 70, cols, 3, 0, 3}, intCase{f, group, 34, cols, 8, 0, 8})
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

// setup returns the matrix and activations of a case.
func (c intCase) setup() (*Matrix, *Input) {
	weights := randoms(uint64(c.cols), c.rows*c.cols)
	w := New(c.format, c.group, c.rows, c.cols)
	w.Pack(0, c.rows, func(r int, dst []float32) { copy(dst, weights[r*c.cols:]) })
	return w, c.input()
}

func (c intCase) input() *Input {
	in := new(Input)
	in.Reset(c.format, c.group, c.tokens, c.cols)
	x := randoms(uint64(c.tokens), c.tokens*c.cols)
	for t := range c.tokens {
		in.Set(t, x[t*c.cols:][:c.cols])
	}
	return in
}

// product multiplies between NaN sentinels, at an offset of so many floats, and returns the results and whether the sentinels hold.
func (c intCase) product(w *Matrix, in *Input, stride, offset int) (y []float32, clean bool) {
	margin := 35 + offset
	all := slices.Repeat([]float32{float32(math.NaN())}, 2*margin+c.tokens*stride)
	w.MatMul(all[margin:], stride, in, c.first, c.last, 0, c.rows)
	clean = true
	for i, v := range all {
		t, r := (i-margin)/stride, (i-margin)%stride
		if i >= margin && t >= c.first && t < c.last && r < c.rows {
			y = append(y, v)
		} else if v == v {
			clean = false
		}
	}
	return y, clean
}

// TestIntLevelsEqualBits packs and multiplies on every level and compares with the first, plain Go.
func TestIntLevelsEqualBits(t *testing.T) {
	cases := intCases()
	want := make([][]float32, len(cases))
	eachLevel(t, func(t *testing.T) {
		for i, c := range cases {
			w, in := c.setup()
			got, clean := c.product(w, in, c.rows+i%3, i%5)
			w.Free()
			if !clean {
				t.Errorf("%v: wrote outside its results", c)
			}
			if want[i] == nil {
				want[i] = got
			}
			if !slices.EqualFunc(got, want[i], sameBits) {
				t.Fatalf("%v: got %v, plain Go gives %v", c, got, want[i])
			}
		}
	})
}

// TestIntExtremes multiplies the largest weights by the largest activations: -128, which a file may hold, 127, and the ends of fewer bits.
func TestIntExtremes(t *testing.T) {
	for _, stored := range []tensor.Type{tensor.Q8_0, tensor.Q4_0, tensor.Q4_1, tensor.Q5_1} {
		for _, quants := range []byte{0x80, 0x7f, 0xff, 0x00, 0x0f, 0xf0} {
			const rows, cols, tokens = 32, 256, 7
			raw := encode(stored, make([]float32, rows*cols))
			_, size := stored.Block()
			header := map[tensor.Type]int{tensor.Q8_0: 2, tensor.Q4_0: 2, tensor.Q4_1: 4, tensor.Q5_1: 4}[stored]
			for i := range raw {
				if i%size >= header {
					raw[i] = quants
				}
			}
			source := tensor.Tensor{Type: stored, Shape: []int{rows, cols}, Data: raw}
			var want []float32
			eachLevel(t, func(t *testing.T) {
				f, group := Stored(stored)
				w := New(f, group, rows, cols)
				defer w.Free()
				w.PackTensor(source, 0, 0, rows)
				c := intCase{f, group, rows, cols, tokens, 0, tokens}
				var in Input
				in.Reset(f, group, tokens, cols)
				for i := range tokens {
					in.Set(i, slices.Repeat([]float32{float32(i%2)*2 - 1, float32(i%3) - 1}, cols/2))
				}
				got, _ := c.product(w, &in, rows, 0)
				if want == nil {
					want = got
				}
				if !slices.EqualFunc(got, want, sameBits) {
					t.Fatalf("%v with %#x: got %v, plain Go gives %v", c, quants, got, want)
				}
			})
		}
	}
}

// TestIntInvariance multiplies a matrix as a whole, in pieces of rows, in pieces of tokens and token by token.
func TestIntInvariance(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for _, f := range intFormats {
			for _, group := range intGroups {
				c := intCase{f, group, 160 - 7, 392, 23, 0, 23}
				w, in := c.setup()
				want, _ := c.product(w, in, c.rows, 0)
				got := make([]float32, len(want))
				for _, rows := range []int{32, 64, 96, 160} {
					for _, tokens := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 23} {
						clear(got)
						for t0 := 0; t0 < c.tokens; t0 += tokens {
							for from := 0; from < c.rows; from += rows {
								w.MatMul(got[from:], c.rows, in, t0, min(t0+tokens, c.tokens), from, min(from+rows, c.rows))
							}
						}
						if !slices.EqualFunc(got, want, sameBits) {
							t.Errorf("%v: pieces of %d rows and %d tokens differ from the whole", c, rows, tokens)
						}
					}
				}
				w.Free()
			}
		}
	})
}

// TestIntNaN multiplies activations with a NaN: its token's results are NaN, the others' are not.
func TestIntNaN(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for _, f := range intFormats {
			for _, group := range intGroups {
				c := intCase{f, group, 40, 96, 7, 0, 7}
				w, in := c.setup()
				x := randoms(3, c.cols)
				x[50] = float32(math.NaN())
				in.Set(4, x)
				y, _ := c.product(w, in, c.rows, 0)
				for i, v := range y {
					if (v != v) != (i/c.rows == 4) {
						t.Fatalf("%v: row %d of token %d is %g", c, i%c.rows, i/c.rows, v)
					}
				}
				w.Free()
			}
		}
	})
}

func TestMatMulAllocatesNothing(t *testing.T) {
	for _, f := range intFormats {
		c := intCase{f, 32, 70, 100, 9, 0, 9}
		w, in := c.setup()
		y := make([]float32, c.tokens*c.rows)
		x := randoms(1, c.cols)
		if n := testing.AllocsPerRun(10, func() {
			in.Reset(f, 32, c.tokens, c.cols)
			in.Set(0, x)
			w.MatMul(y, c.rows, in, 0, 1, 0, c.rows)
			w.MatMul(y, c.rows, in, 0, c.tokens, 0, c.rows)
		}); n > 0 {
			t.Errorf("%v: %v allocations", f, n)
		}
		w.Free()
	}
}
