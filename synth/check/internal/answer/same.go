package answer

import (
	"github.com/winnow-data/winnow/synth/check/internal/algebra"
	"github.com/winnow-data/winnow/synth/check/internal/exact"
	"github.com/winnow-data/winnow/synth/check/internal/notation"
)

// same compares two values by what they are.
func (j *Judge) same(g, a *notation.Node) Outcome {
	if g.Kind == notation.Relation || a.Kind == notation.Relation {
		return j.sameRelations(g, a)
	}
	if (g.Base != 0 || a.Base != 0) && g.Kind == notation.Num && a.Kind == notation.Num {
		return j.sameBases(g, a)
	}
	if isSet(g) || isSet(a) {
		if o, ok := j.sameSets(g, a); ok {
			return o
		}
	}
	if members(g) || members(a) {
		return j.sameMembers(g, a)
	}
	switch {
	case g.Kind == notation.Tuple || a.Kind == notation.Tuple:
		return j.sameTuples(g, a)
	case g.Kind == notation.Matrix || a.Kind == notation.Matrix:
		return j.sameMatrices(g, a)
	case measure(g).value.Kind == notation.Ratio || measure(a).value.Kind == notation.Ratio:
		return j.sameRatios(g, a)
	case infinity(g) != 0 || infinity(a) != 0:
		return same(infinity(g) == infinity(a))
	case g.Kind == notation.Text || a.Kind == notation.Text:
		return same(g.Kind == a.Kind && words(g.Str) == words(a.Str))
	}
	return j.sameQuantities(g, a)
}

// sameBases compares numbers of which at least one is written with its base.
func (j *Judge) sameBases(g, a *notation.Node) Outcome {
	if g.Num.Equal(a.Num) {
		return Same
	}
	based, other := g, a
	if g.Base == 0 {
		based, other = a, g
	}
	if other.Base == 0 && digitsOf(other, based) {
		j.reason = "the digits agree, the base is left out"
		return Unsure
	}
	return Different
}

// digitsOf says whether a, written without a base, has the digits of g.
func digitsOf(a, g *notation.Node) bool {
	v, place, n := exact.Rat{}, exact.Int(1), a.Num
	for n.Sign() > 0 {
		ten := n.Div(exact.Int(10)).Floor()
		v = v.Add(n.Sub(ten.Mul(exact.Int(10))).Mul(place))
		place, n = place.Mul(exact.Int(int64(g.Base))), ten
	}
	return v.Equal(g.Num) && !a.Num.Equal(g.Num)
}

// infinity returns the sign of ∞, 0 for anything else.
func infinity(n *notation.Node) int {
	switch n.Kind {
	case notation.Inf:
		return 1
	case notation.Neg:
		return -infinity(n.Kids[0])
	}
	return 0
}

// sameNumbers compares expressions.
func (j *Judge) sameNumbers(g, a *notation.Node) Outcome {
	x, ok := algebra.Rational(g)
	if ok {
		if y, ok := algebra.Rational(a); ok {
			if x.Equal(y) {
				return Same
			}
			return j.rounded(g, a, x, y)
		}
	}
	p, q := j.number(g), j.number(a)
	if j.ring.Equal(p, q) {
		return Same
	}
	if y, ok := q.Rational(); ok && j.ring.Near(p, y) && decimal(a) {
		j.reason = "equal to six digits, not exactly"
		return Unsure
	}
	return Different
}

// rounded says whether y, a decimal, differs from x by less than a millionth: neither right nor wrong.
func (j *Judge) rounded(g, a *notation.Node, x, y exact.Rat) Outcome {
	if x.IsInt() && y.IsInt() || !decimal(a) && !decimal(g) {
		return Different
	}
	d := x.Sub(y).Abs()
	limit := exact.Frac(1, 1_000_000)
	if m := x.Abs(); m.Cmp(exact.Int(1)) < 0 {
		limit = limit.Mul(m)
	}
	if d.Cmp(limit) > 0 {
		return Different
	}
	j.reason = "equal to six digits, not exactly"
	return Unsure
}

// decimal says whether n is written with a decimal point.
func decimal(n *notation.Node) bool {
	switch n.Kind {
	case notation.Neg, notation.Approx, notation.Percent:
		return decimal(n.Kids[0])
	}
	return n.Kind == notation.Num && !n.Bare
}
