// Package equation finds the equations of a solution and calculates both of their sides, exactly.
package equation

import (
	"iter"
	"strings"

	"github.com/winnow-data/winnow/synth/check/internal/algebra"
	"github.com/winnow-data/winnow/synth/check/internal/exact"
	"github.com/winnow-data/winnow/synth/check/internal/notation"
)

// An Equation is one step of a solution.
type Equation struct {
	Left, Right string // as they stand in the text
	Annotated   bool   // from <<left=right>>
	l, r        exact.Rat
	ok          bool // both sides have a value
	percent     bool // the right side ends in a percent sign
	sides       bool // there is an equals sign
}

// A Reader finds equations. It keeps its memory and serves one goroutine.
type Reader struct{ parser notation.Parser }

// maxSide bounds a side of an equation, in bytes.
const maxSide = 512

// The places of equations.
const (
	Auto        = "auto"        // annotations, or without any the calculations in prose
	Annotations = "annotations" // <<16-3-4=9>>
	Prose       = "prose"       // 16 - 3 - 4 = 9, outside of annotations
)

// Places lists the places of equations.
var Places = []string{Auto, Annotations, Prose}

// All yields the equations of text in order, as [Reader.In] does with [Auto].
func (r *Reader) All(text string) iter.Seq[Equation] { return r.In(text, Auto) }

// In yields the equations of text that stand at a place, in order.
func (r *Reader) In(text, place string) iter.Seq[Equation] {
	return func(yield func(Equation) bool) {
		annotated := strings.Contains(text, "<<")
		if place != Prose && annotated && r.annotations(text, yield) || place == Annotations {
			return
		}
		if annotated {
			text = unannotated(text)
		}
		r.prose(text, yield)
	}
}

// unannotated returns text without its annotations.
func unannotated(text string) string {
	var b strings.Builder
	for {
		inner, rest, ok := annotation(text)
		if !ok {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:len(text)-len(rest)-len(inner)-len("<<>>")])
		text = rest
	}
}

// annotations yields the equations in <<…>>; found says that there is at least one.
func (r *Reader) annotations(text string, yield func(Equation) bool) (found bool) {
	for s := text; ; {
		inner, rest, ok := annotation(s)
		if !ok {
			return found
		}
		s, found = rest, true
		e := Equation{Left: inner, Annotated: true}
		if left, right, ok := strings.Cut(inner, "="); ok {
			e.Left, e.Right, e.sides = left, right, true
			if e.l, e.ok = r.value(left); e.ok {
				e.r, e.ok = r.value(right)
			}
		}
		if !yield(e) {
			return true
		}
	}
}

// annotation returns what stands in the first <<…>> of s, and what follows it. An annotation stays on its line.
func annotation(s string) (inner, rest string, ok bool) {
	for {
		k := strings.Index(s, "<<")
		if k < 0 {
			return "", "", false
		}
		s = s[k+2:]
		end := strings.Index(s[:min(len(s), 2*maxSide)], ">>")
		if end < 0 {
			continue
		}
		inner = s[:end]
		if again := strings.LastIndex(inner, "<<"); again >= 0 {
			inner = inner[again+2:]
		}
		if strings.IndexByte(inner, '\n') >= 0 || strings.TrimSpace(inner) == "" {
			continue
		}
		return inner, s[end+2:], true
	}
}

// value calculates one side.
func (r *Reader) value(s string) (v exact.Rat, ok bool) {
	if len(s) > maxSide {
		return v, false
	}
	r.parser.Formula, r.parser.Grouped, r.parser.European = false, true, false
	n, ok := r.parser.Whole(s)
	if !ok {
		return v, false
	}
	if n.Kind == notation.Quantity {
		n = n.Kids[0]
	}
	if n.Kind == notation.Num {
		return n.Num, true
	}
	defer func() {
		if e := recover(); e != nil {
			if _, limit := e.(exact.Limit); !limit {
				panic(e)
			}
			v, ok = exact.Rat{}, false
		}
	}()
	return algebra.Rational(n)
}

// Holds says whether the sides differ by no more than tolerance.
func (e Equation) Holds(tolerance exact.Rat) bool {
	if !e.ok {
		return false
	}
	if e.l.Equal(e.r) {
		return true
	}
	if e.near(e.r, tolerance) {
		return true
	}
	return e.percent && e.near(e.r.Mul(exact.Int(100)), tolerance)
}

// near compares the left side with r. In prose a decimal stands for what rounds to it.
func (e Equation) near(r, tolerance exact.Rat) bool {
	if !e.Annotated {
		if k := strings.LastIndexByte(e.Right, '.'); k >= 0 && !r.IsInt() {
			places := int64(0)
			for k++; k < len(e.Right) && e.Right[k]-'0' <= 9; k++ {
				places++
			}
			half, ok := exact.Int(10).Pow(-places)
			if ok && places > 0 {
				if e.percent {
					half = half.Mul(exact.Frac(1, 100))
				}
				tolerance = larger(tolerance, half)
			}
		}
	}
	return e.l.Sub(r).Abs().Cmp(tolerance) <= 0
}

func larger(a, b exact.Rat) exact.Rat {
	if a.Cmp(b) < 0 {
		return b
	}
	return a
}

// Why says what is wrong with an equation that does not hold.
func (e Equation) Why() string {
	s := e.Left
	if e.sides {
		s += "=" + e.Right
	}
	if e.Annotated {
		s = "<<" + s + ">>"
	}
	if !e.ok {
		return s + ": it cannot be calculated"
	}
	return s + ": the left side is " + e.l.String()
}
