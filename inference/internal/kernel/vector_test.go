package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// vectorCases call each vector function on inputs of n values at places that are not aligned; they return what it wrote.
var vectorCases = []struct {
	name string
	run  func(n int, a, b, c []float32) []float32
}{
	{"RMSNorm", func(_ int, a, b, c []float32) []float32 { RMSNorm(c, a, b, 1e-6); return c }},
	{"RMSNorm in place", func(_ int, a, b, _ []float32) []float32 { RMSNorm(a, a, b, 1e-6); return a }},
	{"AddRMSNorm", func(_ int, a, b, c []float32) []float32 { AddRMSNorm(c, a, b, b, 1e-6); return slices.Concat(a, c) }},
	{"Add", func(_ int, a, b, _ []float32) []float32 { Add(a, b); return a }},
	{"SwiGLU", func(_ int, a, b, c []float32) []float32 { SwiGLU(c, a, b); return c }},
	{"SwiGLU in place", func(_ int, a, b, _ []float32) []float32 { SwiGLU(a, a, b); return a }},
	{"Rotate", func(n int, a, b, c []float32) []float32 {
		cos := append([]float32(nil), b[:n/2]...)
		Rotate(a[:n/2*2], 1, n/2*2, cos, b[n/2:])
		return a
	}},
	{"Exp", func(_ int, a, _, _ []float32) []float32 { Exp(a); return a }},
	{"Max", func(_ int, a, _, _ []float32) []float32 { return []float32{Max(a)} }},
	{"ArgMax", func(_ int, a, _, _ []float32) []float32 { return []float32{float32(ArgMax(a))} }},
	{"SoftMax", func(_ int, a, _, _ []float32) []float32 { SoftMax(a, 0.125); return a }},
	{"SoftExp", func(_ int, a, _, _ []float32) []float32 { return append(slices.Clip(a), SoftExp(a, 3)) }},
	{"SumExp", func(_ int, a, _, _ []float32) []float32 { return []float32{float32(SumExp(a, 1))} }},
	{"roundBF16", func(_ int, a, _, c []float32) []float32 { roundBF16(c, a); return c }},
}

// TestVectorLevels runs every function at every level on random and special values, all lengths to four vectors and some
// beyond, at every misalignment of a vector, between sentinels: the bits must be those of the Go form.
func TestVectorLevels(t *testing.T) {
	lengths := []int{100, 255, 896, 1024, 1025, 4864}
	for n := range 4*lanes + 1 {
		lengths = append(lengths, n)
	}
	for _, c := range vectorCases {
		for _, n := range lengths {
			for kind, fill := range []func(uint64, int) []float32{randoms, mixed} {
				want := make([][]float32, lanes)
				eachLevel(t, func(t *testing.T) {
					for shift := range lanes {
						if n > 64 && shift > 1 {
							break
						}
						a, checkA := guardedAt(fill(1, n), shift)
						b, checkB := guardedAt(fill(2, n), lanes-1-shift)
						y, checkY := guardedAt(make([]float32, n), shift*7%lanes)
						got := c.run(n, a, b, y)
						if want[shift] == nil {
							want[shift] = slices.Clone(got)
						}
						for i, v := range got {
							if !sameBits(v, want[shift][i]) {
								t.Fatalf("%s, %d values of kind %d, shift %d: value %d is %x (%g), want %x (%g)", c.name, n, kind, shift, i,
									math.Float32bits(v), v, math.Float32bits(want[shift][i]), want[shift][i])
							}
						}
						for _, check := range []func() error{checkA, checkB, checkY} {
							if err := check(); err != nil {
								t.Fatalf("%s, %d values: %v", c.name, n, err)
							}
						}
					}
				})
			}
		}
	}
}

// guardedAt copies x to a guarded place, shift values off.
func guardedAt(x []float32, shift int) ([]float32, func() error) {
	g, check := guarded(len(x) + shift)
	copy(g[shift:], x)
	return g[shift:], func() error {
		for i, v := range g[:shift] {
			if math.Float32bits(v) != 0x7FC0_1234 {
				return fmt.Errorf("wrote %g before its slice, at %d", v, i-shift)
			}
		}
		return check()
	}
}

func TestVectorValues(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	eachLevel(t, func(t *testing.T) {
		x := make([]float32, 3000)
		x[7], x[2048], x[2999] = 3, 3, 2
		if got := ArgMax(x); got != 7 {
			t.Errorf("ArgMax of equals is %d, want the first, 7", got)
		}
		x[2500] = nan
		if got := ArgMax(x); got != 2500 || Max(x) == Max(x) {
			t.Errorf("ArgMax with a NaN at 2500 is %d, Max %g", got, Max(x))
		}
		if got := ArgMax(nil); got != -1 || Max(nil) != -inf {
			t.Errorf("of nothing, ArgMax is %d and Max %g, want -1 and -Inf", got, Max(nil))
		}
		y := []float32{1, 2, 3, 4}
		SoftMax(y, 0.5)
		for i, want := range []float64{0.10153632, 0.16740510, 0.27600434, 0.45505423} {
			if math.Abs(float64(y[i])-want) > 1e-7 {
				t.Errorf("SoftMax value %d is %g, want %g", i, y[i], want)
			}
		}
		y = []float32{3, 4}
		RMSNorm(y, y, []float32{1, 2}, 0)
		if math.Abs(float64(y[0])-0.84852814) > 1e-7 || math.Abs(float64(y[1])-2.2627417) > 3e-7 {
			t.Errorf("RMSNorm gives %v", y)
		}
		y = []float32{1, -2, 100, -100}
		SwiGLU(y, y, []float32{2, 1, 1, 1})
		for i, want := range []float64{1.4621172, -0.23840584, 100, -3.8e-42} {
			if math.Abs(float64(y[i])-want) > 1e-6 {
				t.Errorf("SwiGLU value %d is %g, want %g", i, y[i], want)
			}
		}
		y = []float32{1, 2, 3, 4, 5, 6, 7, 8}
		Rotate(y, 2, 4, []float32{0, 1}, []float32{1, 0})
		if want := []float32{-3, 2, 1, 4, -7, 6, 5, 8}; !slices.Equal(y, want) {
			t.Errorf("Rotate gives %v, want %v", y, want)
		}
	})
}

// BenchmarkVectors gives the values a second of each function on a row of 1,024.
func BenchmarkVectors(b *testing.B) {
	for _, c := range vectorCases {
		b.Run(c.name, func(b *testing.B) {
			const n, times = 1024, 100 // one call is shorter than the clock's step
			x, y, z := randoms(1, n), randoms(2, n), make([]float32, n)
			fastest(b, "Gvalues/s", n*times, func(int) {
				for range times {
					c.run(n, x, y, z)
				}
			})
		})
	}
}

func TestVectorsAllocateNothing(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		const n = 100
		x, y, z := randoms(1, n), randoms(2, n), randoms(3, n)
		for name, f := range map[string]func(){
			"RMSNorm":    func() { RMSNorm(y, x, z, 1e-6) },
			"AddRMSNorm": func() { AddRMSNorm(y, x, y, z, 1e-6) },
			"Add":        func() { Add(y, x) },
			"SwiGLU":     func() { SwiGLU(y, x, z) },
			"Rotate":     func() { Rotate(y, 1, n, x[:n/2], z[:n/2]) },
			"Exp":        func() { Exp(y) },
			"ArgMax":     func() { ArgMax(x) },
			"SoftExp":    func() { SoftExp(y, 1) },
			"SoftMax":    func() { SoftMax(y, 1) },
			"SumExp":     func() { SumExp(x, 1) },
		} {
			if got := testing.AllocsPerRun(10, f); got > 0 {
				t.Errorf("%s: %v allocations", name, got)
			}
		}
	})
}
