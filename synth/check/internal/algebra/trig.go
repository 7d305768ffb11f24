package algebra

import "github.com/winnow-data/winnow/synth/check/internal/exact"

// sin returns sin a, by its value at multiples of π/12, else as an atom with a positive argument.
func (r *Ring) sin(a Quotient) Quotient {
	if turn, ok := r.ofPi(a); ok {
		if v, ok := r.sinPi(turn); ok {
			return v
		}
	}
	if neg := r.leadsNegative(a); neg {
		return r.Neg(r.call("sin", r.Neg(a)))
	}
	return r.call("sin", a)
}

// cos returns cos a.
func (r *Ring) cos(a Quotient) Quotient {
	if turn, ok := r.ofPi(a); ok {
		if v, ok := r.sinPi(turn.Add(exact.Frac(1, 2))); ok {
			return v
		}
	}
	if r.leadsNegative(a) {
		a = r.Neg(a)
	}
	return r.call("cos", a)
}

// ofPi returns a/π where that is rational.
func (r *Ring) ofPi(a Quotient) (exact.Rat, bool) {
	if a.d != nil || len(a.n) > 1 {
		return exact.Rat{}, false
	}
	if len(a.n) == 0 {
		return exact.Rat{}, true
	}
	f := a.n[0].f
	return a.n[0].c, len(f) == 1 && r.atoms[f[0].atom].kind == circle && f[0].e == whole(1)
}

func (r *Ring) leadsNegative(a Quotient) bool { return len(a.n) > 0 && a.n[0].c.Sign() < 0 }

// sinPi returns sin πq where q is a multiple of 1/12.
func (r *Ring) sinPi(q exact.Rat) (Quotient, bool) {
	k := q.Mul(exact.Int(12))
	if !k.IsInt() {
		return Quotient{}, false
	}
	k = k.Sub(k.Div(exact.Int(24)).Floor().Mul(exact.Int(24)))
	n, _, _ := k.Small()
	neg := n >= 12
	if n %= 12; n > 6 {
		n = 12 - n
	}
	half := exact.Frac(1, 2)
	sqrt := func(n int64, c exact.Rat) Quotient { return r.Mul(r.Number(c), r.powNumber(exact.Int(n), half)) }
	var v Quotient
	switch n {
	case 1, 5:
		v = sqrt(2, exact.Frac(1, 4))
		if n == 1 {
			v = r.Neg(v)
		}
		v = r.Add(sqrt(6, exact.Frac(1, 4)), v)
	case 2:
		v = r.Number(half)
	case 3:
		v = sqrt(2, half)
	case 4:
		v = sqrt(3, half)
	case 6:
		v = r.int(1)
	}
	if neg {
		v = r.Neg(v)
	}
	return v, true
}

// arc returns the principal angle whose sine, cosine or tangent is a, where it is a multiple of π/12.
func (r *Ring) arc(name string, a Quotient) Quotient {
	from, to := int64(-6), int64(6)
	if name == "arccos" {
		from, to = 0, 12
	}
	for k := from; k <= to; k++ {
		q := exact.Frac(k, 12)
		var v Quotient
		switch name {
		case "arcsin":
			v, _ = r.sinPi(q)
		case "arccos":
			v, _ = r.sinPi(q.Add(exact.Frac(1, 2)))
		default:
			if k == from || k == to {
				continue
			}
			s, _ := r.sinPi(q)
			c, _ := r.sinPi(q.Add(exact.Frac(1, 2)))
			v = r.Div(s, c)
		}
		if r.Same(v, a) {
			return r.Mul(r.Number(q), r.pi())
		}
	}
	return r.call(name, a)
}

func (r *Ring) pi() Quotient { return r.atomPower(r.plain(circle, "", exact.Rat{}), whole(1)) }

// ln returns the natural logarithm of a, taken apart into those of primes and unknowns.
func (r *Ring) ln(a Quotient) Quotient {
	if a.d != nil {
		return r.Sub(r.ln(Quotient{n: a.n}), r.ln(Quotient{n: a.d}))
	}
	if len(a.n) == 0 {
		panic(exact.Limit("logarithm of zero"))
	}
	if len(a.n) > 1 {
		return r.call("ln", a)
	}
	t := a.n[0]
	out := r.lnNumber(t.c)
	for _, x := range t.f {
		v := r.Number(x.e.rat())
		switch at := r.atoms[x.atom]; {
		case at.kind == power && at.base < 0:
			v = r.Mul(v, Quotient{n: r.sumOf(term{exact.Int(1), at.mono})})
		case at.kind == power:
			v = r.Mul(v, r.Mul(Quotient{n: r.sumOf(term{exact.Int(1), at.mono})}, r.ln(r.atomPower(at.base, whole(1)))))
		default:
			v = r.Mul(v, r.call("ln", r.atomPower(x.atom, whole(1))))
		}
		out = r.Add(out, v)
	}
	return out
}

func (r *Ring) lnNumber(c exact.Rat) Quotient {
	out := Quotient{}
	if c.Sign() < 0 {
		out = r.Mul(r.atomPower(r.plain(imaginary, "", exact.Rat{}), whole(1)), r.pi())
		c = c.Neg()
	}
	n, d, ok := c.Small()
	if !ok {
		if k := c.Bits(); c.IsInt() && k < 4000 { // 10^k
			p, e := c, int64(0)
			for ten := exact.Int(10); p.Cmp(exact.Int(1)) > 0 && p.Div(ten).IsInt(); e++ {
				p = p.Div(ten)
			}
			if p.IsOne() {
				return r.Add(out, r.Mul(r.int(e), r.Add(r.lnPrimes(2, 1), r.lnPrimes(5, 1))))
			}
		}
		return r.Add(out, r.call("ln", r.Number(c)))
	}
	return r.Add(out, r.Add(r.lnPrimes(n, 1), r.lnPrimes(d, -1)))
}

func (r *Ring) lnPrimes(n int64, sign int64) Quotient {
	out := Quotient{}
	factorize(n, func(p int64, k int32) {
		out = r.Add(out, r.Mul(r.int(sign*int64(k)), r.call("ln", r.int(p))))
	})
	return out
}
