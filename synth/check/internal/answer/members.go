package answer

import (
	"slices"
	"strings"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
	"github.com/winnow-data/winnow/synth/check/internal/notation"
)

// maxMembers bounds the members of a set or list that are compared.
const maxMembers = 64

// members says whether n is several values: a set, a list, or ±.
func members(n *notation.Node) bool {
	return n.Kind == notation.Set || n.Kind == notation.List || plusMinus(n)
}

// plusMinus says whether ± occurs in n.
func plusMinus(n *notation.Node) bool {
	if n.Kind == notation.PlusMinus {
		return true
	}
	for _, k := range n.Kids {
		if plusMinus(k) {
			return true
		}
	}
	return false
}

// expand returns the members of n: those of sets and lists, both values of ±, what stands behind "x =".
func expand(n *notation.Node) []*notation.Node {
	switch n.Kind {
	case notation.Set, notation.List:
		var out []*notation.Node
		for _, k := range n.Kids {
			if k.Kind == notation.List {
				out = append(out, k)
				continue
			}
			out = append(out, expand(k)...)
			if len(out) > maxMembers {
				panic(exact.Limit("too many members"))
			}
		}
		return out
	case notation.Relation:
		if a, ok := assigned(n); ok {
			return expand(a.value)
		}
	case notation.Quantity:
		if plusMinus(n) {
			return expand(n.Kids[0])
		}
	}
	if plusMinus(n) {
		return []*notation.Node{signed2(n, true), signed2(n, false)}
	}
	return []*notation.Node{n}
}

// signed2 returns n with + (upper) or − for every ±, and the other for every ∓.
func signed2(n *notation.Node, upper bool) *notation.Node {
	if !plusMinus(n) {
		return n
	}
	c := *n
	c.Kids = make([]*notation.Node, len(n.Kids))
	for i, k := range n.Kids {
		c.Kids[i] = signed2(k, upper)
	}
	if n.Kind != notation.PlusMinus {
		return &c
	}
	last := c.Kids[len(c.Kids)-1]
	if upper != (n.Open == '+') {
		last = &notation.Node{Kind: notation.Neg, Kids: []*notation.Node{last}}
	}
	if len(c.Kids) == 1 {
		return last
	}
	c.Kind, c.Kids = notation.Add, []*notation.Node{c.Kids[0], last}
	return &c
}

// sameMembers compares sets and lists: each member of one must be in the other. A list stands for a set, for a tuple in its order, and
// for the values of several unknowns.
func (j *Judge) sameMembers(g, a *notation.Node) Outcome {
	if g.Kind == notation.Tuple || a.Kind == notation.Tuple {
		t, l := g, a
		if a.Kind == notation.Tuple {
			t, l = a, g
		}
		if l.Kind != notation.List {
			return Different
		}
		return j.sameTuples(t, tupleOf(l))
	}
	if t, u := solutions(g), solutions(a); t != nil && u != nil {
		return j.inOrder(t, u)
	}
	if g.Kind == notation.List && a.Kind == notation.List && len(g.Kids) == len(a.Kids) && unitlike(g) {
		return j.inOrder(g.Kids, a.Kids)
	}
	x, y := expand(g), expand(a)
	if len(x) == 0 || len(y) == 0 {
		return same(len(x) == len(y))
	}
	o := worse(j.within(x, y), j.within(y, x))
	if o == Same && len(x) != len(y) && (len(x) == 1 || len(y) == 1) && (g.Kind == notation.List || a.Kind == notation.List) {
		j.reason = "one value against a list that names it more than once"
		return Unsure
	}
	return o
}

// unitlike says whether the items of a list are parts of one value: 5 hours and 30 minutes.
func unitlike(n *notation.Node) bool {
	for _, k := range n.Kids {
		if k.Kind != notation.Quantity {
			return false
		}
	}
	return true
}

// within says whether every member of x is in y.
func (j *Judge) within(x, y []*notation.Node) Outcome {
	out := Same
	for _, m := range x {
		best := Different
		for _, n := range y {
			if o := j.same(m, n); better(o, best) {
				best = o
			}
			if best == Same {
				break
			}
		}
		if out = worse(out, best); out == Different {
			return out
		}
	}
	return out
}

func better(a, b Outcome) bool { return a == Same && b != Same || a == Unsure && b == Different }

func worse(a, b Outcome) Outcome {
	if better(a, b) {
		return b
	}
	return a
}

// solutions returns the values of different unknowns in the order of their names: x=1, y=2. Without that it is nil.
func solutions(n *notation.Node) []*notation.Node {
	if n.Kind != notation.List {
		return nil
	}
	var all []assignment
	for _, k := range n.Kids {
		a, ok := assigned(k)
		if !ok || a.name == "" {
			return nil
		}
		for _, s := range all {
			if s.name == a.name {
				return nil
			}
		}
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b assignment) int { return strings.Compare(a.name, b.name) })
	values := make([]*notation.Node, len(all))
	for i, s := range all {
		values[i] = s.value
	}
	return values
}

// tupleOf returns a list as a tuple.
func tupleOf(l *notation.Node) *notation.Node {
	kids := l.Kids
	if s := solutions(l); s != nil {
		kids = s
	}
	return &notation.Node{Kind: notation.Tuple, Open: '(', Close: ')', Kids: kids}
}

// inOrder compares values one by one.
func (j *Judge) inOrder(x, y []*notation.Node) Outcome {
	if len(x) != len(y) {
		return Different
	}
	out := Same
	for i := range x {
		if out = worse(out, j.same(x[i], y[i])); out == Different {
			break
		}
	}
	return out
}

// sameTuples compares tuples, vectors and intervals: their brackets, and their members in order.
func (j *Judge) sameTuples(g, a *notation.Node) Outcome {
	if g.Kind == notation.Matrix || a.Kind == notation.Matrix {
		return j.sameMatrices(g, a)
	}
	if g.Kind != a.Kind {
		return Different
	}
	round := func(n *notation.Node) [2]byte {
		b := [2]byte{n.Open, n.Close}
		switch {
		case b == [2]byte{'<', '>'}:
			return [2]byte{'(', ')'}
		case b[0] == ']':
			b[0] = '('
		}
		if b[1] == '[' {
			b[1] = ')'
		}
		return b
	}
	if round(g) != round(a) {
		return Different
	}
	return j.inOrder(g.Kids, a.Kids)
}

// sameMatrices compares matrices; a column is a vector.
func (j *Judge) sameMatrices(g, a *notation.Node) Outcome {
	rows := func(n *notation.Node) []*notation.Node {
		switch n.Kind {
		case notation.Matrix:
			return n.Kids
		case notation.Tuple:
			if len(n.Kids) > 0 && n.Kids[0].Kind == notation.Tuple {
				return n.Kids // [[1, 2], [3, 4]]
			}
			out := make([]*notation.Node, len(n.Kids))
			for i, k := range n.Kids {
				out[i] = &notation.Node{Kind: notation.Tuple, Kids: []*notation.Node{k}}
			}
			return out
		}
		return nil
	}
	x, y := rows(g), rows(a)
	if len(x) != len(y) || len(x) == 0 || g.Kind == a.Kind && (g.Open == '|') != (a.Open == '|') {
		return Different
	}
	out := Same
	for i := range x {
		if out = worse(out, j.inOrder(x[i].Kids, y[i].Kids)); out == Different {
			break
		}
	}
	return out
}

// sameRatios compares 3:4 part by part. Ratios that are only equal in value, and a ratio with a number, are a matter of convention.
func (j *Judge) sameRatios(g, a *notation.Node) Outcome {
	x, y := measure(g), measure(a)
	if x.has && y.has && x.unit != y.unit {
		return Different
	}
	g, a = x.value, y.value
	if g.Kind == a.Kind {
		if o := j.inOrder(g.Kids, a.Kids); o != Different {
			return o
		}
		if len(g.Kids) != len(a.Kids) {
			return Different
		}
		for i := 1; i < len(g.Kids); i++ {
			x := j.ring.Mul(j.number(g.Kids[0]), j.number(a.Kids[i]))
			if !j.ring.Equal(x, j.ring.Mul(j.number(g.Kids[i]), j.number(a.Kids[0]))) {
				return Different
			}
		}
		j.reason = "the same proportion in other terms"
		return Unsure
	}
	r, n := g, a
	if a.Kind == notation.Ratio {
		r, n = a, g
	}
	if len(r.Kids) != 2 || measure(n).has {
		return Different
	}
	if !j.ring.Equal(j.ring.Div(j.number(r.Kids[0]), j.number(r.Kids[1])), j.number(n)) {
		return Different
	}
	j.reason = "a ratio against a number"
	return Unsure
}
