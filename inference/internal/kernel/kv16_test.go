package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// pagesOf stores n keys and values, in pages otherwise full of NaN.
func pagesOf(dim, n int, k, v []float32) [][]byte {
	pages := make([][]byte, (n+Page-1)/Page)
	for i := range pages {
		pages[i] = make([]byte, KVBytes(dim))
		for j := range pages[i] {
			pages[i][j] = 0xFF
		}
	}
	for j := range n {
		PutKV(pages[j/Page], j%Page, dim, k[j*dim:], v[j*dim:])
	}
	return pages
}

func TestAttendLevels(t *testing.T) {
	for _, dim := range []int{8, 16, 24, 40, 64, 80, 128} {
		for _, c := range []struct{ group, tokens, n int }{{1, 1, 1}, {3, 1, 64}, {7, 1, 130}, {7, 3, 100}, {2, 13, 77}, {1, 5, 300}} {
			for kind, fill := range []func(uint64, int) []float32{randoms, outliers, mixed} {
				compareAttend(t, dim, c.group, c.tokens, c.n, kind, fill)
			}
		}
	}
}

// outliers returns values of which every eleventh is a hundred times larger, as keys of Qwen2 have them.
func outliers(seed uint64, n int) []float32 {
	x := randoms(seed, n)
	for i := 0; i < n; i += 11 {
		x[i] *= 100
	}
	return x
}

func compareAttend(t *testing.T, dim, group, tokens, n, kind int, fill func(uint64, int) []float32) {
	t.Helper()
	k, v, q := fill(1, n*dim), fill(2, n*dim), randoms(3, tokens*group*dim)
	if kind == 2 {
		q = fill(3, len(q))
	}
	spans := make([]Span, tokens)
	for i := range spans {
		spans[i] = Span{int32(max(0, i*9-3)), int32(n - tokens + i + 1)}
		spans[i].From = min(spans[i].From, spans[i].To-1)
	}
	var want []float32
	eachLevel(t, func(t *testing.T) {
		pages := pagesOf(dim, n, k, v)
		var a Attention
		o, check := guarded(len(q))
		a.Attend(o, q, dim, group, spans, 0.125, func(i int) []byte { return pages[i] })
		if want == nil {
			want = o
		}
		for i := range o {
			if !sameBits(o[i], want[i]) {
				t.Fatalf("dim %d, %d heads, %d tokens, %d positions, kind %d: output %d is %g, want %g", dim, group, tokens, n, kind, i, o[i], want[i])
			}
		}
		if err := check(); err != nil {
			t.Fatal(err)
		}
		// Each token alone gives the same bits, from scratch memory that held something else.
		for i, s := range spans {
			alone := make([]float32, group*dim)
			a.Attend(alone, q[i*group*dim:], dim, group, []Span{s}, 0.125, func(i int) []byte { return pages[i] })
			if !slices.EqualFunc(alone, o[i*group*dim:][:group*dim], sameBits) {
				t.Fatalf("dim %d, %d heads, %d positions, kind %d: token %d alone differs", dim, group, n, kind, i)
			}
		}
	})
	if kind != 2 {
		attendError(t, dim, group, q, k, v, spans, want)
	}
}

// attendError compares with float64. Rounding a key to norm/46,000 and the query likewise moves a score by |q|·|k|/46,000
// times the root of 2/12, in standard deviations: four of these are allowed, and 0.001 for weights and values.
func attendError(t *testing.T, dim, group int, q, k, v []float32, spans []Span, got []float32) {
	t.Helper()
	worst, size := 0.0, 0.0
	for r := range len(q) / dim {
		s := spans[r/group]
		var p []float64
		top, sum := math.Inf(-1), 0.0
		for j := int(s.From); j < int(s.To); j++ {
			x := 0.0
			for d := range dim {
				x += float64(q[r*dim+d]) * float64(k[j*dim+d])
			}
			p = append(p, x*0.125)
			top = max(top, x*0.125)
		}
		for i := range p {
			p[i] = math.Exp(p[i] - top)
			sum += p[i]
		}
		for d := range dim {
			x := 0.0
			for i := range p {
				x += p[i] / sum * float64(v[(int(s.From)+i)*dim+d])
			}
			worst = max(worst, math.Abs(x-float64(got[r*dim+d])))
			size = max(size, math.Abs(x))
		}
	}
	limit := size * (1e-3 + 4*0.125*longest(q, dim)*longest(k, dim)/kvNorm*math.Sqrt(2./12))
	if worst > limit || math.IsNaN(worst) {
		t.Errorf("dim %d, %d positions: error %.2g of %.2g, want at most %.2g", dim, spans[0].To, worst, size, limit)
	}
}

// longest returns the greatest norm of the rows of x.
func longest(x []float32, dim int) float64 {
	most := 0.0
	for row := range slices.Chunk(x, dim) {
		sum := 0.0
		for _, v := range row {
			sum += float64(v) * float64(v)
		}
		most = max(most, math.Sqrt(sum))
	}
	return most
}

// TestAttendBounds drives the sums to where they are largest: all keys equal to the query, values of one sign.
func TestAttendBounds(t *testing.T) {
	for _, dim := range []int{8, 64, 256} {
		same := make([]float32, Page*dim)
		for i := range same {
			same[i] = -3
		}
		pages := pagesOf(dim, Page, same, same)
		var a Attention
		o := make([]float32, dim)
		a.Attend(o, same[:dim], dim, 1, []Span{{0, Page}}, 1, func(i int) []byte { return pages[i] })
		for _, v := range o {
			if math.Abs(float64(v)+3) > 1e-3 {
				t.Fatalf("dim %d: average of values -3 is %g", dim, v)
			}
		}
	}
}

// TestAttendZeroSign lets a negative sum decay to -0: the sign must not tell whether another row has more pages.
func TestAttendZeroSign(t *testing.T) {
	for _, dim := range []int{8, 16} {
		k, v := make([]float32, 2*Page*dim+dim), make([]float32, 2*Page*dim+dim)
		for i := range Page * dim {
			k[i], v[i] = -10, -1e-3
		}
		pages := pagesOf(dim, 2*Page+1, k, v)
		q := make([]float32, 2*dim)
		for i := range q {
			q[i] = 102 / float32(dim) // 2^-147
		}
		eachLevel(t, func(t *testing.T) {
			var a Attention
			both, alone := make([]float32, 2*dim), make([]float32, dim)
			at := func(i int) []byte { return pages[i] }
			a.Attend(both, q, dim, 1, []Span{{0, Page + 1}, {0, 2*Page + 1}}, 0.1, at)
			a.Attend(alone, q, dim, 1, []Span{{0, Page + 1}}, 0.1, at)
			if alone[0] != 0 || !slices.EqualFunc(alone, both[:dim], sameBits) {
				t.Errorf("dim %d: alone %g, with a longer row %g", dim, alone[0], both[0])
			}
		})
	}
}

func TestAttendAllocs(t *testing.T) {
	const dim, n = 64, 200
	x := randoms(1, n*dim)
	pages := pagesOf(dim, n, x, x)
	var a Attention
	o := make([]float32, 7*dim)
	spans := []Span{{0, n}}
	eachLevel(t, func(t *testing.T) {
		if got := testing.AllocsPerRun(10, func() {
			a.Attend(o, x, dim, 7, spans, 1, func(i int) []byte { return pages[i] })
			PutKV(pages[0], 3, dim, x, x)
		}); got != 0 {
			t.Errorf("%g allocations, want none", got)
		}
	})
}

// BenchmarkAttend gives the useful rate (four operations for each row, position and dimension) of whole causal attention:
// the last 8 tokens of a text with 7 heads, and one token. The peak is that of VPDPWSSD, twice FMA's.
func BenchmarkAttend(b *testing.B) {
	for _, dim := range []int{64, 128} {
		for _, n := range []int{256, 1024, 4096} {
			x := randoms(1, n*dim)
			pages := pagesOf(dim, n, x, x)
			for _, tokens := range []int{1, 4, 8} {
				b.Run(fmt.Sprintf("dim=%d/keys=%d/tokens=%d", dim, n, tokens), func(b *testing.B) {
					var a Attention
					q, o := randoms(2, tokens*7*dim), make([]float32, tokens*7*dim)
					spans := make([]Span, tokens)
					work := 0
					for i := range spans {
						spans[i] = Span{0, int32(n - tokens + i + 1)}
						work += 4 * 7 * dim * int(spans[i].To)
					}
					fastest(b, "Gop/s", float64(work), func(int) {
						a.Attend(o, q, dim, 7, spans, 0.125, func(i int) []byte { return pages[i] })
					})
				})
			}
		}
	}
}

func BenchmarkPutKV(b *testing.B) {
	const dim = 64
	x, page := randoms(1, Page*dim), make([]byte, KVBytes(dim))
	fastest(b, "Gput/s", Page, func(int) {
		for j := range Page {
			PutKV(page, j, dim, x[j*dim:], x[j*dim:])
		}
	})
}

func FuzzInt16Of(f *testing.F) {
	f.Fuzz(func(t *testing.T, b uint32) {
		v := math.Float32frombits(b)
		x := [lanes]float32{v}
		var got, want [lanes]int16
		round16(got[:], x[:], 1)
		if round16Generic(want[:], x[:], 1); got != want {
			t.Errorf("%g rounds to %d, want %d", v, got[0], want[0])
		}
	})
	for _, v := range specials {
		f.Add(math.Float32bits(v))
	}
	f.Add(rand.Uint32())
}
