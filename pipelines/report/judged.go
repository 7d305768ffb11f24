package report

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"

	"github.com/winnow-data/winnow/pipelines/report/chart"
	"github.com/winnow-data/winnow/pipelines/signals"
	"github.com/winnow-data/winnow/pipelines/tally"
)

// Judged says of documents that all rules of single documents have judged how the rules overlap, and what would be kept if one bound moved and all others stayed.
type Judged struct {
	Share     float64      `json:"share"`     // of documents that were measured on after their drop; 1 for all
	Documents int64        `json:"documents"` // that all rules have judged
	Elsewhere int64        `json:"elsewhere"` // of those, removed by stages that see the whole corpus or ask a model
	Kept      int64        `json:"kept"`
	Ways      []int        `json:"ways"`  // hundredths of itself by which a bound is moved
	Rules     []JudgedRule `json:"rules"` // that found something or could, in the order of the recipe
}

// A JudgedRule is one rule's part.
type JudgedRule struct {
	Stage    string       `json:"stage"` // label
	Rule     string       `json:"rule"`
	Min      tally.Number `json:"min"`
	Max      tally.Number `json:"max"`
	Outside  int64        `json:"outside"`
	Only     int64        `json:"only"`               // outside of no other rule's bounds
	Together []int64      `json:"together,omitempty"` // of Outside, outside of each of Rules too
	MinKept  []int64      `json:"min_kept,omitempty"` // documents kept with the lower bound moved by each of Ways
	MaxKept  []int64      `json:"max_kept,omitempty"`
}

// judged makes the report's part of what the tasks have counted.
func judged(m Material) *Judged {
	o := m.Judged
	if o == nil || o.Documents == 0 {
		return nil
	}
	j := &Judged{Share: m.Share, Documents: o.Documents, Elsewhere: o.Elsewhere, Kept: o.Kept, Ways: signals.Ways[:]}
	var at []int
	for k := range m.Layout.Stages {
		s := &m.Layout.Stages[k]
		for i := range s.Rules {
			p := s.First + i
			if s.Blind || o.Outside[p] == 0 && o.Min[p] == nil && o.Max[p] == nil {
				continue
			}
			at = append(at, p)
			j.Rules = append(j.Rules, JudgedRule{
				Stage: s.Label, Rule: s.Rules[i].Name, Min: tally.Number(s.Rules[i].Keep.Min), Max: tally.Number(s.Rules[i].Keep.Max),
				Outside: o.Outside[p], Only: o.Only[p], MinKept: o.Min[p], MaxKept: o.Max[p],
			})
		}
	}
	for k, p := range at {
		if o.Together[p] == nil {
			continue
		}
		for _, q := range at {
			j.Rules[k].Together = append(j.Rules[k].Together, o.Together[p][q])
		}
	}
	return j
}

// JudgedOf says which documents the overlap and the curves tell of.
func (p *page) JudgedOf() string {
	switch j := p.Judged; {
	case j == nil:
		return ""
	case j.Share >= 1:
		return fmt.Sprintf("Of %s that all rules have judged.", plural(j.Documents, "document"))
	default:
		p := float64(j.Kept) / float64(j.Documents)
		return fmt.Sprintf("Of a sample: the %s, %s of all by their ids, that all rules have judged; shares are within %s of the truth, 95 times in 100.",
			plural(j.Documents, "document"), percent(j.Share), points(1.96*math.Sqrt(p*(1-p)/float64(j.Documents))))
	}
}

// points writes a difference of shares.
func points(x float64) string { return about(100*x) + " points" }

// maxOverlap is the number of rules that a matrix has room for.
const maxOverlap = 24

// JudgedMatrix says how far rules of all stages find the same documents.
func (p *page) JudgedMatrix() *matrix {
	if p.Judged == nil {
		return nil
	}
	rules := p.Judged.Rules
	var at []int
	for k := range rules {
		if rules[k].Outside > 0 {
			at = append(at, k)
		}
	}
	if len(at) < 2 {
		return nil
	}
	most := slices.Clone(at)
	slices.SortStableFunc(most, func(a, b int) int { return cmp.Compare(rules[b].Outside, rules[a].Outside) })
	most = most[:min(len(most), maxOverlap)]
	at = slices.DeleteFunc(at, func(k int) bool { return !slices.Contains(most, k) })
	m := &matrix{Last: "alone"}
	for _, k := range at {
		m.Columns = append(m.Columns, rules[k].Rule)
	}
	for _, k := range at {
		r := &rules[k]
		row := matrixRow{Name: label(r.Stage) + " · " + r.Rule, First: short(r.Outside), Last: share(r.Only, r.Outside)}
		for _, o := range at {
			n, class := r.Outside, "self"
			title := fmt.Sprintf("%s found %s", r.Rule, plural(n, "document"))
			if o != k {
				if n = 0; r.Together != nil {
					n = r.Together[o]
				}
				class = "dropped"
				title = fmt.Sprintf("of %s found by %s, %s (%s) also by %s", count(r.Outside), r.Rule, count(n), share(n, r.Outside), rules[o].Rule)
			}
			row.Cells = append(row.Cells, chart.Cell(class, part(n, r.Outside), title))
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

// A curve is what one bound would keep.
type curve struct {
	Stage, Rule, Bound string
	Chart              template.HTML
	Cells              []step
	reach              int64 // documents between the least and the most
	kept               []int64
}

// A step is one number of a curve.
type step struct {
	Text, Exact string
	Wide        bool // left out where there is little room
	Same        bool // as in the run
}

// Curves are the curves that a page has room for.
type curves struct {
	Shown, Folded []curve
	Left, Flat    int
}

// Steps are the heads of the columns.
func (p *page) Steps() []step {
	var out []step
	for _, k := range p.shownWays() {
		way := p.Judged.Ways[k]
		out = append(out, step{Text: moved(way), Wide: less(way)})
	}
	return out
}

// shownWays are the places of the ways whose numbers are written out.
func (p *page) shownWays() []int {
	var out []int
	for k, way := range p.Judged.Ways {
		if way%10 == 0 {
			out = append(out, k)
		}
	}
	return out
}

// moved writes the way that a bound goes.
func moved(way int) string {
	switch {
	case way < 0:
		return fmt.Sprint("−", -way, thin, "%")
	case way > 0:
		return fmt.Sprint("+", way, thin, "%")
	}
	return "as run"
}

// less says whether a way is left out where there is little room.
func less(way int) bool { return way == 10 || way == -10 }

// Curves draws what each bound would keep, those that matter most first.
func (p *page) Curves() *curves {
	if p.Judged == nil {
		return nil
	}
	var list []curve
	out := &curves{}
	lo, hi := p.Judged.Kept, p.Judged.Kept
	for i := range p.Judged.Rules {
		r := &p.Judged.Rules[i]
		for _, b := range []struct {
			text string
			kept []int64
		}{{"at least " + measure(float64(r.Min)), r.MinKept}, {"at most " + measure(float64(r.Max)), r.MaxKept}} {
			if len(b.kept) != len(p.Judged.Ways) {
				continue
			}
			least, most := slices.Min(b.kept), slices.Max(b.kept)
			if least == most {
				out.Flat++
				continue
			}
			lo, hi = min(lo, least), max(hi, most)
			list = append(list, curve{Stage: label(r.Stage), Rule: r.Rule, Bound: b.text, reach: most - least, kept: b.kept})
		}
	}
	slices.SortStableFunc(list, func(a, b curve) int { return cmp.Compare(b.reach, a.reach) })
	all := p.Judged.Documents
	for i := range list {
		c := &list[i]
		points := make([]chart.Point, len(c.kept))
		for k, n := range c.kept {
			points[k] = chart.Point{X: float64(p.Judged.Ways[k]), Y: float64(n) / float64(all)}
		}
		c.Chart = chart.Curve{
			Title: c.Rule + " " + c.Bound + ", moved", Points: points, Lo: float64(lo) / float64(all), Hi: float64(hi) / float64(all), At: 0,
			X: func(x float64) string { return moved(int(x)) }, Y: percent,
		}.Draw()
		for _, k := range p.shownWays() {
			c.Cells = append(c.Cells, step{
				percent(float64(c.kept[k]) / float64(all)), plural(c.kept[k], "document"), less(p.Judged.Ways[k]), c.kept[k] == p.Judged.Kept,
			})
		}
	}
	if len(list) == 0 {
		return nil
	}
	out.Shown, out.Folded, out.Left = cut(list, p.detail)
	return out
}
