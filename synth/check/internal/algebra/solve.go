package algebra

import (
	"github.com/winnow-data/winnow/synth/check/internal/exact"
	"github.com/winnow-data/winnow/synth/check/internal/notation"
)

// SameEquation says whether a = b and c = d are the same equation up to a constant factor.
func (r *Ring) SameEquation(a, b, c, d *notation.Node) bool {
	x := r.cleared(r.Sub(r.Of(a), r.Of(b)).n)
	y := r.cleared(r.Sub(r.Of(c), r.Of(d)).n)
	if len(x) == 0 || len(y) == 0 {
		return len(x) == len(y)
	}
	lead := r.unknowns(x[0].f)
	p, q := r.coefficient(x, lead), r.coefficient(y, lead)
	if len(p) == 0 || len(q) == 0 {
		return false
	}
	return equalSums(r.mulSums(x, q), r.mulSums(y, p))
}

// cleared multiplies s with the unknowns that it divides by.
func (r *Ring) cleared(s Sum) Sum {
	var least []factor
	for _, t := range s {
		for _, x := range t.f {
			if x.e.n >= 0 || r.atoms[x.atom].kind != symbol {
				continue
			}
			found := false
			for i := range least {
				if least[i].atom == x.atom {
					found = true
					if x.e.cmp(least[i].e) < 0 {
						least[i].e = x.e
					}
				}
			}
			if !found {
				least = append(least, x)
			}
		}
	}
	for _, x := range least {
		s = r.mulSums(s, Sum{{exact.Int(1), r.factorsOf(factor{x.atom, x.e.neg()})}})
	}
	return s
}

// unknowns returns the factors of f with unknowns in them.
func (r *Ring) unknowns(f []factor) []factor {
	var out []factor
	for _, x := range f {
		if r.unknownFactor(x) {
			out = append(out, x)
		}
	}
	return out
}

// coefficient returns what stands in s before the unknowns of lead.
func (r *Ring) coefficient(s Sum, lead []factor) Sum {
	var out []term
	for _, t := range s {
		if compareFactors(r.unknowns(t.f), lead) != 0 {
			continue
		}
		var rest []factor
		for _, x := range t.f {
			if !r.unknownFactor(x) {
				rest = append(rest, x)
			}
		}
		out = append(out, term{t.c, rest})
	}
	return r.gather(out)
}

// Solve returns the numbers for which "left op right" holds, and the name of the unknown. It solves what is linear or quadratic in one unknown, and
// the absolute value of what is linear; anything else is a panic of [exact.Limit].
func (r *Ring) Solve(left *notation.Node, op byte, right *notation.Node) (Set, string) {
	if right.Kind == notation.Abs && left.Kind != notation.Abs {
		left, right, op = right, left, flip(op)
	}
	if left.Kind == notation.Abs {
		return r.solveAbs(left.Kids[0], op, r.Of(right))
	}
	return r.solve(r.Sub(r.Of(left), r.Of(right)), op)
}

func flip(op byte) byte {
	switch op {
	case '<':
		return '>'
	case '>':
		return '<'
	case 'l':
		return 'g'
	case 'g':
		return 'l'
	}
	return op
}

// solveAbs solves |n| op c.
func (r *Ring) solveAbs(n *notation.Node, op byte, c Quotient) (Set, string) {
	if !r.constant(c) {
		panic(noSolution)
	}
	x := r.Of(n)
	above, name := r.solve(r.Sub(x, c), op)
	below, _ := r.solve(r.Add(x, c), flip(op))
	if op == '<' || op == 'l' || op == '#' {
		return r.Meet(above, below), name
	}
	if r.Compare(c, Quotient{}) < 0 && op != '=' {
		return Line(), name
	}
	return r.Union(above, below), name
}

// solve solves q op 0.
func (r *Ring) solve(q Quotient, op byte) (Set, string) {
	if q.d != nil {
		panic(noSolution)
	}
	var coefficients [3]Sum
	name, at := "", int32(-1)
	for _, t := range q.n {
		degree := int32(0)
		var rest []factor
		for _, x := range t.f {
			if !r.unknownFactor(x) {
				rest = append(rest, x)
				continue
			}
			if r.atoms[x.atom].kind != symbol || x.e.d != 1 || x.e.n < 1 || x.e.n > 2 || at >= 0 && at != x.atom {
				panic(noSolution)
			}
			at, name, degree = x.atom, r.atoms[x.atom].name, x.e.n
		}
		coefficients[degree] = r.addSums(coefficients[degree], Sum{{t.c, rest}})
	}
	if at < 0 {
		panic(noSolution)
	}
	c := [3]Quotient{{n: coefficients[0]}, {n: coefficients[1]}, {n: coefficients[2]}}
	if len(c[2].n) == 0 {
		return r.half(r.Neg(r.Div(c[0], c[1])), op, r.Compare(c[1], Quotient{})), name
	}
	return r.quadratic(c, op), name
}

// half returns the half line beyond x, on the side that op and the sign of the slope tell.
func (r *Ring) half(x Quotient, op byte, sign int) Set {
	if sign < 0 {
		op = flip(op)
	}
	switch op {
	case '=':
		return Point(x)
	case '#':
		return r.Complement(Point(x))
	case '<', 'l':
		return Set{{Bound{Infinite: -1}, Bound{Value: x, Closed: op == 'l'}}}
	}
	return Set{{Bound{Value: x, Closed: op == 'g'}, Bound{Infinite: 1}}}
}

// quadratic solves c₂x² + c₁x + c₀ op 0.
func (r *Ring) quadratic(c [3]Quotient, op byte) Set {
	up := r.Compare(c[2], Quotient{}) > 0
	four := r.Mul(r.int(4), r.Mul(c[0], c[2]))
	d := r.Sub(r.Mul(c[1], c[1]), four)
	var inside, roots Set // where the parabola lies below its axis if it opens upwards
	switch r.Compare(d, Quotient{}) {
	case 0:
		roots = Point(r.Neg(r.Div(c[1], r.Mul(r.int(2), c[2]))))
	case 1:
		s := r.powRat(d, exact.Frac(1, 2))
		two := r.Mul(r.int(2), c[2])
		x, y := r.Div(r.Sub(r.Neg(c[1]), s), two), r.Div(r.Add(r.Neg(c[1]), s), two)
		if r.Compare(x, y) > 0 {
			x, y = y, x
		}
		inside = Set{{Bound{Value: x}, Bound{Value: y}}}
		roots = r.Union(Point(x), Point(y))
	}
	if !up {
		op = flip(op)
	}
	switch op {
	case '=':
		return roots
	case '#':
		return r.Complement(roots)
	case '<':
		return inside
	case 'l':
		return r.Union(inside, roots)
	case '>':
		return r.Complement(r.Union(inside, roots))
	}
	return r.Complement(inside)
}

// Near says whether the constant p differs from y by less than a millionth, absolutely and of its size.
func (r *Ring) Near(p Quotient, y exact.Rat) bool {
	if !r.constant(p) {
		return false
	}
	near := false
	err := r.Try(func() {
		v := r.evaluate(p, 0)
		if !v.real() {
			return
		}
		x, _ := v.re.Float64()
		d, size := x-y.Float(), x
		if size < 0 {
			size = -size
		}
		near = d <= 1e-6*min(size, 1) && -d <= 1e-6*min(size, 1)
	})
	return near && err == nil
}
