package algebra

import (
	"math/big"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
	"github.com/winnow-data/winnow/synth/check/internal/notation"
)

// Rational returns the value of n where it is made of rational numbers and the four operations, powers with whole exponents, factorials and percent.
// It does not touch the ring. Division by zero and numbers that are too large are a panic of [exact.Limit].
func Rational(n *notation.Node) (exact.Rat, bool) {
	switch n.Kind {
	case notation.Num:
		return n.Num, true
	case notation.Neg:
		a, ok := Rational(n.Kids[0])
		return a.Neg(), ok
	case notation.Approx:
		return Rational(n.Kids[0])
	case notation.Percent:
		a, ok := Rational(n.Kids[0])
		return a.Mul(exact.Frac(1, 100)), ok
	case notation.Abs:
		a, ok := Rational(n.Kids[0])
		return a.Abs(), ok
	case notation.Fact:
		a, ok := Rational(n.Kids[0])
		if !ok {
			return a, false
		}
		return factorial(a)
	case notation.Add, notation.Mul, notation.Div, notation.Pow:
		a, ok := Rational(n.Kids[0])
		if !ok {
			return a, false
		}
		b, ok := Rational(n.Kids[1])
		if !ok {
			return b, false
		}
		return operate(n.Kind, a, b)
	}
	return exact.Rat{}, false
}

func operate(k notation.Kind, a, b exact.Rat) (exact.Rat, bool) {
	switch k {
	case notation.Add:
		return a.Add(b), true
	case notation.Mul:
		return a.Mul(b), true
	case notation.Div:
		return a.Div(b), true
	}
	e, d, ok := b.Small()
	if !ok || d != 1 {
		return a, false
	}
	return a.Pow(e)
}

// factorial returns a! for whole numbers up to 1,000.
func factorial(a exact.Rat) (exact.Rat, bool) {
	n, d, ok := a.Small()
	if !ok || d != 1 || n < 0 || n > 1000 {
		return a, false
	}
	return exact.FromInt(new(big.Int).MulRange(1, n)), true
}

// Of returns n as a quotient. What has no value, or none that is a number, is a panic of [exact.Limit].
func (r *Ring) Of(n *notation.Node) Quotient {
	r.step()
	switch n.Kind {
	case notation.Num:
		return r.Number(n.Num)
	case notation.Sym:
		return r.Symbol(n.Str)
	case notation.Pi:
		return r.pi()
	case notation.Euler:
		return r.atomPower(r.powerAtom(-1, nil), whole(1))
	case notation.Imag:
		return r.atomPower(r.plain(imaginary, "", exact.Rat{}), whole(1))
	case notation.Add:
		return r.Add(r.Of(n.Kids[0]), r.Of(n.Kids[1]))
	case notation.Mul:
		return r.Mul(r.Of(n.Kids[0]), r.Of(n.Kids[1]))
	case notation.Div:
		return r.Div(r.Of(n.Kids[0]), r.Of(n.Kids[1]))
	case notation.Neg:
		return r.Neg(r.Of(n.Kids[0]))
	case notation.Pow:
		return r.Pow(r.Of(n.Kids[0]), r.Of(n.Kids[1]))
	case notation.Percent:
		return r.Mul(r.Of(n.Kids[0]), r.Number(exact.Frac(1, 100)))
	case notation.Degree:
		return r.Mul(r.Mul(r.Of(n.Kids[0]), r.Number(exact.Frac(1, 180))), r.pi())
	case notation.Approx:
		return r.Of(n.Kids[0])
	case notation.Abs:
		return r.abs(r.Of(n.Kids[0]))
	case notation.Fact:
		a := r.Of(n.Kids[0])
		if q, ok := a.Rational(); ok {
			if f, ok := factorial(q); ok {
				return r.Number(f)
			}
		}
		return r.call("fact", a)
	case notation.Call:
		return r.apply(n)
	}
	panic(exact.Limit("no number"))
}

// apply calculates a function.
func (r *Ring) apply(n *notation.Node) Quotient {
	args := make([]Quotient, len(n.Kids))
	for i, k := range n.Kids {
		args[i] = r.Of(k)
	}
	if len(args) == 0 {
		panic(exact.Limit("function without argument"))
	}
	a := args[0]
	switch name := n.Str; name {
	case "sin":
		return r.sin(a)
	case "cos":
		return r.cos(a)
	case "tan":
		return r.Div(r.sin(a), r.cos(a))
	case "cot":
		return r.Div(r.cos(a), r.sin(a))
	case "sec":
		return r.inverse(r.cos(a))
	case "csc":
		return r.inverse(r.sin(a))
	case "arcsin", "arccos", "arctan":
		return r.arc(name, a)
	case "exp":
		return r.Pow(r.atomPower(r.powerAtom(-1, nil), whole(1)), a)
	case "sinh", "cosh", "tanh":
		return r.hyperbolic(name, a)
	case "ln":
		return r.ln(a)
	case "log", "lg":
		base := r.int(10)
		if len(args) > 1 {
			base = args[1]
		}
		return r.Div(r.ln(a), r.ln(base))
	case "abs":
		return r.abs(a)
	default:
		return r.discrete(name, args)
	}
}

func (r *Ring) hyperbolic(name string, a Quotient) Quotient {
	e := r.atomPower(r.powerAtom(-1, nil), whole(1))
	up, down := r.Pow(e, a), r.Pow(e, r.Neg(a))
	half := r.Number(exact.Frac(1, 2))
	sinh, cosh := r.Mul(half, r.Sub(up, down)), r.Mul(half, r.Add(up, down))
	switch name {
	case "sinh":
		return sinh
	case "cosh":
		return cosh
	}
	return r.Div(sinh, cosh)
}

// discrete calculates functions of whole numbers; of anything else they are atoms.
func (r *Ring) discrete(name string, args []Quotient) Quotient {
	v := make([]exact.Rat, len(args))
	whole := true
	for i, a := range args {
		q, ok := a.Rational()
		if !ok {
			return r.call(name, args...)
		}
		v[i], whole = q, whole && q.IsInt()
	}
	switch name {
	case "floor":
		return r.Number(v[0].Floor())
	case "ceil":
		return r.Number(v[0].Neg().Floor().Neg())
	case "max", "min":
		best := v[0]
		for _, x := range v[1:] {
			if x.Cmp(best) > 0 == (name == "max") {
				best = x
			}
		}
		return r.Number(best)
	case "binom":
		n, _, ok1 := v[0].Small()
		k, _, ok2 := v[1].Small()
		if whole && ok1 && ok2 && n >= 0 && n <= 1000 && k >= 0 {
			return r.Number(exact.FromInt(new(big.Int).Binomial(n, k)))
		}
	case "gcd", "lcm":
		if whole {
			return r.Number(divisors(name, v))
		}
	}
	return r.call(name, args...)
}

func divisors(name string, v []exact.Rat) exact.Rat {
	out := v[0].Abs()
	for _, x := range v[1:] {
		x = x.Abs()
		if out.Sign() == 0 || x.Sign() == 0 {
			return exact.Rat{}
		}
		g := common(out, x)
		if name == "gcd" {
			out = g
		} else {
			out = out.Mul(x).Div(g)
		}
	}
	return out
}

// abs returns |a|.
func (r *Ring) abs(a Quotient) Quotient {
	if q, ok := a.Rational(); ok {
		return r.Number(q.Abs())
	}
	if r.constant(a) {
		v := r.evaluate(a, 0)
		if !v.real() { // |x + iy|
			i := r.plain(imaginary, "", exact.Rat{})
			conjugate := Quotient{r.conjugate(a.n, i), r.conjugate(a.d, i)}
			return r.powRat(r.Mul(a, conjugate), exact.Frac(1, 2))
		}
		if v.re.Sign() < 0 {
			return r.Neg(a)
		}
		return a
	}
	if a.d == nil && len(a.n) == 1 { // |3x| = 3|x|
		t := a.n[0]
		inner := Quotient{n: r.sumOf(term{exact.Int(1), t.f})}
		return r.Mul(r.Number(t.c.Abs()), r.call("abs", inner))
	}
	if r.leadsNegative(a) {
		a = r.Neg(a)
	}
	return r.call("abs", a)
}

// conjugate returns s with −i for i.
func (r *Ring) conjugate(s Sum, i int32) Sum {
	if s == nil {
		return nil
	}
	out := r.sumOf(s...)
	for k, t := range out {
		for _, x := range t.f {
			if x.atom == i && x.e.n%2 != 0 {
				out[k].c = t.c.Neg()
			}
		}
	}
	return out
}
