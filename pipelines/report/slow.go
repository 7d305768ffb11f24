package report

import (
	"cmp"
	"html/template"
	"slices"

	"github.com/winnow-data/winnow/pipelines/report/chart"
)

// A Shard is one part of the input that took long.
type Shard struct {
	Name      string  `json:"name"`
	Seconds   float64 `json:"seconds"`
	Bytes     int64   `json:"bytes"`
	Documents int64   `json:"documents"`
	Slower    float64 `json:"slower"` // times the median of seconds for a byte
}

// slowShards are the parts of the input that took longest for their bytes.
func slowShards(tasks []Task) []Shard {
	var out []Shard
	var each []float64
	for _, t := range tasks {
		if t.Input != "" && t.Bytes > 0 && t.Seconds > 0 {
			out = append(out, Shard{Name: t.Input, Seconds: t.Seconds, Bytes: t.Bytes, Documents: t.Documents})
			each = append(each, t.Seconds/float64(t.Bytes))
		}
	}
	if len(out) < 2 {
		return nil
	}
	slices.Sort(each)
	median := each[len(each)/2]
	for i := range out {
		out[i].Slower = out[i].Seconds / float64(out[i].Bytes) / median
	}
	slices.SortStableFunc(out, func(a, b Shard) int { return cmp.Or(cmp.Compare(b.Slower, a.Slower), cmp.Compare(a.Name, b.Name)) })
	return out[:min(len(out), 10)]
}

// A slowRow is a shard with its bar.
type slowRow struct {
	Shard
	Bar   template.HTML
	Rate  int64 // bytes a second
	Times string
}

// SlowShards lists the slowest parts of the input.
func (p *page) SlowShards() []slowRow {
	var out []slowRow
	list := p.Performance.Shards
	for _, s := range list[:min(len(list), p.detail.rows)] {
		r := slowRow{Shard: s, Rate: int64(float64(s.Bytes) / s.Seconds), Times: measure(s.Slower) + " ×"}
		r.Name = label(s.Name)
		r.Bar = chart.Bar([]chart.Segment{{Class: "after", Value: s.Slower, Title: r.Times + " the median"}}, list[0].Slower)
		out = append(out, r)
	}
	return out
}
