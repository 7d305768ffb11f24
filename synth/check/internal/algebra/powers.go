package algebra

import (
	"math"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// powRat returns a to a rational power: the real root where there is one, else the principal one.
func (r *Ring) powRat(a Quotient, q exact.Rat) Quotient {
	switch {
	case q.Sign() == 0:
		return r.int(1)
	case q.IsOne():
		return a
	case len(a.n) == 0:
		if q.Sign() < 0 {
			panic(exact.Limit("division by zero"))
		}
		return a
	case q.Sign() < 0:
		return r.inverse(r.powRat(a, q.Neg()))
	case a.d != nil:
		return r.Div(r.powRat(Quotient{n: a.n}, q), r.powRat(Quotient{n: a.d}, q))
	case len(a.n) == 1:
		return r.powTerm(a.n[0], q)
	case q.IsInt():
		return r.powInt(a, q)
	}
	return r.powSum(a.n, q)
}

// powInt multiplies out.
func (r *Ring) powInt(a Quotient, q exact.Rat) Quotient {
	k, _, ok := q.Small()
	if !ok || k > 64 {
		return r.call("pow", a, r.Number(q))
	}
	out := r.int(1)
	for b := a; ; b = r.Mul(b, b) {
		if k&1 != 0 {
			out = r.Mul(out, b)
		}
		if k >>= 1; k == 0 {
			return out
		}
	}
}

// powSum returns a root of a sum: its whole part multiplied out, the rest of the exponent on an atom.
func (r *Ring) powSum(s Sum, q exact.Rat) Quotient {
	content := exact.Rat{}
	for _, t := range s {
		content = common(content, t.c)
	}
	s = r.scaleSum(s, content.Inv())
	floor := q.Floor()
	e := toExponent(q.Sub(floor))
	out := r.atomPower(r.rootAtom(s), e)
	if floor.Sign() != 0 {
		out = r.Mul(out, r.powInt(Quotient{n: s}, floor))
	}
	return r.Mul(out, r.powNumber(content, q))
}

// common returns the greatest positive rational that divides a and b to integers.
func common(a, b exact.Rat) exact.Rat {
	a, b = a.Abs(), b.Abs()
	for i := 0; b.Sign() != 0; i++ {
		if i > 10_000 {
			panic(exact.Limit("number too large"))
		}
		a, b = b, a.Sub(b.Mul(a.Div(b).Floor()))
	}
	return a
}

// powTerm raises a coefficient and its factors.
func (r *Ring) powTerm(t term, q exact.Rat) Quotient {
	out := r.powNumber(t.c, q)
	if len(t.f) == 0 {
		return out
	}
	e := toExponent(q)
	for _, x := range t.f {
		out = r.Mul(out, r.powFactor(x, e))
	}
	return out
}

func (r *Ring) powFactor(x factor, e exponent) Quotient {
	product := x.e.mul(e)
	switch a := r.atoms[x.atom]; a.kind {
	case prime:
		return r.settled(factor{x.atom, product})
	case imaginary:
		return r.settled(factor{x.atom, product})
	case root:
		floor := product.floor()
		out := r.int(1)
		if rest := product.add(whole(-floor)); rest.n != 0 {
			out = r.atomPower(x.atom, rest)
		}
		if floor != 0 {
			out = r.Mul(out, r.powInt(Quotient{n: a.sum}, exact.Int(int64(floor))))
		}
		return out
	case function, symbol:
		if a.name == "sin" && product.n >= 2*product.d {
			return Quotient{n: r.reduce(term{exact.Int(1), r.factorsOf(factor{x.atom, product})}, 0)}
		}
		if e.d%2 == 0 && x.e.d == 1 && x.e.n%2 == 0 && (product.d != 1 || product.n%2 != 0) && a.name != "abs" { // √(x²) = |x|
			return r.atomPower(r.functionAtom("abs", r.atomPower(x.atom, whole(1))), product)
		}
	}
	return r.atomPower(x.atom, product)
}

// settled returns a power of a prime or of i in its normal form.
func (r *Ring) settled(x factor) Quotient {
	c, f := r.settle(exact.Int(1), []factor{x})
	return Quotient{n: r.sumOf(term{c, r.factorsOf(f...)})}
}

// powNumber returns c to the power q.
func (r *Ring) powNumber(c, q exact.Rat) Quotient {
	if q.IsInt() {
		if k, _, ok := q.Small(); ok {
			if p, ok := c.Pow(k); ok {
				return r.Number(p)
			}
		}
		return r.call("pow", r.Number(c), r.Number(q))
	}
	e := toExponent(q)
	out := r.int(1)
	if c.Sign() < 0 {
		if e.d%2 == 0 {
			out = r.settled(factor{r.plain(imaginary, "", exact.Rat{}), e.mul(whole(2))})
		} else if e.n%2 != 0 {
			out = r.int(-1)
		}
		c = c.Neg()
	}
	n, d, ok := c.Small()
	if !ok {
		return r.Mul(out, r.settled(factor{r.unfactored(c), e}))
	}
	out = r.Mul(out, r.powPrimes(n, e))
	return r.Mul(out, r.powPrimes(d, e.neg()))
}

// unfactored returns the atom of a number whose factors are not looked for.
func (r *Ring) unfactored(c exact.Rat) int32 {
	r.opaque = true
	return r.plain(prime, "", c)
}

// powPrimes returns n to the power e by its prime factors.
func (r *Ring) powPrimes(n int64, e exponent) Quotient {
	out := r.int(1)
	factorize(n, func(p int64, k int32) {
		a := r.plain(prime, "", exact.Int(p))
		if p > trial*trial {
			r.opaque = true
		}
		out = r.Mul(out, r.settled(factor{a, e.mul(whole(k))}))
	})
	return out
}

// trial bounds the divisors that are tried.
const trial = 2000

// factorize calls f with the prime factors of n; what is left beyond trial division, and is no square or cube, counts as prime.
func factorize(n int64, f func(p int64, k int32)) {
	for p := int64(2); p <= trial && p*p <= n; p += 1 + p&1 {
		k := int32(0)
		for n%p == 0 {
			n, k = n/p, k+1
		}
		if k > 0 {
			f(p, k)
		}
	}
	if n == 1 {
		return
	}
	if s := int64(math.Round(math.Sqrt(float64(n)))); s*s == n {
		f(s, 2)
		return
	}
	if s := int64(math.Round(math.Cbrt(float64(n)))); s*s*s == n {
		f(s, 3)
		return
	}
	f(n, 1)
}

// Pow returns a to the power b.
func (r *Ring) Pow(a, b Quotient) Quotient {
	if q, ok := b.Rational(); ok {
		return r.powRat(a, q)
	}
	if a.d != nil || len(a.n) != 1 || b.d != nil {
		return r.call("pow", a, b)
	}
	out := r.int(1)
	for _, t := range b.n {
		out = r.Mul(out, r.powBy(a.n[0], t))
	}
	return out
}

// powBy returns the single term a to the power of the single term t.
func (r *Ring) powBy(a, t term) Quotient {
	if len(t.f) == 0 {
		return r.powRat(Quotient{n: r.sumOf(a)}, t.c)
	}
	e := toExponent(t.c)
	out := r.int(1)
	n, d, ok := a.c.Small()
	if !ok {
		return r.call("pow", Quotient{n: r.sumOf(a)}, Quotient{n: r.sumOf(t)})
	}
	if n < 0 {
		i := r.plain(imaginary, "", exact.Rat{})
		out = r.Mul(out, r.atomPower(r.powerAtom(i, t.f), e.mul(whole(2))))
		n = -n
	}
	for _, part := range [2]struct {
		n    int64
		sign int32
	}{{n, 1}, {d, -1}} {
		factorize(part.n, func(p int64, k int32) {
			at := r.powerAtom(r.plain(prime, "", exact.Int(p)), t.f)
			out = r.Mul(out, r.atomPower(at, e.mul(whole(k*part.sign))))
		})
	}
	for _, x := range a.f {
		out = r.Mul(out, r.powFactorBy(x, t.f, e))
	}
	return out
}

// powFactorBy returns x to the power of e·mono.
func (r *Ring) powFactorBy(x factor, mono []factor, e exponent) Quotient {
	a := r.atoms[x.atom]
	if a.kind != power {
		return r.atomPower(r.powerAtom(x.atom, mono), x.e.mul(e))
	}
	m, special := r.mulTerms(term{exact.Int(1), a.mono}, term{exact.Int(1), mono})
	if special >= 0 {
		return r.call("pow", r.atomPower(x.atom, x.e), Quotient{n: r.sumOf(term{e.rat(), mono})})
	}
	e = x.e.mul(e).mul(toExponent(m.c))
	if len(m.f) == 0 {
		return r.powBaseRat(a.base, e)
	}
	if a.base < 0 && r.isTurn(m.f) {
		return r.turn(e.rat())
	}
	return r.atomPower(r.powerAtom(a.base, m.f), e)
}

func (r *Ring) powBaseRat(base int32, e exponent) Quotient {
	if base < 0 {
		return r.atomPower(r.powerAtom(-1, nil), e)
	}
	return r.powFactor(factor{base, whole(1)}, e)
}

// isTurn says whether mono is iπ.
func (r *Ring) isTurn(mono []factor) bool {
	if len(mono) != 2 || mono[0].e != whole(1) || mono[1].e != whole(1) {
		return false
	}
	a, b := r.atoms[mono[0].atom].kind, r.atoms[mono[1].atom].kind
	return a == imaginary && b == circle || a == circle && b == imaginary
}

// turn returns e^(iπq) = cos πq + i sin πq.
func (r *Ring) turn(q exact.Rat) Quotient {
	i := r.atomPower(r.plain(imaginary, "", exact.Rat{}), whole(1))
	pi := r.Mul(r.Number(q), r.atomPower(r.plain(circle, "", exact.Rat{}), whole(1)))
	return r.Add(r.cos(pi), r.Mul(i, r.sin(pi)))
}
