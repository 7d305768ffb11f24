package kernel

import "math"

// fma32 returns x*y + z rounded once to float32, bit for bit what VFMADD and FMADD give.
//
// The product of two float32 values is exact in float64. Their sum with z is not, and
// rounding it a second time to float32 errs only where the float64 sum lies exactly on
// a midpoint of two float32 values (or where float32 is subnormal and its midpoints lie
// elsewhere). Those sums are rounded to odd first (Boldo and Melquiond, "Emulation of
// FMA and correctly rounded sums: proved algorithms using rounding to odd", 2008).
func fma32(x, y, z float32) float32 {
	p := float64(x) * float64(y)
	s := p + float64(z)
	const half, low = 1 << 28, 1<<29 - 1
	if b := math.Float64bits(s); b&low != half && b&(1<<63-1) >= 0x381<<52 {
		return float32(s)
	}
	return float32(roundOdd(s, p, float64(z)))
}

// roundOdd moves s, the rounded sum of p and z, to the neighbour with an odd last bit on
// the side of the exact sum, if the sum was inexact and s is even.
func roundOdd(s, p, z float64) float64 {
	t := s - p
	e := (p - (s - t)) + (z - t)
	b := math.Float64bits(s)
	if e == 0 || e != e || b&1 != 0 {
		return s
	}
	if (e > 0) == (s > 0) {
		return math.Float64frombits(b + 1)
	}
	return math.Float64frombits(b - 1)
}
