package answer

import (
	"strings"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
	"github.com/winnow-data/winnow/synth/check/internal/notation"
)

// A measured value is a number with what it is measured in.
type measured struct {
	value *notation.Node
	unit  notation.Unit
	has   bool // a unit is given
	pct   bool // the unit is %
	str   string
}

// measure splits a value from its unit. Percent and degrees are units at the top of a value.
func measure(n *notation.Node) measured {
	switch n.Kind {
	case notation.Quantity:
		m := measured{value: n.Kids[0], unit: notation.UnitOf(n.Str), has: true, str: n.Str}
		if inner := measure(m.value); inner.pct { // 5% interest
			return inner
		}
		return m
	case notation.Percent:
		return measured{value: n.Kids[0], has: true, pct: true, str: "%"}
	case notation.Degree:
		return measured{value: n.Kids[0], unit: notation.UnitOf("degree"), has: true, str: "degree"}
	case notation.Neg:
		if m := measure(n.Kids[0]); m.pct || m.has && m.unit.Angle() {
			c := *n
			c.Kids = []*notation.Node{m.value}
			m.value = &c
			return m
		}
	}
	return measured{value: n}
}

// sameQuantities compares numbers with their units: the same unit, or none on one side. Known units of one dimension are converted.
func (j *Judge) sameQuantities(g, a *notation.Node) Outcome {
	x, y := measure(g), measure(a)
	switch {
	case !x.has && !y.has:
		return j.sameNumbers(g, a)
	case x.pct && y.pct:
		return j.sameNumbers(x.value, y.value)
	case x.pct || y.pct:
		return j.samePercent(x, y, g, a)
	case x.has && y.has:
		return j.sameUnits(x, y)
	}
	if x.unit.Angle() || y.unit.Angle() {
		if o := j.sameNumbers(inRadians(g), inRadians(a)); o == Same {
			return o
		}
	}
	if o, ok := j.unitAsUnknown(x, y); ok {
		return o
	}
	if x.unit.Multiple() || y.unit.Multiple() {
		return j.sameMultiple(x, y)
	}
	return j.sameNumbers(x.value, y.value)
}

// sameMultiple compares a number of dozens with a plain number. A gold answer in dozens may be answered without the word; 5 dozen for 5 is a matter of convention.
func (j *Judge) sameMultiple(x, y measured) Outcome {
	counted := func(m measured) *notation.Node {
		if m.has {
			return scaled(m.value, m.unit.Factor)
		}
		return m.value
	}
	if o := j.sameNumbers(counted(x), counted(y)); o == Same {
		return o
	}
	j.reason = ""
	o := j.sameNumbers(x.value, y.value)
	if o == Same && y.has {
		j.reason = "equal only without \"" + y.str + "\""
		return Unsure
	}
	return o
}

// inRadians returns n with degrees of a quantity as the sign for degrees.
func inRadians(n *notation.Node) *notation.Node {
	if n.Kind == notation.Quantity {
		return &notation.Node{Kind: notation.Degree, Kids: n.Kids}
	}
	return n
}

// samePercent compares where one side has the percent sign: 50% is 1/2, and 50 where the sign was left out.
func (j *Judge) samePercent(x, y measured, g, a *notation.Node) Outcome {
	other := y
	if y.pct {
		other = x
	}
	if other.has && (other.unit.Known() || other.unit.Noun != "" && !strings.HasPrefix(other.unit.Noun, "percent")) {
		return Different
	}
	hundredth := func(m measured) *notation.Node {
		if m.pct {
			return &notation.Node{Kind: notation.Percent, Kids: []*notation.Node{m.value}}
		}
		return m.value
	}
	if o := j.sameNumbers(hundredth(x), hundredth(y)); o == Same {
		return o
	}
	j.reason = ""
	if o := j.sameNumbers(x.value, y.value); o == Same {
		j.reason = "the percent sign is left out on one side"
		return o
	}
	return Different
}

// sameUnits compares where both sides have a unit.
func (j *Judge) sameUnits(x, y measured) Outcome {
	if x.str == y.str {
		return j.sameNumbers(x.value, y.value)
	}
	known := x.unit.Known()
	if !known && x.unit.Noun == "" || !y.unit.Known() && y.unit.Noun == "" {
		return j.sameNumbers(x.value, y.value)
	}
	if x.unit.Multiple() != y.unit.Multiple() { // 2 dozen, 24 eggs
		return j.sameNumbers(scaled(x.value, x.unit.Factor), scaled(y.value, y.unit.Factor))
	}
	if known != y.unit.Known() || known && x.unit.Dims != y.unit.Dims {
		return Different
	}
	if !known {
		if !sameNoun(x.unit.Noun, y.unit.Noun) {
			return Different
		}
		return j.sameNumbers(x.value, y.value)
	}
	return j.sameNumbers(scaled(x.value, x.unit.Factor), scaled(y.value, y.unit.Factor))
}

// sameNoun says whether two things counted are the same: equal, or one names the other more closely (red apples, apples).
func sameNoun(a, b string) bool {
	if a == b || a == "" || b == "" {
		return true
	}
	within := func(long, short string) bool {
		return strings.HasSuffix(long, " "+short) || strings.HasPrefix(long, short+" ")
	}
	return within(a, b) || within(b, a)
}

func scaled(n *notation.Node, by exact.Rat) *notation.Node {
	if by.IsOne() {
		return n
	}
	return &notation.Node{Kind: notation.Mul, Kids: []*notation.Node{n, {Kind: notation.Num, Num: by}}}
}

// unitAsUnknown compares 5m, which may be five metres or five times m, with an expression that has unknowns.
func (j *Judge) unitAsUnknown(x, y measured) (Outcome, bool) {
	q, n := x, y
	if !q.has {
		q, n = y, x
	}
	if !hasUnknown(n.value) || len(q.str) != 1 {
		return Different, false
	}
	product := &notation.Node{Kind: notation.Mul, Kids: []*notation.Node{q.value, {Kind: notation.Sym, Str: q.str}}}
	return j.sameNumbers(n.value, product), true
}

// hasUnknown says whether a name occurs in n.
func hasUnknown(n *notation.Node) bool {
	if n.Kind == notation.Sym {
		return true
	}
	for _, k := range n.Kids {
		if hasUnknown(k) {
			return true
		}
	}
	return false
}
