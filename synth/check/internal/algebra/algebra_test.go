package algebra

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
	"github.com/winnow-data/winnow/synth/check/internal/notation"
)

func read(t testing.TB, s string) *notation.Node {
	t.Helper()
	p := &notation.Parser{Formula: true}
	n, ok := p.Whole(s)
	if !ok {
		t.Fatalf("%q is not read", s)
	}
	return n
}

// polynomial is a random polynomial in x, y and z, written twice: term by term, and with its terms in another order and taken apart.
func polynomial(rng *rand.Rand) (a, b string) {
	for range rng.IntN(5) + 1 {
		c := rng.Int64N(19) - 9
		i, j, k := rng.IntN(3), rng.IntN(3), rng.IntN(3)
		m := fmt.Sprintf("x^%d*y^%d*z^%d", i, j, k)
		a += fmt.Sprintf("+(%d)*%s", c, m)
		b = fmt.Sprintf("+(%d)*%s-(%d)*z^%dx^%dy^%d", c+3, m, 3, k, i, j) + b
	}
	return a, b
}

// TestPolynomials compares products of random polynomials, written in two ways, and with one term more.
func TestPolynomials(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		a, b := polynomial(rng)
		c, d := polynomial(rng)
		left, right := fmt.Sprintf("(%s)*(%s)", a, c), fmt.Sprintf("(%s)*(%s)", d, b)
		var r Ring
		x, y := r.Of(read(t, left)), r.Of(read(t, right))
		if !r.Equal(x, y) {
			t.Errorf("%s and %s differ", left, right)
		}
		if z := r.Of(read(t, right+"+x/1000000007")); r.Equal(x, z) {
			t.Errorf("%s with a term more is the same", right)
		}
		if len(x.n) > 0 {
			q := r.Div(x, r.Of(read(t, "(x+y+1)")))
			if !r.Equal(r.Mul(q, r.Of(read(t, "(1+y+x)"))), y) {
				t.Errorf("%s: a quotient times its divisor differs", left)
			}
		}
	}
}

// TestRoots compares (√a+√b)² with a+b+2√(ab), and 1/(√a+√b) with its rational denominator.
func TestRoots(t *testing.T) {
	for a := 2; a < 60; a++ {
		for b := a + 1; b < a+7; b++ {
			var r Ring
			x := r.Of(read(t, fmt.Sprintf(`(\sqrt{%d}+\sqrt{%d})^2`, a, b)))
			if y := r.Of(read(t, fmt.Sprintf(`%d+2\sqrt{%d}`, a+b, a*b))); !r.Same(x, y) {
				t.Errorf("√%d+√%d squared differs", a, b)
			}
			if y := r.Of(read(t, fmt.Sprintf(`%d+2\sqrt{%d}`, a+b+1, a*b))); r.Equal(x, y) {
				t.Errorf("√%d+√%d squared is one more", a, b)
			}
			inv := r.Of(read(t, fmt.Sprintf(`1/(\sqrt{%d}+\sqrt{%d})`, a, b)))
			if y := r.Of(read(t, fmt.Sprintf(`(\sqrt{%d}-\sqrt{%d})/%d`, b, a, b-a))); !r.Same(inv, y) {
				t.Errorf("1/(√%d+√%d) differs", a, b)
			}
		}
	}
}

// TestElementary compares the functions with those of package math.
func TestElementary(t *testing.T) {
	for _, x := range []float64{1e-9, 0.1, 0.5, 1, 1.5, 2, 3, 10, 20.25, 100.5, -0.3, -2.75, -40} {
		z := realNumber(float().SetFloat64(x))
		s, c := sinCos(z)
		check := func(name string, got number, want float64) {
			t.Helper()
			f, _ := got.re.Float64()
			if d := math.Abs(f - want); !(d <= 1e-14*max(1, math.Abs(want))*max(1, math.Abs(x))) {
				t.Errorf("%s %v: got %v, want %v", name, x, f, want)
			}
		}
		check("sin", s, math.Sin(x))
		check("cos", c, math.Cos(x))
		check("exp", exp(z), math.Exp(x))
		check("arctan", arctan(z), math.Atan(x))
		check("ln", ln(z), math.Log(math.Abs(x)))
		back := exp(ln(z))
		if d := back.add(z.neg()); !small(d.re, z.re) || !small(d.im, z.re) {
			t.Errorf("exp ln %v is %v", x, back.re)
		}
		one := s.mul(s).add(c.mul(c)).add(rational(exact.Int(-1)))
		if !small(one.re, big.NewFloat(1)) {
			t.Errorf("sin² + cos² − 1 of %v is %v", x, one.re)
		}
	}
	const digits = "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899"
	if want, _, _ := big.ParseFloat(digits, 10, precision, big.ToNearestEven); !small(float().Sub(pi(), want), want) {
		t.Errorf("π is %v", pi())
	}
}

// TestSets checks unions, intersections and complements against membership at points.
func TestSets(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	var r Ring
	in := func(s Set, x int64) bool {
		p := Bound{Value: r.int(x), Closed: true}
		for _, i := range s {
			lo, hi := r.order(i.lo, p), r.order(p, i.hi)
			if (lo < 0 || lo == 0 && i.lo.Closed) && (hi < 0 || hi == 0 && i.hi.Closed) {
				return true
			}
		}
		return false
	}
	random := func() Set {
		var s Set
		for range rng.IntN(4) {
			lo := rng.Int64N(10)
			a := Bound{Value: r.int(2 * lo), Closed: rng.IntN(2) == 0}
			b := Bound{Value: r.int(2 * (lo + rng.Int64N(4))), Closed: rng.IntN(2) == 0}
			if rng.IntN(8) == 0 {
				a = Bound{Infinite: -1}
			}
			s = r.Union(s, r.Interval(a, b))
		}
		return s
	}
	for range 300 {
		r.Reset()
		a, b := random(), random()
		u, m, c := r.Union(a, b), r.Meet(a, b), r.Complement(a)
		for x := int64(-1); x < 30; x++ {
			if in(u, x) != (in(a, x) || in(b, x)) || in(m, x) != (in(a, x) && in(b, x)) || in(c, x) == in(a, x) {
				t.Fatalf("at %d: %v, %v", x, a, b)
			}
		}
		if !r.SameSet(r.Complement(c), a) || !r.SameSet(u, r.Complement(r.Meet(c, r.Complement(b)))) {
			t.Fatalf("complements of %v, %v", a, b)
		}
	}
}
