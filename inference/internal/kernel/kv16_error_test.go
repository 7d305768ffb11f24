package kernel

import (
	"math"
	"testing"
)

// half16 rounds to the 11 bits of a float16.
func half16(x float64) float64 {
	if x == 0 {
		return 0
	}
	_, e := math.Frexp(x)
	s := math.Ldexp(1, 11-e)
	return math.RoundToEven(x*s) / s
}

// attend64 is attention in float64 over values rounded by f.
func attend64(q, k, v []float32, dim int, scale float64, f func(float64) float64) []float64 {
	out := make([]float64, len(q))
	for r := range len(q) / dim {
		s := make([]float64, len(k)/dim)
		top, sum := math.Inf(-1), 0.0
		for j := range s {
			for d := range dim {
				s[j] += scale * f(float64(q[r*dim+d])) * f(float64(k[j*dim+d]))
			}
			top = max(top, s[j])
		}
		for j := range s {
			s[j] = math.Exp(s[j] - top)
			sum += s[j]
		}
		for j, p := range s {
			for d := range dim {
				out[r*dim+d] += p / sum * f(float64(v[j*dim+d]))
			}
		}
	}
	return out
}

// TestAttendBeatsHalves compares with a cache in float16, as other engines have, whose sums are exact. Keys carry a bias in a
// few columns, as those of Qwen2 do.
func TestAttendBeatsHalves(t *testing.T) {
	const dim, n, rows = 64, 500, 14
	for _, bias := range []float32{0, 20, 100, 300} {
		k, v, q := randoms(1, n*dim), randoms(2, n*dim), randoms(3, rows*dim)
		for i := range q {
			q[i] *= 2
		}
		for j := range n {
			k[j*dim+5] += bias
			k[j*dim+37] -= bias
			k[j*dim+11] += bias / 4
		}
		pages := pagesOf(dim, n, k, v)
		var a Attention
		o := make([]float32, rows*dim)
		a.Attend(o, q, dim, 7, []Span{{0, n}, {0, n}}, 0.125, func(i int) []byte { return pages[i] })
		want := attend64(q, k, v, dim, 0.125, func(x float64) float64 { return x })
		half := attend64(q, k, v, dim, 0.125, half16)
		var ours, theirs, size float64
		for i, x := range want {
			ours += (float64(o[i]) - x) * (float64(o[i]) - x)
			theirs += (half[i] - x) * (half[i] - x)
			size += x * x
		}
		t.Logf("bias %g: relative error %.2g, float16 %.2g", bias, math.Sqrt(ours/size), math.Sqrt(theirs/size))
		if !(ours < theirs/4) { // squares
			t.Errorf("bias %g: relative error %.2g, want less than half of float16's %.2g", bias, math.Sqrt(ours/size), math.Sqrt(theirs/size))
		}
	}
}
