package answer

import (
	"strings"

	"github.com/winnow-data/winnow/synth/check/internal/notation"
)

// An assignment is a value with the name it is given: x = 5, f(x) = x², (x, y) = (1, 2), x ∈ {1, 2}, 2 + 3 = 5.
type assignment struct {
	name  string // "" where the left side is a calculation
	value *notation.Node
}

// assigned returns n as an assignment.
func assigned(n *notation.Node) (assignment, bool) {
	if n.Kind != notation.Relation {
		return assignment{value: n}, true
	}
	last := len(n.Kids) - 1
	if n.Ops == "E" {
		return assignment{named(n.Kids[0]), n.Kids[1]}, named(n.Kids[0]) != ""
	}
	if strings.Trim(n.Ops, "=~") != "" {
		return assignment{}, false
	}
	value := n.Kids[last]
	if k := strings.IndexByte(n.Ops, '~'); k > 0 || k == 0 && !isName(n.Kids[0]) {
		value = n.Kids[k] // what is rounded behind ≈ stands exactly before it
	}
	name := named(n.Kids[0])
	if name != "" && !occurs(name, value) {
		return assignment{name, value}, true
	}
	if last == 1 {
		if name = named(n.Kids[1]); name != "" && !hasUnknown(n.Kids[0]) {
			return assignment{name, n.Kids[0]}, true // 5 = x
		}
	}
	for _, k := range n.Kids {
		if hasUnknown(k) {
			return assignment{}, false
		}
	}
	return assignment{value: value}, true // 48 + 24 = 72
}

func isName(n *notation.Node) bool { return named(n) != "" }

// named returns the name that n is: an unknown, f(x), a tuple of unknowns; "" for anything else.
func named(n *notation.Node) string {
	switch n.Kind {
	case notation.Sym:
		return n.Str
	case notation.Euler:
		return "e"
	case notation.Imag:
		return "i"
	case notation.Mul:
		if n.Open == '(' && n.Kids[0].Kind == notation.Sym {
			return n.Kids[0].Str + "()"
		}
	case notation.Tuple:
		var b strings.Builder
		for _, k := range n.Kids {
			if k.Kind != notation.Sym {
				return ""
			}
			b.WriteString(k.Str)
			b.WriteByte(',')
		}
		return b.String()
	}
	return ""
}

// occurs says whether the unknown of a name occurs in n.
func occurs(name string, n *notation.Node) bool {
	if n.Kind == notation.Sym && n.Str == name {
		return true
	}
	for _, k := range n.Kids {
		if occurs(name, k) {
			return true
		}
	}
	return false
}

// sameRelations compares where at least one side is an equation, an inequality or a membership.
func (j *Judge) sameRelations(g, a *notation.Node) Outcome {
	if equation(g) && equation(a) && j.ring.SameEquation(g.Kids[0], g.Kids[1], a.Kids[0], a.Kids[1]) {
		return Same
	}
	x, ok1 := assigned(g)
	y, ok2 := assigned(a)
	if ok1 && ok2 {
		o := j.same(x.value, y.value)
		if o == Same && x.name != "" && y.name != "" && x.name != y.name {
			j.reason = "another name for the unknown"
			return Unsure
		}
		return o
	}
	if isSet(g) || isSet(a) {
		if o, ok := j.sameSets(g, a); ok {
			return o
		}
	}
	if g.Kind == a.Kind {
		return j.sameChains(g, a)
	}
	if members(g) && members(a) {
		return j.sameMembers(g, a)
	}
	return Different
}

// equation says whether n is lhs = rhs with an unknown.
func equation(n *notation.Node) bool {
	return n.Kind == notation.Relation && n.Ops == "=" && hasUnknown(n) && simple(n.Kids[0]) && simple(n.Kids[1])
}

// simple says whether n is an expression, not a collection.
func simple(n *notation.Node) bool {
	switch n.Kind {
	case notation.Tuple, notation.Set, notation.List, notation.Text, notation.Matrix, notation.Ratio, notation.Quantity, notation.Inf, notation.Space,
		notation.Union, notation.Meet, notation.Without, notation.Relation, notation.PlusMinus:
		return false
	}
	for _, k := range n.Kids {
		if !simple(k) {
			return false
		}
	}
	return true
}

// sameChains compares chains such as a < b ≤ c, read from either side, link by link.
func (j *Judge) sameChains(g, a *notation.Node) Outcome {
	if len(g.Ops) != len(a.Ops) {
		return Different
	}
	if g.Ops == a.Ops {
		if o := j.inOrder(g.Kids, a.Kids); o != Different {
			return o
		}
	}
	n := len(g.Ops)
	for i := range n {
		if mirrored(g.Ops[i]) != a.Ops[n-1-i] {
			return Different
		}
	}
	out := Same
	for i := range g.Kids {
		if out = worse(out, j.same(g.Kids[i], a.Kids[n-i])); out == Different {
			break
		}
	}
	if out == Different && n == 1 && simple(g.Kids[0]) && simple(g.Kids[1]) && simple(a.Kids[0]) && simple(a.Kids[1]) && g.Ops == "#" {
		return same(j.ring.SameEquation(g.Kids[0], g.Kids[1], a.Kids[0], a.Kids[1]))
	}
	return out
}

// mirrored returns the relation read from the other side.
func mirrored(op byte) byte {
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
