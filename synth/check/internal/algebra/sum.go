package algebra

import (
	"slices"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// compareFactors orders monomials.
func compareFactors(a, b []factor) int {
	for i := range a {
		if i == len(b) {
			return 1
		}
		if a[i].atom != b[i].atom {
			return int(b[i].atom - a[i].atom)
		}
		if c := a[i].e.cmp(b[i].e); c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

func equalSums(a, b Sum) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !a[i].c.Equal(b[i].c) || compareFactors(a[i].f, b[i].f) != 0 {
			return false
		}
	}
	return true
}

// addSums returns a + b.
func (r *Ring) addSums(a, b Sum) Sum {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	out := make([]term, 0, 16)
	for len(a) > 0 && len(b) > 0 {
		r.step()
		switch c := compareFactors(a[0].f, b[0].f); {
		case c < 0:
			out, a = append(out, a[0]), a[1:]
		case c > 0:
			out, b = append(out, b[0]), b[1:]
		default:
			if s := a[0].c.Add(b[0].c); s.Sign() != 0 {
				out = append(out, term{s, a[0].f})
			}
			a, b = a[1:], b[1:]
		}
	}
	out = append(append(out, a...), b...)
	return r.sumOf(out...)
}

func (r *Ring) negSum(a Sum) Sum { return r.scaleSum(a, exact.Int(-1)) }

func (r *Ring) scaleSum(a Sum, k exact.Rat) Sum {
	if k.IsOne() {
		return a
	}
	if k.Sign() == 0 {
		return nil
	}
	out := r.sumOf(a...)
	for i := range out {
		out[i].c = out[i].c.Mul(k)
	}
	return out
}

// mulSums returns a × b.
func (r *Ring) mulSums(a, b Sum) Sum {
	switch {
	case len(a) == 0 || len(b) == 0:
		return nil
	case len(a) == 1 && len(a[0].f) == 0:
		return r.scaleSum(b, a[0].c)
	case len(b) == 1 && len(b[0].f) == 0:
		return r.scaleSum(a, b[0].c)
	}
	out := make([]term, 0, 16)
	var rest Sum
	for i := range a {
		for k := range b {
			t, special := r.mulTerms(a[i], b[k])
			if special >= 0 {
				rest = r.addSums(rest, r.reduce(t, special))
				continue
			}
			out = append(out, t)
		}
	}
	return r.addSums(r.gather(out), rest)
}

// gather sorts terms and joins those with the same factors.
func (r *Ring) gather(ts []term) Sum {
	if len(ts) == 1 {
		return r.sumOf(ts...)
	}
	slices.SortFunc(ts, func(a, b term) int { return compareFactors(a.f, b.f) })
	out := ts[:0]
	for i := 0; i < len(ts); {
		t := ts[i]
		for i++; i < len(ts) && compareFactors(t.f, ts[i].f) == 0; i++ {
			t.c = t.c.Add(ts[i].c)
		}
		if t.c.Sign() != 0 {
			out = append(out, t)
		}
	}
	return r.sumOf(out...)
}

// mulTerms returns a × b; special is the index of a factor that has to be reduced, or -1.
func (r *Ring) mulTerms(a, b term) (t term, special int) {
	r.step()
	t.c = a.c.Mul(b.c)
	if len(a.f) == 0 {
		t.f = b.f
		return t, -1
	}
	if len(b.f) == 0 {
		t.f = a.f
		return t, -1
	}
	var buf [8]factor
	out := buf[:0]
	x, y := a.f, b.f
	for len(x) > 0 && len(y) > 0 {
		switch {
		case x[0].atom < y[0].atom:
			out, x = append(out, x[0]), x[1:]
		case x[0].atom > y[0].atom:
			out, y = append(out, y[0]), y[1:]
		default:
			if e := x[0].e.add(y[0].e); e.n != 0 {
				out = append(out, factor{x[0].atom, e})
			}
			x, y = x[1:], y[1:]
		}
	}
	out = append(append(out, x...), y...)
	t.c, out = r.settle(t.c, out)
	special = r.reducible(out)
	t.f = r.factorsOf(out...)
	return t, special
}

// settle takes whole powers of primes and of i into the coefficient. It works in place.
func (r *Ring) settle(c exact.Rat, f []factor) (exact.Rat, []factor) {
	out := f[:0]
	for _, x := range f {
		switch a := &r.atoms[x.atom]; a.kind {
		case prime:
			k := x.e.floor()
			if k != 0 {
				p, ok := a.num.Pow(int64(k))
				if !ok {
					panic(exact.Limit("number too large"))
				}
				c, x.e = c.Mul(p), x.e.add(whole(-k))
			}
		case imaginary: // i² = −1: exponents from 0 to below 2
			k := x.e.floor() >> 1
			if k&1 != 0 {
				c = c.Neg()
			}
			x.e = x.e.add(whole(-2 * k))
		}
		if x.e.n != 0 {
			out = append(out, x)
		}
	}
	return c, out
}

// reducible returns the index of the first factor that something simpler stands for, or -1.
func (r *Ring) reducible(f []factor) int {
	for i, x := range f {
		switch a := &r.atoms[x.atom]; a.kind {
		case root:
			if x.e.n >= x.e.d || x.e.n < 0 {
				return i
			}
		case function:
			if x.e.n >= 2*x.e.d && (a.name == "sin" || a.name == "abs" && len(a.args[0].d) == 0) {
				return i
			}
		}
	}
	return -1
}

// reduce rewrites factor k of t: a whole power of a root, sin² or |x|².
func (r *Ring) reduce(t term, k int) Sum {
	x := t.f[k]
	a := r.atoms[x.atom]
	rest := append(append(make([]factor, 0, len(t.f)), t.f[:k]...), t.f[k+1:]...)
	var by Sum
	times := x.e.floor()
	switch a.kind {
	case root:
		by = a.sum
		if times < 0 {
			panic(exact.Limit("root in a denominator"))
		}
	default:
		times /= 2
		if a.name == "abs" {
			by = r.mulSums(a.args[0].n, a.args[0].n)
		} else {
			cos := r.functionAtom("cos", a.args[0])
			by = r.addSums(r.int(1).n, Sum{{exact.Int(-1), r.factorsOf(factor{cos, whole(2)})}})
		}
		times *= 2
	}
	if e := x.e.add(whole(-times)); e.n != 0 {
		rest = append(rest, factor{x.atom, e})
		slices.SortFunc(rest, func(a, b factor) int { return int(a.atom - b.atom) })
	}
	out := Sum{{t.c, r.factorsOf(rest...)}}
	if a.kind != root {
		times /= 2
	}
	for ; times > 0; times-- {
		out = r.mulSums(out, by)
	}
	return out
}
