package algebra

import (
	"math"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// exponent is a rational number of small parts, d > 0, in lowest terms.
type exponent struct{ n, d int32 }

func whole(n int32) exponent { return exponent{n, 1} }

func exponentOf(n, d int64) exponent {
	if d < 0 {
		n, d = -n, -d
	}
	a, b := n, d
	if a < 0 {
		a = -a
	}
	for b != 0 {
		a, b = b, a%b
	}
	n, d = n/a, d/a
	if n > math.MaxInt32/2 || n < -math.MaxInt32/2 || d > math.MaxInt32/2 {
		panic(exact.Limit("exponent too large"))
	}
	return exponent{int32(n), int32(d)}
}

// toExponent returns x as an exponent; one that is too large is a panic of [exact.Limit].
func toExponent(x exact.Rat) exponent {
	n, d, ok := x.Small()
	if !ok || n > math.MaxInt32 || n < -math.MaxInt32 || d > math.MaxInt32 {
		panic(exact.Limit("exponent too large"))
	}
	return exponentOf(n, d)
}

func (e exponent) rat() exact.Rat { return exact.Frac(int64(e.n), int64(e.d)) }

func (e exponent) add(f exponent) exponent {
	if e.d == 1 && f.d == 1 {
		return exponentOf(int64(e.n)+int64(f.n), 1)
	}
	return exponentOf(int64(e.n)*int64(f.d)+int64(f.n)*int64(e.d), int64(e.d)*int64(f.d))
}

func (e exponent) mul(f exponent) exponent {
	return exponentOf(int64(e.n)*int64(f.n), int64(e.d)*int64(f.d))
}

func (e exponent) neg() exponent { return exponent{-e.n, e.d} }

// floor returns the greatest integer that does not exceed e.
func (e exponent) floor() int32 {
	q := e.n / e.d
	if e.n%e.d < 0 {
		q--
	}
	return q
}

func (e exponent) cmp(f exponent) int {
	a, b := int64(e.n)*int64(f.d), int64(f.n)*int64(e.d)
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
