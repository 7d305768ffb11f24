package answer

import (
	"strings"

	"github.com/winnow-data/winnow/synth/check/internal/algebra"
	"github.com/winnow-data/winnow/synth/check/internal/exact"
	"github.com/winnow-data/winnow/synth/check/internal/notation"
)

// isSet says whether n can only be a set of real numbers: an inequality, a union, ℝ, an interval with ∞ or with mixed brackets.
func isSet(n *notation.Node) bool {
	switch n.Kind {
	case notation.Union, notation.Meet, notation.Without, notation.Space:
		return true
	case notation.Relation:
		return n.Ops != "E" && strings.Trim(n.Ops, "<>lg#") == ""
	case notation.Tuple:
		if len(n.Kids) != 2 {
			return false
		}
		mixed := n.Open == ']' || n.Close == '[' || (n.Open == '(') != (n.Close == ')')
		return mixed || infinity(n.Kids[0]) != 0 || infinity(n.Kids[1]) != 0
	case notation.List:
		for _, k := range n.Kids {
			if k.Kind != notation.Relation || !isSet(k) {
				return false
			}
		}
		return true
	case notation.Set:
		return len(n.Kids) == 1 && n.Kids[0].Kind == notation.Relation && isSet(n.Kids[0]) || len(n.Kids) == 1 && n.Kids[0].Kind == notation.List && isSet(n.Kids[0])
	}
	return false
}

// sameSets compares as sets of real numbers. ok is false where a side is none.
func (j *Judge) sameSets(g, a *notation.Node) (o Outcome, ok bool) {
	if g.Kind == notation.Space && a.Kind == notation.Space {
		return same(g.Str == a.Str), true
	}
	var x, y algebra.Set
	var n, m string
	err := j.ring.Try(func() {
		x, n = j.set(g)
		y, m = j.set(a)
		if !j.ring.SameSet(x, y) {
			return
		}
		o = Same
		if n != "" && m != "" && n != m {
			j.reason = "another name for the unknown"
			o = Unsure
		}
	})
	return o, err == nil
}

// notSet is the panic of what is no set of real numbers.
const notSet = exact.Limit("no set of real numbers")

// set returns n as a set of real numbers, and the name of the unknown it is written with.
func (j *Judge) set(n *notation.Node) (s algebra.Set, name string) {
	switch n.Kind {
	case notation.Space:
		if n.Str != "R" {
			panic(notSet)
		}
		return algebra.Line(), ""
	case notation.Union, notation.Meet, notation.Without:
		x, p := j.set(n.Kids[0])
		y, q := j.set(n.Kids[1])
		if p == "" {
			p = q
		}
		switch n.Kind {
		case notation.Union:
			return j.ring.Union(x, y), p
		case notation.Meet:
			return j.ring.Meet(x, y), p
		}
		return j.ring.Meet(x, j.ring.Complement(y)), p
	case notation.Tuple:
		return j.interval(n), ""
	case notation.Set, notation.List:
		return j.collected(n)
	case notation.Relation:
		return j.solved(n)
	case notation.PlusMinus:
		return j.collected(&notation.Node{Kind: notation.Set, Kids: expand(n)})
	case notation.Text, notation.Matrix, notation.Ratio, notation.Quantity:
		panic(notSet)
	}
	if hasUnknown(n) {
		panic(notSet)
	}
	return algebra.Point(j.number(n)), ""
}

// interval returns the interval that a pair in brackets is.
func (j *Judge) interval(n *notation.Node) algebra.Set {
	if len(n.Kids) != 2 || n.Open == '<' {
		panic(notSet)
	}
	lo, hi := j.bound(n.Kids[0]), j.bound(n.Kids[1])
	lo.Closed = n.Open == '[' && lo.Infinite == 0
	hi.Closed = n.Close == ']' && hi.Infinite == 0
	return j.ring.Interval(lo, hi)
}

func (j *Judge) bound(n *notation.Node) algebra.Bound {
	if k := infinity(n); k != 0 {
		return algebra.Bound{Infinite: k}
	}
	return algebra.Bound{Value: j.number(n)}
}

// collected joins the members of a set or a list: relations joined by "and" or a comma must hold together, others make a union.
func (j *Judge) collected(n *notation.Node) (s algebra.Set, name string) {
	together := n.Kind == notation.List && n.Open != 'o' && isSet(n)
	if together {
		s = algebra.Line()
	}
	for _, k := range n.Kids {
		t, m := j.set(k)
		if name == "" {
			name = m
		}
		if m != "" && m != name {
			panic(notSet)
		}
		if together {
			s = j.ring.Meet(s, t)
		} else {
			s = j.ring.Union(s, t)
		}
	}
	return s, name
}

// solved returns what satisfies a relation in one unknown: x ≤ 3, 1 < x < 3, |x| > 1, x ≠ 2, x ∈ S, x = 5.
func (j *Judge) solved(n *notation.Node) (s algebra.Set, name string) {
	if n.Ops == "E" {
		if n.Kids[0].Kind != notation.Sym {
			panic(notSet)
		}
		s, _ = j.set(n.Kids[1])
		return s, n.Kids[0].Str
	}
	s = algebra.Line()
	for i := range n.Ops {
		op := n.Ops[i]
		if op == 'E' || op == '~' {
			panic(notSet)
		}
		left, right := n.Kids[i], n.Kids[i+1]
		if infinity(left) != 0 || infinity(right) != 0 { // -∞ < x < 3
			continue
		}
		t, m := j.ring.Solve(left, op, right)
		if name != "" && m != name {
			panic(notSet)
		}
		name = m
		s = j.ring.Meet(s, t)
	}
	return s, name
}
