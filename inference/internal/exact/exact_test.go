package exact

import (
	"math"
	"testing"
)

func TestLog(t *testing.T) {
	for _, x := range []float64{0, 1, -1, math.Inf(1), math.NaN(), 2.3e-308, 1e-300, 0.5, math.Nextafter(1, 0), math.Nextafter(1, 2), 2, math.E, 10, 151936, 1e300} {
		check(t, x)
	}
	for x := 1e-9; x < 1e9; x *= 1.00137 {
		check(t, x)
	}
}

func check(t *testing.T, x float64) {
	t.Helper()
	got, want := Log(x), math.Log(x)
	if math.IsNaN(want) && math.IsNaN(got) || got == want {
		return
	}
	if !(math.Abs(got-want) <= 2e-16*math.Abs(want)*1.2) {
		t.Errorf("Log(%v) = %v, want %v", x, got, want)
	}
}
