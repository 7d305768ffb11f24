package sketch

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestChoose holds the pairs that datasketch's integral gives (spec/curation.md 2.11, run with it there).
func TestChoose(t *testing.T) {
	for _, c := range []struct {
		similarity  float64
		hashes      int
		bands, rows int
	}{{0.7, 128, 14, 9}, {0.8, 128, 9, 13}, {0.9, 128, 5, 25}, {0.7, 256, 25, 10}, {0.7, 240, 24, 10}, {0.5, 128, 25, 5}, {0.45, 256, 47, 5}} {
		bands, rows, err := Choose(c.similarity, c.hashes, 0.5)
		if err != nil || bands != c.bands || rows != c.rows {
			t.Errorf("similarity %v, %d hashes: %d x %d %v, want %d x %d", c.similarity, c.hashes, bands, rows, err, c.bands, c.rows)
		}
	}
	for _, s := range []float64{0, -1, 1.1, math.NaN()} {
		if _, _, err := Choose(s, 128, 0.5); err == nil {
			t.Errorf("similarity %v was taken", s)
		}
	}
	if bands, rows, err := Choose(1, 1, 0.5); err != nil || bands != 1 || rows != 1 {
		t.Errorf("one hash: %d x %d %v, want 1 x 1", bands, rows, err)
	}
}

func TestProposed(t *testing.T) {
	for _, c := range []struct {
		s           float64
		bands, rows int
		want        float64
	}{{0.5, 14, 8, 0.053}, {0.75, 14, 8, 0.772}, {0.9, 14, 8, 0.9996}, {0.8, 20, 13, 0.677}, {0.7, 26, 11, 0.405}} {
		if got := Proposed(c.s, c.bands, c.rows); !(math.Abs(got-c.want) < 0.0006) {
			t.Errorf("%v, %d x %d: %v, want %v", c.s, c.bands, c.rows, got, c.want)
		}
	}
}

// pair returns two sets of n random shingles in all with Jaccard similarity s.
func pair(rng *rand.Rand, n int, s float64) (x, y []uint64, similarity float64) {
	both := int(s * float64(n))
	for i := range n {
		h := rng.Uint64()
		if i < both || i%2 == 0 {
			x = append(x, h)
		}
		if i < both || i%2 == 1 {
			y = append(y, h)
		}
	}
	return x, y, float64(both) / float64(n)
}

// TestEstimate compares the error of the estimate with that of random permutations, √(s(1−s)/n) each: over 2,000 pairs the mean of
// the squared error in those units is 1 ± √(2/2000) (one standard deviation), the mean error 0 ± √(1/2000); four are allowed.
func TestEstimate(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	f := NewFamily(14, 8)
	a, b := make([]uint32, f.Size()), make([]uint32, f.Size())
	const pairs = 2000
	for _, n := range []int{20, 400, 5000} {
		var square, mean float64
		for i := range pairs {
			x, y, s := pair(rng, n, 0.1+0.8*float64(i)/pairs)
			f.Sign(a, x)
			f.Sign(b, y)
			e := (f.Agreement(a, b) - s) / math.Sqrt(s*(1-s)/112)
			square += e * e / pairs
			mean += e / pairs
		}
		if !(math.Abs(square-1) < 4*math.Sqrt(2.0/pairs)) || !(math.Abs(mean) < 4*math.Sqrt(1.0/pairs)) {
			t.Errorf("sets of %d: squared error %.3f of the binomial, mean error %.3f", n, square, mean)
		}
	}
}

func TestSignIgnoresOrderAndRepeats(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 1))
	f := NewFamily(5, 5)
	x := make([]uint64, 3*blockSize+1)
	for i := range x {
		x[i] = rng.Uint64()
	}
	a, b := make([]uint32, f.Size()), make([]uint32, f.Size())
	f.Sign(a, x)
	rng.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
	f.Sign(b, append(x, x[:99]...))
	if !slices.Equal(a, b) {
		t.Error("signatures of one set differ")
	}
	if n := testing.AllocsPerRun(10, func() { f.Sign(a, x) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func TestKeys(t *testing.T) {
	f := NewFamily(40, 3)
	sig := make([]uint32, f.Size())
	keys := f.Keys(nil, sig, 0)
	keys = f.Keys(keys, sig, 1)
	slices.Sort(keys)
	if n := len(slices.Compact(keys)); n != 80 {
		t.Errorf("%d distinct keys of equal bands, want 80", n)
	}
	sig[0]++
	a, b := f.Keys(nil, sig, 0), f.Keys(nil, make([]uint32, f.Size()), 0)
	if a[0] == b[0] || !slices.Equal(a[1:], b[1:]) {
		t.Error("a change in one band must change its key alone")
	}
}

func BenchmarkMinimize(b *testing.B) {
	block := make([]uint32, blockSize)
	for i := range block {
		block[i] = rand.Uint32()
	}
	each(b, func(b *testing.B) {
		for _, n := range []int{112, 128} {
			b.Run(fmt.Sprint(n), func(b *testing.B) {
				f := NewFamily(n, 1)
				sig := make([]uint32, f.Size())
				b.SetBytes(8 * blockSize)
				for b.Loop() {
					minimize(sig, f.a, f.b, block)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*blockSize), "ns/shingle")
			})
		}
	})
}

// runner is a test or a benchmark.
type runner[T any] interface {
	testing.TB
	Run(string, func(T)) bool
}

// each runs f with every form of the kernel that this machine has.
func each[T runner[T]](t T, f func(T)) {
	for _, form := range forms() {
		t.Run(form.name, func(t T) {
			if !form.has {
				t.Skip("this CPU lacks it")
			}
			defer form.use()()
			f(t)
		})
	}
}

type form struct {
	name string
	has  bool
	use  func() (restore func())
}

// TestMinimize compares every form with the plain loop: all counts of numbers up to 70 at every alignment, all sizes of a signature,
// sentinels around the operands.
func TestMinimize(t *testing.T) {
	each(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(4, 4))
		fill := func(n int) []uint32 {
			x := make([]uint32, n)
			for i := range x {
				x[i] = rng.Uint32()
			}
			return x
		}
		for size := 0; size <= 208; size += Lanes {
			for n := 0; n <= 70; n++ {
				off := n % Lanes
				sig, a, b, block := fill(size+2*Lanes), fill(size+2*Lanes), fill(size+2*Lanes), fill(n+2*Lanes)
				want := slices.Clone(sig)
				for i := off; i < off+size; i++ {
					for _, x := range block[off : off+n] {
						want[i] = min(want[i], (x^b[i])*a[i])
					}
				}
				minimize(sig[off:off+size], a[off:off+size], b[off:off+size], block[off:off+n])
				if !slices.Equal(sig, want) {
					t.Fatalf("%d functions, %d numbers, offset %d: wrong", size, n, off)
				}
			}
		}
	})
}
