package compare

import (
	"maps"
	"slices"

	"github.com/winnow-data/winnow/pipelines/report"
)

// A Count is one number of both runs. A side is nil where a run has no such number.
type Count struct {
	Stage string `json:"stage"` // "" for the whole run
	Name  string `json:"name"`
	A     *int64 `json:"a"`
	B     *int64 `json:"b"`
}

// Rates are pass rates of one stage.
type Rates struct {
	Stage string       `json:"stage"`
	A     *report.Rate `json:"a"`
	B     *report.Rate `json:"b"`
}

// A key names a number; place orders those of a stage.
type key struct {
	stage, name string
}

// numbers are those of one run in order.
type numbers struct {
	order []key
	n     map[key]int64
}

func (s *numbers) add(stage, name string, n int64) {
	k := key{stage, name}
	if _, ok := s.n[k]; !ok {
		s.order = append(s.order, k)
	}
	s.n[k] += n
}

// numbersOf are the account of a run, what each rule dropped, what stages counted and what models were asked, in the order of the stages.
func numbersOf(d *report.Data) numbers {
	s := numbers{n: map[key]int64{}}
	t := &d.Totals
	s.add("", "read", t.Read.Documents)
	s.add("", "made", t.Made.Documents)
	s.add("", "kept", t.Kept.Documents)
	s.add("", "dropped", t.Dropped.Documents)
	s.add("", "quarantined", t.Quarantined.Documents)
	for i := range d.Stages {
		st := &d.Stages[i]
		for k := range st.Rules {
			s.add(st.Label, "dropped "+st.Rules[k].Name, st.Rules[k].Dropped.Documents)
		}
		s.add(st.Label, "quarantined", st.Quarantined.Documents)
		for _, c := range d.Answers {
			if c.Stage == st.Label {
				for _, name := range slices.Sorted(maps.Keys(c.Counts)) {
					s.add(st.Label, name, c.Counts[name])
				}
			}
		}
		for _, m := range d.Models {
			if m.Stage == st.Label {
				s.add(st.Label, "calls", m.Calls)
				s.add(st.Label, "tokens read", m.In)
				s.add(st.Label, "tokens written", m.Out)
				s.add(st.Label, "calls failed", m.Failed)
			}
		}
	}
	return s
}

// counts joins the numbers of two runs; what is zero on both sides is left out.
func counts(a, b *report.Data) []Count {
	x, y := numbersOf(a), numbersOf(b)
	order := slices.Clone(x.order)
	for _, k := range y.order {
		if _, ok := x.n[k]; ok {
			continue
		}
		// Behind the last number of its stage, or at the end.
		at := len(order)
		for i, o := range order {
			if o.stage == k.stage {
				at = i + 1
			}
		}
		order = slices.Insert(order, at, k)
	}
	side := func(s numbers, k key) *int64 {
		if n, ok := s.n[k]; ok {
			return &n
		}
		return nil
	}
	out := []Count{}
	for _, k := range order {
		c := Count{k.stage, k.name, side(x, k), side(y, k)}
		if value(c.A) != 0 || value(c.B) != 0 || k.stage == "" {
			out = append(out, c)
		}
	}
	return out
}

func value(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// rates joins the pass rates of two runs by stage.
func rates(a, b *report.Data) []Rates {
	out := []Rates{}
	for _, r := range a.Rates() {
		out = append(out, Rates{Stage: r.Stage, A: &r})
	}
	for _, r := range b.Rates() {
		i := slices.IndexFunc(out, func(x Rates) bool { return x.Stage == r.Stage })
		if i < 0 {
			out = append(out, Rates{Stage: r.Stage})
			i = len(out) - 1
		}
		out[i].B = &r
	}
	return out
}
