package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// mixed returns random values with one in eight special.
func mixed(seed uint64, n int) []float32 {
	x := randoms(seed, n)
	r := rand.New(rand.NewPCG(seed, 2))
	for i := range x {
		if r.IntN(8) == 0 {
			x[i] = specials[r.IntN(len(specials))]
		}
	}
	return x
}

// guarded returns n NaN floats at an odd place in a larger slice, and a check that nothing around them was written.
func guarded(n int) (x []float32, check func() error) {
	const edge = 37
	whole := make([]float32, n+2*edge)
	for i := range whole {
		whole[i] = math.Float32frombits(0x7FC0_1234)
	}
	return whole[edge : edge+n : edge+n], func() error {
		for i, v := range whole {
			if (i < edge || i >= edge+n) && math.Float32bits(v) != 0x7FC0_1234 {
				return fmt.Errorf("wrote %g at %d, outside 0..%d", v, i-edge, n)
			}
		}
		return nil
	}
}

func TestScoresAndWeighLevels(t *testing.T) {
	for _, dim := range []int{8, 16, 24, 32, 40, 64, 80, 128} {
		for _, rows := range []int{1, 2, 3, 5, 6, 7, 12, 13, 14, 25} {
			for _, n := range []int{1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 48, 63, 64} {
				if dim > 64 && rows%2 == 0 {
					continue
				}
				compareAttention(t, dim, rows, n)
			}
		}
	}
}

func compareAttention(t *testing.T, dim, rows, n int) {
	t.Helper()
	seed := uint64(dim*10000 + rows*100 + n)
	q, p, k, v := mixed(seed, rows*(dim+3)), mixed(seed+1, rows*(Page+1)), mixed(seed+2, Page*dim), mixed(seed+3, Page*dim)
	kpage := make([]float32, Page*dim)
	for i := range kpage {
		kpage[i] = float32(math.NaN())
	}
	for j := range n {
		PutK(kpage, j, dim, k[j*dim:])
	}
	var wantS, wantO []float32
	eachLevel(t, func(t *testing.T) {
		s, checkS := guarded(rows * (n + 2))
		o, checkO := guarded(rows * (dim + 5))
		for r := range rows {
			copy(o[r*(dim+5):][:dim], k[r%Page*dim:])
		}
		Scores(s[:(rows-1)*(n+2)+n], n+2, q, dim+3, rows, kpage, n, dim)
		Weigh(o[:(rows-1)*(dim+5)+dim], dim+5, p, Page+1, rows, v[:n*dim:n*dim], n, dim)
		if wantS == nil {
			wantS, wantO = s, o
		}
		for i := range s {
			if !sameBits(s[i], wantS[i]) || i%(n+2) >= n && s[i] == s[i] {
				t.Fatalf("dim %d, %d rows, %d positions: score %d is %g, want %g", dim, rows, n, i, s[i], wantS[i])
			}
		}
		for i := range o {
			if !sameBits(o[i], wantO[i]) || i%(dim+5) >= dim && o[i] == o[i] {
				t.Fatalf("dim %d, %d rows, %d positions: output %d is %g, want %g", dim, rows, n, i, o[i], wantO[i])
			}
		}
		for _, err := range []error{checkS(), checkO()} {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// BenchmarkAttention gives the rate of the two products, a full page at a time, whose peak is that of FMA.
func BenchmarkAttention(b *testing.B) {
	const pages = 8
	for _, dim := range []int{64, 128} {
		for _, rows := range []int{7, 28, 56} {
			q, s := randoms(1, rows*dim), make([]float32, rows*Page)
			k, o := randoms(2, pages*Page*dim), make([]float32, rows*dim)
			work := 2 * float64(rows*Page*dim)
			b.Run(fmt.Sprintf("Scores/dim=%d/rows=%d", dim, rows), func(b *testing.B) {
				fastest(b, "GFLOP/s", pages*work, func(int) {
					for i := range pages {
						Scores(s, Page, q, dim, rows, k[i*Page*dim:], Page, dim)
					}
				})
			})
			b.Run(fmt.Sprintf("Weigh/dim=%d/rows=%d", dim, rows), func(b *testing.B) {
				clear(s)
				fastest(b, "GFLOP/s", pages*work, func(int) {
					for i := range pages {
						Weigh(o, dim, s, Page, rows, k[i*Page*dim:], Page, dim)
					}
				})
			})
		}
	}
}
