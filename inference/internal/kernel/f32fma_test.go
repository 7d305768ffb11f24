package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// specials are the values at which float code breaks.
var specials = []float32{
	0, float32(math.Copysign(0, -1)), 1, -1, 0.5, 3, 1e-45, -1e-45, 1.1754942e-38, 1.17549435e-38, -1.17549435e-38,
	3.4028235e38, -3.4028235e38, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()),
	16777216, 16777217, 1.0000001, 0.99999994, 5.9604645e-08, 88.72, 88.73, -87.33, -103.9, -103.98, 104, -150,
}

// sameBits is equality by bits, any NaN equal to any other.
func sameBits(a, b float32) bool {
	return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b
}

// TestFMA compares with exact arithmetic rounded once.
func TestFMA(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	check := func(x, y, z float32) {
		var want float32
		s := float64(x)*float64(y) + float64(z)
		if math.IsNaN(s) || math.IsInf(s, 0) || s == 0 {
			want = float32(s)
		} else {
			p := new(big.Float).SetPrec(2000).Mul(big.NewFloat(float64(x)), big.NewFloat(float64(y)))
			want, _ = p.Add(p, big.NewFloat(float64(z))).Float32()
		}
		if got := fma32(x, y, z); !sameBits(got, want) {
			t.Fatalf("fma32(%g, %g, %g) = %g, want %g", x, y, z, got, want)
		}
	}
	for _, x := range specials {
		for _, y := range specials {
			for _, z := range specials {
				check(x, y, z)
			}
		}
	}
	for range 300_000 {
		x := math.Float32frombits(rng.Uint32())
		y := math.Float32frombits(rng.Uint32())
		z := math.Float32frombits(rng.Uint32())
		check(x, y, z)
		// Sums near midpoints: few mantissa bits, exponents close to each other.
		x = float32(rng.IntN(1<<13)) * 0x1p-70
		y = float32(rng.IntN(1<<13)) * 0x1p-70
		z = float32(rng.IntN(1<<24)-1<<23) * float32(math.Ldexp(1, -150+rng.IntN(40)))
		check(x, y, z)
		check(float32(rng.IntN(1<<13)), float32(rng.IntN(1<<13)), float32(math.Ldexp(float64(rng.IntN(1<<24)-1<<23), rng.IntN(40)-20)))
	}
}
