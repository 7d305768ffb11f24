package algebra

import (
	"math/big"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// precision is in bits. Two expressions that agree to agreeBits at every point are taken as equal.
const (
	precision = 256
	agreeBits = 170
	points    = 3
)

// A number is complex, with precision bits.
type number struct{ re, im *big.Float }

func float() *big.Float { return new(big.Float).SetPrec(precision) }

func realNumber(x *big.Float) number { return number{x, float()} }

func rational(x exact.Rat) number {
	if n, d, ok := x.Small(); ok {
		f := float().SetInt64(n)
		if d != 1 {
			f.Quo(f, float().SetInt64(d))
		}
		return realNumber(f)
	}
	return realNumber(float().SetRat(x.Big()))
}

// small says whether x is 0 beside y, up to rounding.
func small(x, y *big.Float) bool {
	return x.Sign() == 0 || y.Sign() != 0 && x.MantExp(nil) < y.MantExp(nil)-agreeBits
}

func (a number) real() bool { return small(a.im, a.re) }

func (a number) zero() bool { return a.re.Sign() == 0 && a.im.Sign() == 0 }

func (a number) add(b number) number {
	return number{float().Add(a.re, b.re), float().Add(a.im, b.im)}
}

func (a number) neg() number { return number{float().Neg(a.re), float().Neg(a.im)} }

func (a number) mul(b number) number {
	if a.im.Sign() == 0 && b.im.Sign() == 0 {
		return realNumber(float().Mul(a.re, b.re))
	}
	re := float().Mul(a.re, b.re)
	re.Sub(re, float().Mul(a.im, b.im))
	im := float().Mul(a.re, b.im)
	im.Add(im, float().Mul(a.im, b.re))
	return number{re, im}
}

func (a number) inv() number {
	if a.zero() {
		panic(exact.Limit("division by zero"))
	}
	n := float().Mul(a.re, a.re)
	n.Add(n, float().Mul(a.im, a.im))
	return number{float().Quo(a.re, n), float().Quo(float().Neg(a.im), n)}
}

// evaluate returns the value of a at one of the points.
func (r *Ring) evaluate(a Quotient, point int) number {
	n := r.evaluateSum(a.n, point)
	if a.d == nil {
		return n
	}
	return n.mul(r.evaluateSum(a.d, point).inv())
}

func (r *Ring) evaluateSum(s Sum, point int) number {
	out := realNumber(float())
	for _, t := range s {
		out = out.add(rational(t.c).mul(r.evaluateFactors(t.f, point)))
	}
	return out
}

func (r *Ring) evaluateFactors(f []factor, point int) number {
	out := rational(exact.Int(1))
	for _, x := range f {
		r.steps += 200
		r.step()
		out = out.mul(r.evaluateFactor(x, point))
	}
	return out
}

func (r *Ring) evaluateFactor(x factor, point int) number {
	a := r.atoms[x.atom]
	if a.kind == power {
		e := r.evaluateFactors(a.mono, point).mul(rational(x.e.rat()))
		if a.base >= 0 {
			e = e.mul(ln(r.evaluateFactor(factor{a.base, whole(1)}, point)))
		}
		return exp(e)
	}
	var v number
	switch a.kind {
	case symbol:
		v = rational(sample(a.name, point))
	case prime:
		v = rational(a.num)
	case imaginary:
		v = number{float(), float().SetInt64(1)}
	case circle:
		v = realNumber(pi())
	case root:
		v = r.evaluateSum(a.sum, point)
	case function:
		v = r.evaluateFunction(a, point)
	}
	return raise(v, x.e)
}

// sample returns the value of an unknown at one of the points: a rational number between -2 and 2 that depends on its name.
func sample(name string, point int) exact.Rat {
	h := uint64(14695981039346656037)
	for i := 0; i < len(name); i++ {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	h = (h ^ uint64(point+1)*0x9E3779B97F4A7C15) * 1099511628211
	h ^= h >> 29
	n := int64(h%1_000_003) + 1
	if point == 1 {
		n = -n
	}
	return exact.Frac(2*n, 1_000_033)
}

// raise returns v to the power e; odd roots of negative numbers are real.
func raise(v number, e exponent) number {
	if e.d == 1 && e.n >= 0 && e.n < 1000 {
		out := rational(exact.Int(1))
		for b, k := v, e.n; k > 0; b, k = b.mul(b), k>>1 {
			if k&1 != 0 {
				out = out.mul(b)
			}
		}
		return out
	}
	if e.n < 0 {
		return raise(v, e.neg()).inv()
	}
	if v.zero() {
		return v
	}
	if v.real() && v.re.Sign() < 0 && e.d%2 != 0 {
		p := exp(ln(v.neg()).mul(rational(e.rat())))
		if e.n%2 != 0 {
			p = p.neg()
		}
		return p
	}
	if e.d == 2 && v.im.Sign() == 0 && v.re.Sign() > 0 {
		return raise(realNumber(float().Sqrt(v.re)), whole(e.n))
	}
	return exp(ln(v).mul(rational(e.rat())))
}

func (r *Ring) evaluateFunction(a atom, point int) number {
	arg := r.evaluate(a.args[0], point)
	switch a.name {
	case "sin":
		s, _ := sinCos(arg)
		return s
	case "cos":
		_, c := sinCos(arg)
		return c
	case "ln":
		return ln(arg)
	case "abs":
		if arg.real() {
			return realNumber(float().Abs(arg.re))
		}
		n := float().Mul(arg.re, arg.re)
		return realNumber(n.Sqrt(n.Add(n, float().Mul(arg.im, arg.im))))
	case "arctan":
		return arctan(arg)
	case "arcsin":
		return arcsin(arg)
	case "arccos":
		return realNumber(float().Quo(pi(), float().SetInt64(2))).add(arcsin(arg).neg())
	case "pow":
		e := r.evaluate(a.args[1], point)
		if arg.zero() {
			panic(exact.Limit("power of zero"))
		}
		return exp(ln(arg).mul(e))
	}
	panic(exact.Limit("no value of " + a.name))
}

// sameValue says whether a and b agree at every point.
func (r *Ring) sameValue(a, b Quotient) bool {
	n := points
	if r.constant(a) && r.constant(b) {
		n = 1
	}
	for point := range n {
		x, y := r.evaluate(a, point), r.evaluate(b, point)
		d := x.add(y.neg())
		size := float().Add(float().Abs(x.re), float().Abs(x.im))
		size.Add(size, float().Add(float().Abs(y.re), float().Abs(y.im)))
		if !small(d.re, size) || !small(d.im, size) {
			return false
		}
	}
	return true
}

// Equal says whether a and b are the same for all values of their unknowns.
func (r *Ring) Equal(a, b Quotient) bool {
	return r.Same(a, b) || r.opaque && r.sameValue(a, b)
}

// Compare returns the sign of a - b, which must be real constants.
func (r *Ring) Compare(a, b Quotient) int {
	if x, ok := a.Rational(); ok {
		if y, ok := b.Rational(); ok {
			return x.Cmp(y)
		}
	}
	if r.Equal(a, b) {
		return 0
	}
	if !r.constant(a) || !r.constant(b) {
		panic(exact.Limit("no order without values"))
	}
	x, y := r.evaluate(a, 0), r.evaluate(b, 0)
	if !x.real() || !y.real() {
		panic(exact.Limit("no order of complex numbers"))
	}
	return x.re.Cmp(y.re)
}
