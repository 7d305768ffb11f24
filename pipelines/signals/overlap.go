package signals

import (
	"fmt"
	"math"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

// Ways are the hundredths of itself by which an [Overlap] moves each bound.
var Ways = [...]int{-20, -15, -10, -5, 0, 5, 10, 15, 20}

// An Overlap counts how rules of all stages find the same documents, and what would be kept if one bound moved and all others stayed. It looks at documents that all rules
// have judged: of the sample, those that were kept and those that were measured on to the end.
type Overlap struct {
	Documents int64     `json:"documents"`
	Elsewhere int64     `json:"elsewhere"` // of those, removed by stages that see the whole corpus or ask a model; no bound brings them back
	Kept      int64     `json:"kept"`      // inside all bounds, and not removed elsewhere
	Outside   []int64   `json:"outside"`   // by rule, of rules that judge single documents and are switched on
	Only      []int64   `json:"only"`      // of those, outside of no other rule's bounds
	Together  [][]int64 `json:"together"`  // by rule and rule; nil where none are outside
	Min       [][]int64 `json:"min"`       // by rule: kept with its lower bound moved by each of Ways; nil without such a bound
	Max       [][]int64 `json:"max"`       // the same of the upper bound

	found []int
}

// NewOverlap returns an empty count.
func (l *Layout) NewOverlap() *Overlap {
	return &Overlap{
		Outside: make([]int64, l.Width), Only: make([]int64, l.Width), Together: make([][]int64, l.Width), Min: make([][]int64, l.Width), Max: make([][]int64, l.Width),
	}
}

// Add counts a document that all rules have judged. elsewhere says that a stage that sees more than the document has removed it.
func (o *Overlap) Add(l *Layout, r *Row, elsewhere bool) {
	o.Documents++
	o.found = l.outside(o.found[:0], r)
	for _, k := range o.found {
		o.Outside[k]++
		if len(o.found) == 1 {
			o.Only[k]++
			break
		}
		if o.Together[k] == nil {
			o.Together[k] = make([]int64, l.Width)
		}
		for _, other := range o.found {
			if other != k {
				o.Together[k][other]++
			}
		}
	}
	switch {
	case elsewhere:
		o.Elsewhere++
		return
	case len(o.found) > 1:
		return
	case len(o.found) == 0:
		o.Kept++
	}
	for k := range l.Stages {
		s := &l.Stages[k]
		for i := range s.Judged {
			if at := s.First + i; !s.Blind && s.Active(i) && (len(o.found) == 0 || o.found[0] == at) {
				o.move(at, &s.Rules[i].Keep, r.Language, r.M[at])
			}
		}
	}
}

// move counts a document that all other rules keep under the moved bounds of one.
func (o *Overlap) move(at int, all *stages.Range, language string, x float64) {
	keep := all.For(language)
	free := shard.IsMissing(x) || stages.IsNA(x)
	if movable(all, func(r stages.Range) float64 { return r.Min }) && (free || x <= keep.Max) {
		o.Min[at] = counted(o.Min[at], func(way int) bool { return free || x >= moved(keep.Min, way) })
	}
	if movable(all, func(r stages.Range) float64 { return r.Max }) && (free || x >= keep.Min) {
		o.Max[at] = counted(o.Max[at], func(way int) bool { return free || x <= moved(keep.Max, way) })
	}
}

// movable says whether a bound, or that of some language, goes elsewhere when it is moved by a part of itself.
func movable(r *stages.Range, bound func(stages.Range) float64) bool {
	goes := func(x float64) bool { return x != 0 && !math.IsInf(x, 0) }
	for _, by := range r.By {
		if goes(bound(by)) {
			return true
		}
	}
	return goes(bound(*r))
}

// moved is a bound moved by hundredths of itself; a negative one moves the same way, and one that is off stays off. 50 moved by 10 is 55, not 55.00000000000001.
func moved(bound float64, way int) float64 {
	if math.IsInf(bound, 0) {
		return bound
	}
	return bound + math.Abs(bound)*float64(way)/100
}

func counted(list []int64, keeps func(int) bool) []int64 {
	if list == nil {
		list = make([]int64, len(Ways))
	}
	for i, f := range Ways {
		if keeps(f) {
			list[i]++
		}
	}
	return list
}

// outside appends the places of the active rules of single documents that a document falls by.
func (l *Layout) outside(list []int, r *Row) []int {
	for k := range l.Stages {
		s := &l.Stages[k]
		if s.Blind {
			continue
		}
		for i := range s.Rules {
			if s.Active(i) && (i < s.Judged && s.Outside(i, r.M, r.Language) || i >= s.Judged && !shard.IsMissing(r.M[s.First+i])) {
				list = append(list, s.First+i)
			}
		}
	}
	return list
}

// Merge adds another count of the same layout.
func (o *Overlap) Merge(x *Overlap) error {
	n := len(o.Outside)
	if len(x.Outside) != n || len(x.Only) != n || len(x.Together) != n || len(x.Min) != n || len(x.Max) != n {
		return fmt.Errorf("adding up overlaps: %d rules, want %d", len(x.Outside), n)
	}
	o.Documents += x.Documents
	o.Elsewhere += x.Elsewhere
	o.Kept += x.Kept
	for k := range n {
		o.Outside[k] += x.Outside[k]
		o.Only[k] += x.Only[k]
		for _, part := range []struct {
			to   *[]int64
			from []int64
			want int
		}{{&o.Together[k], x.Together[k], n}, {&o.Min[k], x.Min[k], len(Ways)}, {&o.Max[k], x.Max[k], len(Ways)}} {
			if part.from == nil {
				continue
			}
			if len(part.from) != part.want {
				return fmt.Errorf("adding up overlaps: %d numbers beside a rule, want %d", len(part.from), part.want)
			}
			if *part.to == nil {
				*part.to = make([]int64, part.want)
			}
			for i, m := range part.from {
				(*part.to)[i] += m
			}
		}
	}
	return nil
}
