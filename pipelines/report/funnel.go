package report

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"

	"github.com/winnow-data/winnow/pipelines/report/chart"
	"github.com/winnow-data/winnow/pipelines/tally"
)

// A cell is a bar with its number.
type cell struct {
	Bar   template.HTML
	Text  string
	Exact string
}

// A funnelRow is one stage of the funnel.
type funnelRow struct {
	Label, Name             string
	Documents, Bytes, Words cell
	Removed                 string // share of what came in
	Time                    string // share of processor time
}

// Hero is the bar of everything that was read: what stayed and what went, by stage.
func (p *page) Hero() template.HTML {
	t := p.Totals
	full := float64(t.Read.Documents + t.Made.Documents)
	segments := []chart.Segment{{Class: "kept", Value: float64(t.Kept.Documents), Title: "kept: " + plural(t.Kept.Documents, "document")}}
	for i, s := range p.Stages {
		if n := s.Dropped.Documents; n > 0 {
			segments = append(segments, chart.Segment{
				Class: fmt.Sprintf("dropped d%d", i%2), Value: float64(n), Title: label(s.Label) + " removed " + plural(n, "document"),
			})
		}
	}
	if n := t.Quarantined.Documents; n > 0 {
		segments = append(segments, chart.Segment{Class: "quarantined", Value: float64(n), Title: "quarantined: " + plural(n, "record")})
	}
	return chart.Bar(segments, full)
}

// Funnel has a row for each stage: what went on, what was removed.
func (p *page) Funnel() []funnelRow {
	var top tally.Flow
	seconds := 0.0
	for _, s := range p.Stages {
		top.Documents = max(top.Documents, s.In.Documents+s.Made.Documents)
		top.Bytes = max(top.Bytes, s.In.Bytes+s.Made.Bytes)
		top.Words = max(top.Words, s.In.Words+s.Made.Words)
		seconds += s.Seconds
	}
	var rows []funnelRow
	for _, s := range p.Stages {
		rows = append(rows, funnelRow{
			Label: label(s.Label), Name: s.Name,
			Documents: flowCell(s, top, "document", func(f tally.Flow) int64 { return f.Documents }, short, count),
			Bytes:     flowCell(s, top, "byte", func(f tally.Flow) int64 { return f.Bytes }, size, count),
			Words:     flowCell(s, top, "word", func(f tally.Flow) int64 { return f.Words }, short, count),
			Removed:   share(s.Dropped.Documents, s.In.Documents+s.Made.Documents),
			Time:      timeShare(s.Seconds, seconds),
		})
	}
	return rows
}

func timeShare(seconds, all float64) string {
	if all == 0 {
		return ""
	}
	return percent(seconds / all)
}

func flowCell(s Stage, top tally.Flow, unit string, of func(tally.Flow) int64, text, full func(int64) string) cell {
	out, gone, bad := of(s.Out), of(s.Dropped), of(s.Quarantined)
	title := func(n int64, what string) string { return full(n) + " " + many(unit) + " " + what }
	made := of(s.Made)
	segments := []chart.Segment{
		{Class: "kept", Value: float64(max(out-made, 0)), Title: title(out-made, "go on")},
		{Class: "made", Value: float64(made), Title: title(made, "made")},
		{Class: "dropped", Value: float64(gone), Title: title(gone, "removed")},
		{Class: "quarantined", Value: float64(bad), Title: title(bad, "quarantined")},
	}
	return cell{chart.Bar(segments, float64(of(top))), text(out), full(out)}
}

// A reason is a rule that has removed documents.
type reason struct {
	Stage, Rule, Doc, Bounds string
	Bar                      template.HTML
	Documents, Alone         int64
	Share                    string
	Unit                     string
	Examples                 []Example
	Open                     bool
}

// A reasons list is what is shown of all of them.
type reasonList struct {
	List        []reason
	Left        int   // rules that removed documents and are not listed
	LeftRemoved int64 // by them
}

// Reasons lists the rules that removed documents, the most first.
func (p *page) Reasons() reasonList {
	var out reasonList
	top := int64(0)
	for _, s := range p.Stages {
		for _, r := range s.Rules {
			if n := r.Dropped.Documents; n > 0 {
				top = max(top, n)
				out.List = append(out.List, reason{
					Stage: label(s.Label), Rule: r.Name, Doc: plain(r.Doc), Bounds: boundsText(r), Documents: n, Alone: r.Alone, Unit: r.Unit,
					Share: share(n, p.Totals.Read.Documents+p.Totals.Made.Documents), Examples: p.clipped(r.Examples),
				})
			}
		}
	}
	slices.SortStableFunc(out.List, func(a, b reason) int { return cmp.Compare(b.Documents, a.Documents) })
	if n := p.detail.reasons; len(out.List) > n {
		for _, r := range out.List[n:] {
			out.Left++
			out.LeftRemoved += r.Documents
		}
		out.List = out.List[:n]
	}
	for i := range out.List {
		r := &out.List[i]
		r.Bar = chart.Bar([]chart.Segment{{Class: "dropped", Value: float64(r.Documents), Title: plural(r.Documents, "document")}}, float64(top))
	}
	return out
}

func (p *page) clipped(list []Example) []Example {
	out := slices.Clone(list[:min(len(list), p.detail.examples)])
	for i := range out {
		x := &out[i]
		x.ID, x.Source, x.Language, x.Kept, x.Why, x.Text = label(x.ID), label(x.Source), label(x.Language), label(x.Kept), plain(x.Why), plain(x.Text)
	}
	return out
}

// HasValue says whether an example's value tells anything.
func (x Example) HasValue() bool { return x.Value == x.Value && (x.Value != 0 || x.Why == "") }

// ValueText writes the value.
func (x Example) ValueText() string { return measure(float64(x.Value)) }

// A matrix is a table of shaded cells.
type matrix struct {
	Title   string
	Last    string // what the last column says
	Columns []string
	Rows    []matrixRow
}

type matrixRow struct {
	Name  string
	First string
	Cells []template.HTML
	Last  string
}

// Overlap says, for each stage with several rules that found something, how far they found the same documents.
func (p *page) Overlap() []matrix {
	var out []matrix
	for _, s := range p.Stages {
		var at []int
		for k, r := range s.Rules {
			if r.Outside > 0 {
				at = append(at, k)
			}
		}
		if len(at) < 2 || len(at) > 24 || len(out) > p.detail.rows {
			continue
		}
		m := matrix{Title: label(s.Label), Last: "alone"}
		for _, k := range at {
			m.Columns = append(m.Columns, s.Rules[k].Name)
		}
		for _, k := range at {
			r := s.Rules[k]
			row := matrixRow{Name: r.Name, Last: share(r.Alone, r.Outside)}
			for _, o := range at {
				n := r.Outside
				title := fmt.Sprintf("%s found %s", r.Name, plural(n, "document"))
				class := "self"
				if o != k {
					class, n = "dropped", together(r, o)
					title = fmt.Sprintf("of %s found by %s, %s (%s) also by %s", count(r.Outside), r.Name, count(n), share(n, r.Outside), s.Rules[o].Name)
				}
				row.Cells = append(row.Cells, chart.Cell(class, part(n, r.Outside), title))
			}
			m.Rows = append(m.Rows, row)
		}
		out = append(out, m)
	}
	return out
}

func together(r Rule, k int) int64 {
	if k < len(r.Together) {
		return r.Together[k]
	}
	return 0
}
