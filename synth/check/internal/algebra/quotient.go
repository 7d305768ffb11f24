package algebra

import (
	"slices"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// Add returns a + b.
func (r *Ring) Add(a, b Quotient) Quotient {
	if a.d == nil && b.d == nil {
		return Quotient{n: r.addSums(a.n, b.n)}
	}
	if a.d != nil && b.d != nil && equalSums(a.d, b.d) {
		return r.over(r.addSums(a.n, b.n), a.d)
	}
	n := r.addSums(r.times(a.n, b.d), r.times(b.n, a.d))
	return r.over(n, r.product(a.d, b.d))
}

// Neg returns -a.
func (r *Ring) Neg(a Quotient) Quotient { return Quotient{r.negSum(a.n), a.d} }

// Sub returns a - b.
func (r *Ring) Sub(a, b Quotient) Quotient { return r.Add(a, r.Neg(b)) }

// Mul returns a × b.
func (r *Ring) Mul(a, b Quotient) Quotient {
	return r.over(r.mulSums(a.n, b.n), r.product(a.d, b.d))
}

// Div returns a / b.
func (r *Ring) Div(a, b Quotient) Quotient { return r.Mul(a, r.inverse(b)) }

// times returns a × d, where a nil d is 1.
func (r *Ring) times(a, d Sum) Sum {
	if d == nil {
		return a
	}
	return r.mulSums(a, d)
}

func (r *Ring) product(a, b Sum) Sum {
	if a == nil {
		return b
	}
	return r.times(a, b)
}

// over returns n/d. A denominator of one term goes up into the numerator.
func (r *Ring) over(n, d Sum) Quotient {
	if d == nil || len(n) == 0 {
		return Quotient{n: n}
	}
	if len(d) == 0 {
		panic(exact.Limit("division by zero"))
	}
	if len(d) == 1 {
		inv := r.inverse(Quotient{n: d})
		return Quotient{n: r.mulSums(n, inv.n), d: inv.d}
	}
	return Quotient{n, d}
}

// inverse returns 1/a.
func (r *Ring) inverse(a Quotient) Quotient {
	switch {
	case len(a.n) == 0:
		panic(exact.Limit("division by zero"))
	case len(a.n) > 1:
		if a.d == nil {
			return Quotient{r.int(1).n, a.n}
		}
		return Quotient{a.d, a.n}
	}
	t := a.n[0]
	c := t.c.Inv()
	f := make([]factor, 0, 8)
	var below Sum
	for _, x := range t.f {
		if at := &r.atoms[x.atom]; at.kind == root { // 1/√s = √s/s
			below = r.product(below, at.sum)
			f = append(f, factor{x.atom, whole(1).add(x.e.neg())})
			continue
		}
		f = append(f, factor{x.atom, x.e.neg()})
	}
	c, f = r.settle(c, f)
	inv := Quotient{n: r.sumOf(term{c, r.factorsOf(f...)}), d: below}
	if a.d != nil {
		inv.n = r.mulSums(inv.n, a.d)
	}
	return inv
}

// Same says whether a and b are written the same in this ring.
func (r *Ring) Same(a, b Quotient) bool {
	if a.d == nil && b.d == nil {
		return equalSums(a.n, b.n)
	}
	return equalSums(r.times(a.n, b.d), r.times(b.n, a.d))
}

// Rational returns a where it is a rational number.
func (a Quotient) Rational() (exact.Rat, bool) {
	if a.d != nil || len(a.n) > 1 {
		return exact.Rat{}, false
	}
	if len(a.n) == 0 {
		return exact.Rat{}, true
	}
	return a.n[0].c, len(a.n[0].f) == 0
}

// constant says whether no unknown occurs in a.
func (r *Ring) constant(a Quotient) bool {
	return !slices.ContainsFunc(a.n, r.unknownTerm) && !slices.ContainsFunc(a.d, r.unknownTerm)
}

func (r *Ring) unknownTerm(t term) bool { return slices.ContainsFunc(t.f, r.unknownFactor) }

// unknownFactor says whether an unknown occurs in the atom of x.
func (r *Ring) unknownFactor(x factor) bool {
	switch a := &r.atoms[x.atom]; a.kind {
	case symbol:
		return true
	case power:
		return a.base >= 0 && r.unknownFactor(factor{atom: a.base}) || slices.ContainsFunc(a.mono, r.unknownFactor)
	case root:
		return slices.ContainsFunc(a.sum, r.unknownTerm)
	case function:
		return slices.ContainsFunc(a.args, func(q Quotient) bool { return !r.constant(q) })
	}
	return false
}
