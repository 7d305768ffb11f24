package chart

import "math"

// A Scale maps values to shares of the width.
type Scale struct {
	Lo, Hi float64
	Log    bool // both ends are above 0
}

// At returns where x lies: 0 at Lo, 1 at Hi, cut off outside.
func (s Scale) At(x float64) float64 {
	lo, hi := s.Lo, s.Hi
	if s.Log {
		if x <= 0 {
			return 0
		}
		x, lo, hi = math.Log(x), math.Log(lo), math.Log(hi)
	}
	if !(hi > lo) {
		return 0
	}
	return min(max((x-lo)/(hi-lo), 0), 1)
}

// Edge returns the k-th of n+1 borders that cut the scale into n equal parts.
func (s Scale) Edge(k, n int) float64 {
	f := float64(k) / float64(n)
	if s.Log {
		return s.Lo * math.Pow(s.Hi/s.Lo, f)
	}
	return s.Lo + (s.Hi-s.Lo)*f
}

// Ticks returns about n round numbers on the scale.
func (s Scale) Ticks(n int) []float64 {
	if !(s.Hi > s.Lo) {
		return nil
	}
	if s.Log {
		return s.decades(n)
	}
	step := Round((s.Hi - s.Lo) / float64(max(n, 1)))
	var out []float64
	for k := math.Ceil(s.Lo/step - 1e-9); k*step <= s.Hi+step*1e-9 && len(out) < 50; k++ {
		out = append(out, k*step+0) // minus zero becomes zero
	}
	return out
}

// decades returns powers of ten, thinned out; with 2 and 5 between them where there is room.
func (s Scale) decades(n int) []float64 {
	first, last := math.Floor(math.Log10(s.Lo)), math.Ceil(math.Log10(s.Hi))
	every := max(math.Ceil((last-first)/float64(max(n, 1))), 1)
	between := []float64{1}
	if last-first <= float64(n)/2 {
		between = []float64{1, 2, 5}
	}
	var out []float64
	for e := first; e <= last; e += every {
		for _, m := range between {
			x := m * math.Pow(10, e)
			if x >= s.Lo*(1-1e-9) && x <= s.Hi*(1+1e-9) {
				out = append(out, x)
			}
		}
	}
	return out
}

// Round returns the smallest of 1, 2, 5 times a power of ten that is not below x.
func Round(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 0) {
		return 1
	}
	p := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if x <= m*p*(1+1e-9) {
			return m * p
		}
	}
	return 10 * p
}
