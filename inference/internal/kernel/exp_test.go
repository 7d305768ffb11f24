package kernel

import (
	"math"
	"testing"
)

// TestExpError walks over float32 arguments and compares with float64's exponential.
func TestExpError(t *testing.T) {
	worst := 0.0
	for b := uint32(0); b < 0x42D0_0000; b += 3001 {
		for _, x := range []float32{math.Float32frombits(b), -math.Float32frombits(b)} {
			want := math.Exp(float64(x))
			got := exp32(x)
			if want > math.MaxFloat32 {
				continue
			}
			w := float32(want)
			ulp := float64(math.Nextafter32(w, float32(math.Inf(1)))) - float64(w)
			worst = max(worst, math.Abs(float64(got)-want)/ulp)
		}
	}
	t.Logf("largest error %.3f ulp", worst)
	if worst > 1 {
		t.Errorf("largest error %.3f ulp, want at most 1", worst)
	}
	inf := float32(math.Inf(1))
	for _, c := range []struct{ x, want float32 }{
		{0, 1},
		{-inf, 0},
		{inf, inf},
		{89, inf},
		{-104, 0},
		{float32(math.NaN()), float32(math.NaN())},
	} {
		if got := exp32(c.x); !sameBits(got, c.want) {
			t.Errorf("exp32(%g) = %g, want %g", c.x, got, c.want)
		}
	}
}
