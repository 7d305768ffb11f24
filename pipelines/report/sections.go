package report

import (
	"html/template"
	"math"
	"math/bits"

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
	Stage      string
	Sizes      []barRow
	Largest    []Cluster
	Similarity template.HTML
	Accepted   int64
	Rejected   int64
	Removed    int64
	Clusters   int64
	Degree     string
}

// DuplicateViews draws what was found about duplicates.
func (p *page) DuplicateViews() []duplicateView {
	var out []duplicateView
	for _, x := range p.Duplicates {
		v := duplicateView{Stage: plain(x.Stage), Sizes: clusterSizes(x.Clusters), Accepted: total(x.Accepted), Rejected: total(x.Rejected)}
		for _, c := range x.Clusters {
			v.Clusters += c.Clusters
		}
		for _, c := range x.Largest {
			c.Kept = plain(c.Kept)
			v.Largest = append(v.Largest, c)
		}
		for _, s := range p.Stages {
			if s.Label == x.Stage {
				v.Removed = s.Dropped.Documents
			}
		}
		if v.Accepted+v.Rejected > 0 {
			v.Similarity = similarity(x)
		}
		if x.Degree != nil {
			v.Degree = measure(*x.Degree)
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

// clusterSizes sums clusters up by powers of two.
func clusterSizes(list []SizeCount) []barRow {
	var sums []int64
	top := int64(0)
	for _, c := range list {
		k := bits.Len64(uint64(max(c.Size, 1))) - 1
		for len(sums) <= k {
			sums = append(sums, 0)
		}
		sums[k] += c.Clusters
		top = max(top, sums[k])
	}
	var out []barRow
	for k, n := range sums {
		if k == 0 && n == 0 {
			continue
		}
		name := count(1 << k)
		if k > 1 {
			name += " – " + count(1<<(k+1)-1)
		}
		if k == 1 {
			name = "2 – 3"
		}
		// Each step is a tenth as frequent as the one before: only roots can be seen together.
		bar := chart.Bar([]chart.Segment{{Class: "dropped", Value: math.Sqrt(float64(n)), Title: plural(n, "cluster") + " of " + name + " documents"}}, math.Sqrt(float64(top)))
		out = append(out, barRow{Name: name, Text: short(n), Exact: count(n), Bar: bar})
	}
	return out
}

// similarity draws confirmed and rejected candidates by their similarity.
func similarity(x Duplicates) template.HTML {
	h := chart.Histogram{
		Title: "similarity of candidates in " + plain(x.Stage),
		Desc:  plural(total(x.Accepted), "pair") + " confirmed, " + plural(total(x.Rejected), "pair") + " rejected",
		Scale: chart.Scale{Lo: 0, Hi: 1}, Bars: 50, Class: "before", Root: true, Min: math.Inf(-1), Max: math.Inf(1), Label: measure,
		Bins: evenBins(x.Rejected), Overlay: evenBins(x.Accepted), Count: func(n float64) string { return approx(n, "pair") },
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
	Bar template.HTML
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
	for _, m := range p.Mixtures {
		top := 0.0
		for _, g := range m.Groups {
			top = max(top, g.Asked, g.Achieved)
		}
		v := mixView{Mixture: m}
		v.Stage, v.By = plain(m.Stage), plain(m.By)
		var rows []mixRow
		for _, g := range m.Groups {
			g.Name = plain(name(g.Name))
			rows = append(rows, mixRow{g, chart.Pair(g.Asked, g.Achieved, top, "asked: "+percent(g.Asked), "achieved: "+percent(g.Achieved))})
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
		v.Stage, v.Reason, v.Example = plain(q.Stage), plain(q.Reason), plain(q.Example)
		v.Bar = chart.Bar([]chart.Segment{{Class: "quarantined", Value: float64(q.Records), Title: plural(q.Records, "record")}}, float64(top))
		out = append(out, v)
	}
	return out[:min(len(out), 4*p.detail.rows)]
}

// Records lists the first records put aside.
func (p *page) Records() []Record {
	var out []Record
	for _, r := range p.Quarantine.First {
		out = append(out, Record{plain(r.File), r.Offset, plain(r.Stage), plain(r.Reason)})
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
	if limit > 0 {
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
		title := plain(ph.Name) + ": " + duration(ph.Start) + " – " + duration(ph.End)
		text := duration(ph.End-ph.Start) + ", " + plural(int64(ph.Tasks), "task")
		if ph.Bytes > 0 {
			text += ", " + size(ph.Bytes)
		}
		out = append(out, barRow{Name: plain(ph.Name), Text: text, Bar: chart.Bar([]chart.Segment{
			{Class: "none", Value: ph.Start}, {Class: "after", Value: ph.End - ph.Start, Title: title},
		}, end)})
	}
	return out[:min(len(out), 60)]
}

// StageSeconds draws the processor time of the stages.
func (p *page) StageSeconds() []barRow {
	var out []barRow
	for _, s := range p.Performance.Stages {
		bar := chart.Bar([]chart.Segment{{Class: "after", Value: s.Seconds, Title: duration(s.Seconds)}}, p.Performance.Stages[0].Seconds)
		out = append(out, barRow{Name: plain(s.Label), Text: duration(s.Seconds), Bar: bar})
	}
	return out[:min(len(out), 60)]
}

// Rate is the bytes of text read per second of the run.
func (p *page) Rate() string {
	if p.Run.Seconds <= 0 {
		return ""
	}
	return size(int64(float64(p.Totals.Read.Bytes)/p.Run.Seconds)) + "/s"
}
