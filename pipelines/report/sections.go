package report

import (
	"cmp"
	"html/template"
	"maps"
	"math"
	"slices"

	"github.com/winnow-data/winnow/pipelines/report/chart"
	"github.com/winnow-data/winnow/pipelines/tally"
)

// A barRow is a name with a bar and a number.
type barRow struct {
	Name, Text, Exact string
	Bar               template.HTML
}

// A duplicateView is what the page shows of a stage that removes duplicates.
type duplicateView struct {
	Duplicates
	Bars       []barRow
	Reasons    []barRow
	Similarity template.HTML
	Shown      []Cluster
	Folded     []Cluster
	Confirmed  int64
	Denied     int64
}

// DuplicateViews draws what was found about duplicates.
func (p *page) DuplicateViews() []duplicateView {
	var out []duplicateView
	for _, x := range p.Duplicates[:min(len(p.Duplicates), p.detail.rows)] {
		v := duplicateView{Duplicates: x, Bars: clusterSizes(x.Sizes), Confirmed: total(x.Accepted), Denied: total(x.Rejected)}
		v.Stage = label(x.Stage)
		const atOnce = 6
		for i, c := range x.Largest[:min(len(x.Largest), 20)] {
			c.Kept = label(c.Kept)
			if i < atOnce {
				v.Shown = append(v.Shown, c)
			} else {
				v.Folded = append(v.Folded, c)
			}
		}
		if len(x.Why) > 1 {
			v.Reasons = why(x.Why)
		}
		if v.Confirmed+v.Denied > 0 {
			v.Similarity = similarity(x)
		}
		out = append(out, v)
	}
	return out
}

func total(list []int64) int64 {
	n := int64(0)
	for _, x := range list {
		n += x
	}
	return n
}

// clusterSizes draws how many clusters have 2, 3-4, 5-8 … documents.
func clusterSizes(sizes []int64) []barRow {
	var out []barRow
	// Each step is a tenth as frequent as the one before: only roots can be seen together.
	top := math.Sqrt(float64(slices.Max(append([]int64{0}, sizes...))))
	for k, n := range sizes[:min(len(sizes), 48)] {
		name := "2"
		if k > 0 {
			name = count(1<<k+1) + " – " + count(2<<k)
		}
		out = append(out, barRow{Name: name, Text: short(n), Exact: count(n), Bar: chart.Bar([]chart.Segment{
			{Class: "dropped", Value: math.Sqrt(float64(n)), Title: plural(n, "cluster") + " of " + name + " documents"},
		}, top)})
	}
	return out
}

// why draws the reasons for which documents counted as copies.
func why(reasons map[string]int64) []barRow {
	names := slices.SortedFunc(maps.Keys(reasons), func(a, b string) int {
		return cmp.Or(cmp.Compare(reasons[b], reasons[a]), cmp.Compare(a, b))
	})
	var out []barRow
	for _, name := range names[:min(len(names), 12)] {
		n := reasons[name]
		out = append(out, barRow{Name: label(name), Text: short(n), Exact: count(n), Bar: chart.Bar([]chart.Segment{
			{Class: "dropped", Value: float64(n), Title: plural(n, "document")},
		}, float64(reasons[names[0]]))})
	}
	return out
}

// similarity draws confirmed and rejected candidates by their similarity.
func similarity(x Duplicates) template.HTML {
	h := chart.Histogram{
		Title: "similarity of candidates in " + label(x.Stage),
		Desc:  plural(total(x.Accepted), "document") + " confirmed, " + count(total(x.Rejected)) + " rejected",
		Scale: chart.Scale{Lo: 0, Hi: 1}, Bars: max(len(x.Accepted), len(x.Rejected), 1), Class: "before", Root: true, Min: math.Inf(-1), Max: math.Inf(1), Label: about,
		Bins: evenBins(x.Rejected), Overlay: evenBins(x.Accepted), Count: func(n float64) string { return approx(n, "document") },
	}
	h.Names.Bars, h.Names.Line = "rejected", "confirmed"
	return h.Draw()
}

func evenBins(list []int64) []chart.Bin {
	out := make([]chart.Bin, 0, len(list))
	n := float64(len(list))
	for k, c := range list {
		if c > 0 {
			out = append(out, chart.Bin{Lo: float64(k) / n, Hi: float64(k+1) / n, Count: float64(c)})
		}
	}
	return out
}

// A mixRow is a group of a mixture.
type mixRow struct {
	MixGroup
	Bar    template.HTML
	Capped bool
}

// A mixView is a mixture with its bars.
type mixView struct {
	Mixture
	Shown, Folded []mixRow
	Left          int
}

// MixtureViews draws what was asked and what was achieved.
func (p *page) MixtureViews() []mixView {
	var out []mixView
	for _, m := range p.Mixtures[:min(len(p.Mixtures), p.detail.rows)] {
		top := 0.0
		for _, g := range m.Groups {
			top = max(top, g.Asked, g.Achieved)
		}
		v := mixView{Mixture: m}
		v.Stage, v.By, v.Unit = label(m.Stage), label(m.By), label(m.Unit)
		var rows []mixRow
		for _, g := range m.Groups {
			short := m.Short(g)
			g.Group = label(name(g.Group))
			rows = append(rows, mixRow{g, chart.Pair(g.Asked, g.Achieved, top, "asked: "+percent(g.Asked), "achieved: "+percent(g.Achieved)), short})
		}
		v.Shown, v.Folded, v.Left = cut(rows, p.detail)
		out = append(out, v)
	}
	return out
}

// A quarantineView is a reason with its bar.
type quarantineView struct {
	tally.Quarantine
	Bar template.HTML
}

// QuarantineRows lists the reasons.
func (p *page) QuarantineRows() []quarantineView {
	var out []quarantineView
	top := int64(0)
	for _, q := range p.Quarantine.Reasons {
		top = max(top, q.Records)
	}
	for _, q := range p.Quarantine.Reasons {
		v := quarantineView{Quarantine: *q}
		v.Stage, v.Reason, v.Example = label(q.Stage), label(q.Reason), label(q.Example)
		v.Bar = chart.Bar([]chart.Segment{{Class: "quarantined", Value: float64(q.Records), Title: plural(q.Records, "record")}}, float64(top))
		out = append(out, v)
	}
	return out[:min(len(out), 4*p.detail.rows)]
}

// Records lists the first records put aside.
func (p *page) Records() []Record {
	var out []Record
	for _, r := range p.Quarantine.First {
		out = append(out, Record{label(r.File), r.Offset, label(r.Stage), label(r.Reason)})
	}
	return out[:min(len(out), 2*p.detail.rows)]
}

// ThroughputChart draws bytes per second over time.
func (p *page) ThroughputChart() template.HTML {
	return series("bytes read per second", p.Performance.Throughput, 0, func(y float64) string { return size(int64(y)) + "/s" })
}

// MemoryChart draws memory over time.
func (p *page) MemoryChart() template.HTML {
	return series("memory", p.Performance.Memory, float64(p.Run.MemoryLimit), func(y float64) string { return size(int64(y)) })
}

func series(title string, list []Sample, limit float64, y func(float64) string) template.HTML {
	if len(list) < 2 {
		return ""
	}
	s := chart.Series{Title: title, X: duration, Y: y, Limit: limit}
	peak := 0.0
	for _, x := range list {
		s.Points = append(s.Points, chart.Point{X: x.Seconds, Y: x.Value})
		peak = max(peak, x.Value)
	}
	s.Desc = "at most " + y(peak)
	if limit > 4*peak {
		s.Limit = 0 // far off: the line would press what there is to see to the ground
	}
	if s.Limit > 0 {
		s.LimitLabel = "limit " + y(limit)
	}
	return s.Draw()
}

// PhaseRows draws when each phase was at work.
func (p *page) PhaseRows() []barRow {
	end := 0.0
	for _, ph := range p.Performance.Phases {
		end = max(end, ph.End)
	}
	var out []barRow
	for _, ph := range p.Performance.Phases {
		title := label(ph.Name) + ": " + duration(ph.Start) + " – " + duration(ph.End)
		exact := plural(int64(ph.Tasks), "task")
		if ph.Bytes > 0 {
			exact += ", " + size(ph.Bytes)
		}
		out = append(out, barRow{Name: label(ph.Name), Text: duration(ph.End - ph.Start), Exact: exact, Bar: chart.Bar([]chart.Segment{
			{Class: "none", Value: ph.Start}, {Class: "after", Value: ph.End - ph.Start, Title: title},
		}, end)})
	}
	return out[:min(len(out), 4*p.detail.rows)]
}

// StageSeconds draws the processor time of the stages.
func (p *page) StageSeconds() []barRow {
	var out []barRow
	for _, s := range p.Performance.Stages {
		bar := chart.Bar([]chart.Segment{{Class: "after", Value: s.Seconds, Title: duration(s.Seconds)}}, p.Performance.Stages[0].Seconds)
		out = append(out, barRow{Name: label(s.Label), Text: duration(s.Seconds), Bar: bar})
	}
	return out[:min(len(out), 4*p.detail.rows)]
}

// Rate is the bytes of text read per second of the run.
func (p *page) Rate() string {
	if p.Run.Seconds <= 0 {
		return ""
	}
	return size(int64(float64(p.Totals.Read.Bytes)/p.Run.Seconds)) + "/s"
}
