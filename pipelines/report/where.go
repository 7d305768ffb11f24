package report

import (
	"html/template"
	"math"

	"github.com/winnow-data/winnow/pipelines/report/chart"
	"github.com/winnow-data/winnow/pipelines/tally"
)

// A groupRow is a source, language or script, before and after.
type groupRow struct {
	Name          string
	Bar           template.HTML
	Before, After tally.Flow
	Kept          string // share of the documents before and made
}

// A groupTable is what is shown of a list of groups.
type groupTable struct {
	Of            string // "source"
	Shown, Folded []groupRow
	Left          int
	Count         int
	Words         bool
}

func (p *page) groupTable(of string, list []Group) groupTable {
	t := groupTable{Of: of, Count: len(list), Words: p.Totals.Words}
	top := int64(0)
	for _, g := range list {
		top = max(top, g.Before.Documents, g.After.Documents)
	}
	rows := make([]groupRow, 0, len(list))
	for _, g := range list {
		rows = append(rows, groupRow{
			Name: label(name(g.Name)), Before: g.Before, After: g.After, Kept: share(g.After.Documents, g.Before.Documents+g.Made.Documents),
			Bar: chart.Pair(float64(g.Before.Documents), float64(g.After.Documents), float64(top),
				"before: "+plural(g.Before.Documents, "document"), "after: "+plural(g.After.Documents, "document")),
		})
	}
	t.Shown, t.Folded, t.Left = cut(rows, p.detail)
	return t
}

// SourceTable compares sources before and after.
func (p *page) SourceTable() groupTable { return p.groupTable("source", p.Sources) }

// LanguageTable compares languages before and after.
func (p *page) LanguageTable() groupTable { return p.groupTable("language", p.Languages) }

// ScriptTable compares scripts before and after.
func (p *page) ScriptTable() groupTable { return p.groupTable("script", p.Scripts) }

// RemovedFrom is the map of sources by stages: how much of a source a stage removed.
func (p *page) RemovedFrom() *matrix {
	var stages []int
	for i, s := range p.Stages {
		if s.Dropped.Documents > 0 {
			stages = append(stages, i)
		}
	}
	if len(stages) == 0 || len(p.Sources) < 2 {
		return nil
	}
	stages = stages[:min(len(stages), 24)]
	m := &matrix{Last: "all"}
	for _, i := range stages {
		m.Columns = append(m.Columns, label(p.Stages[i].Label))
	}
	for _, g := range p.Sources[:min(len(p.Sources), p.detail.rows+10)] {
		all := g.Before.Documents + g.Made.Documents
		row := matrixRow{Name: label(name(g.Name)), Last: share(g.Dropped.Documents, all)}
		for _, i := range stages {
			n := int64(0)
			if i < len(g.ByStage) {
				n = g.ByStage[i]
			}
			row.Cells = append(row.Cells, chart.Cell("dropped", part(n, all),
				label(p.Stages[i].Label)+" removed "+count(n)+" of "+plural(all, "document")+" ("+share(n, all)+") of "+label(name(g.Name))))
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

// A domainRow is a host, before and after.
type domainRow struct {
	Host          string
	Bar           template.HTML
	Before, After int64
	Kept          string
}

// A domainTable is the hosts that are shown.
type domainTable struct {
	Shown, Folded []domainRow
	Left          int
}

// DomainTable compares the largest hosts before and after.
func (p *page) DomainTable() domainTable {
	top := int64(0)
	for _, d := range p.Domains.List {
		top = max(top, d.Before.Documents, d.After.Documents)
	}
	rows := make([]domainRow, 0, len(p.Domains.List))
	for _, d := range p.Domains.List {
		b, a := d.Before.Documents, d.After.Documents
		rows = append(rows, domainRow{
			Host: label(d.Host), Before: b, After: a, Kept: share(a, b),
			Bar: chart.Dumbbell(float64(b), float64(a), float64(top), "before: "+plural(b, "document"), "after: "+plural(a, "document")),
		})
	}
	much := p.detail
	much.rows = max(much.rows, 10) * 2 // the thirty largest at once
	t := domainTable{}
	t.Shown, t.Folded, t.Left = cut(rows, much)
	return t
}

// A lengthFigure compares the lengths of documents before and after.
type lengthFigure struct {
	Unit  string
	Chart template.HTML
	Rows  []lengthRow
}

type lengthRow struct {
	Name   string
	N      int64
	Values []string
}

// LengthFigures draws the lengths in bytes and in words.
func (p *page) LengthFigures() []lengthFigure {
	var out []lengthFigure
	for _, l := range []struct {
		unit          string
		before, after Distribution
	}{{"words", p.Lengths.WordsBefore, p.Lengths.WordsAfter}, {"bytes", p.Lengths.BytesBefore, p.Lengths.BytesAfter}} {
		if l.before.N > 0 {
			out = append(out, lengthsOf(l.unit, l.before, l.after))
		}
	}
	return out
}

func lengthsOf(unit string, before, after Distribution) lengthFigure {
	h := lengthHistogram(unit, before)
	h.Class, h.Names.Bars, h.Names.Line = "before", "before", "after"
	h.Overlay = after.bins()
	if h.Overlay == nil {
		h.Overlay = []chart.Bin{}
	}
	return lengthFigure{unit, h.Draw(), []lengthRow{lengthOf("before", before), lengthOf("after", after)}}
}

// lengthHistogram shows lengths on a log scale, from the shortest to the longest 0.1 %.
func lengthHistogram(unit string, d Distribution) chart.Histogram {
	lo, hi := max(float64(d.P1)/2, 1), max(float64(d.P99)*2, 2)
	hi = max(min(hi, float64(d.Max)*1.0001), lo*2)
	return chart.Histogram{
		Title: "length in " + unit, Desc: plural(d.N, "document") + ", median " + about(float64(d.P50)) + " " + unit,
		Bins: d.bins(), Scale: chart.Scale{Lo: lo, Hi: hi, Log: true}, Bars: manyBars, Min: math.Inf(-1), Max: math.Inf(1), Label: about, Root: true,
		Count: func(x float64) string { return approx(x, "document") },
	}
}

// whole writes a length without a fraction.
func whole(x float64) string { return short(int64(math.Round(x))) }

func lengthOf(name string, d Distribution) lengthRow {
	r := lengthRow{Name: name, N: d.N}
	for _, x := range []tally.Number{d.Min, d.P1, d.P5, d.P50, d.P95, d.P99, d.Max} {
		if d.N == 0 {
			r.Values = append(r.Values, "–")
			continue
		}
		r.Values = append(r.Values, whole(float64(x)))
	}
	return r
}
