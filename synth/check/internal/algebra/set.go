package algebra

import (
	"slices"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// A Bound is an end of an interval.
type Bound struct {
	Value    Quotient
	Infinite int  // -1, 1: −∞, ∞
	Closed   bool // the end belongs to the interval
}

// A Set of real numbers is a union of intervals in ascending order that neither meet nor touch.
type Set []span

type span struct{ lo, hi Bound }

// Line returns ℝ.
func Line() Set { return Set{{Bound{Infinite: -1}, Bound{Infinite: 1}}} }

// Point returns {x}.
func Point(x Quotient) Set {
	b := Bound{Value: x, Closed: true}
	return Set{{b, b}}
}

// Interval returns what lies between lo and hi.
func (r *Ring) Interval(lo, hi Bound) Set {
	s := span{lo, hi}
	if lo.Infinite > 0 || hi.Infinite < 0 || r.void(s) {
		return nil
	}
	return Set{s}
}

func (r *Ring) void(s span) bool {
	c := r.order(s.lo, s.hi)
	return c > 0 || c == 0 && !(s.lo.Closed && s.hi.Closed)
}

// order compares the values of two bounds.
func (r *Ring) order(a, b Bound) int {
	if a.Infinite != 0 || b.Infinite != 0 {
		return a.Infinite - b.Infinite
	}
	return r.Compare(a.Value, b.Value)
}

// Union returns a ∪ b.
func (r *Ring) Union(a, b Set) Set {
	all := append(slices.Clone(a), b...)
	slices.SortStableFunc(all, func(x, y span) int {
		if c := r.order(x.lo, y.lo); c != 0 {
			return c
		}
		switch {
		case x.lo.Closed && !y.lo.Closed:
			return -1
		case y.lo.Closed && !x.lo.Closed:
			return 1
		}
		return 0
	})
	var out Set
	for _, s := range all {
		if n := len(out); n > 0 {
			last := &out[n-1]
			c := r.order(last.hi, s.lo)
			if c > 0 || c == 0 && (last.hi.Closed || s.lo.Closed) {
				if c = r.order(last.hi, s.hi); c < 0 || c == 0 && s.hi.Closed {
					last.hi = s.hi
				}
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

// Meet returns a ∩ b.
func (r *Ring) Meet(a, b Set) Set {
	var out Set
	for _, x := range a {
		for _, y := range b {
			s := x
			if c := r.order(y.lo, s.lo); c > 0 || c == 0 && !y.lo.Closed {
				s.lo = y.lo
			}
			if c := r.order(y.hi, s.hi); c < 0 || c == 0 && !y.hi.Closed {
				s.hi = y.hi
			}
			if !r.void(s) {
				out = append(out, s)
			}
		}
	}
	return r.Union(out, nil)
}

// Complement returns ℝ without a.
func (r *Ring) Complement(a Set) Set {
	lo := Bound{Infinite: -1}
	var out Set
	for _, s := range a {
		hi := s.lo
		hi.Closed = hi.Infinite == 0 && !hi.Closed
		if hi.Infinite == 0 {
			if t := (span{lo, hi}); !r.void(t) {
				out = append(out, t)
			}
		}
		lo = s.hi
		lo.Closed = lo.Infinite == 0 && !lo.Closed
	}
	if lo.Infinite <= 0 {
		out = append(out, span{lo, Bound{Infinite: 1}})
	}
	return out
}

// SameSet says whether a and b have the same members.
func (r *Ring) SameSet(a, b Set) bool {
	return slices.EqualFunc(a, b, func(x, y span) bool {
		return x.lo.Closed == y.lo.Closed && x.hi.Closed == y.hi.Closed && r.order(x.lo, y.lo) == 0 && r.order(x.hi, y.hi) == 0
	})
}

// noSolution is the panic of a relation that is not solved here.
const noSolution = exact.Limit("relation in no form that is solved")
