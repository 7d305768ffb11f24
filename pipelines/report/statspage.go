package report

import (
	"html/template"
	"math"
	"slices"
	"strconv"

	"github.com/winnow-data/winnow/pipelines/report/chart"
	"github.com/winnow-data/winnow/pipelines/tally"
)

// A statsPage is what the template of `winnow stats` sees.
type statsPage struct {
	frame
	*StatsData
	detail detail
}

// A columnRow is a column with its small pictures.
type columnRow struct {
	ColumnData
	Null  string
	Shape template.HTML
	Range string
	About string // "~" before an estimate
}

// ColumnRows lists the columns.
func (p *statsPage) ColumnRows() []columnRow {
	var out []columnRow
	for _, c := range p.Columns {
		r := columnRow{ColumnData: c, Null: share(p.Total.Documents-c.Present+c.Null, p.Total.Documents)}
		r.Name = label(c.Name)
		r.Values = slices.Clone(c.Values)
		for i := range r.Values {
			r.Values[i].Name = label(name(r.Values[i].Name))
		}
		if !c.Exact {
			r.About = "~"
		}
		d, unit := c.Numbers, ""
		if d.N == 0 {
			d, unit = c.Bytes, " bytes"
		}
		if d.N > 0 && (len(r.Values) == 0 || c.Numbers.N > 0) {
			scale, bars, _ := scaleOf(d, false, nil)
			r.Range = about(float64(d.Min)) + " – " + about(float64(d.Max)) + unit
			r.Shape = chart.Mini(d.bins(), scale, min(bars, 28), r.Name+": "+r.Range+", median "+about(float64(d.P50)))
		}
		out = append(out, r)
	}
	return out
}

// A statsTable is a list of groups with bars.
type statsTable struct {
	Of            string
	Shown, Folded []statsRow
	Left, Count   int
}

type statsRow struct {
	StatsGroup
	Bar    template.HTML
	Share  string
	Median string
}

func (p *statsPage) table(of string, list []StatsGroup) statsTable {
	t := statsTable{Of: label(of), Count: len(list)}
	var rows []statsRow
	for _, g := range list {
		g.Name = label(name(g.Name))
		rows = append(rows, statsRow{
			StatsGroup: g, Share: share(g.Total.Documents, p.Total.Documents), Median: about(float64(g.Words.P50)),
			Bar: bar(g.Total.Documents, list[0].Total.Documents, "document"),
		})
	}
	t.Shown, t.Folded, t.Left = cut(rows, p.detail)
	return t
}

func bar(n, top int64, of string) template.HTML {
	return chart.Bar([]chart.Segment{{Class: "after", Value: float64(n), Title: plural(n, of)}}, float64(top))
}

// GroupTable lists the values of the field that `--by` names.
func (p *statsPage) GroupTable() statsTable { return p.table(p.By, p.Groups) }

// LanguageTable lists the languages.
func (p *statsPage) LanguageTable() statsTable { return p.table("language", p.Languages) }

// ScriptTable lists the scripts.
func (p *statsPage) ScriptTable() statsTable { return p.table("script", p.Scripts) }

// LicenceTable lists the licences.
func (p *statsPage) LicenceTable() statsTable { return p.table("licence", p.Licences) }

// LengthFigures draws the lengths of documents.
func (p *statsPage) LengthFigures() []lengthFigure {
	var out []lengthFigure
	for _, l := range []struct {
		unit string
		d    Distribution
	}{{"words", p.Words}, {"bytes", p.Bytes}} {
		if l.d.N == 0 {
			continue
		}
		h := lengthHistogram(l.unit, l.d)
		h.Class = "after"
		out = append(out, lengthFigure{l.unit, h.Draw(), []lengthRow{lengthOf(l.unit, l.d)}})
	}
	return out
}

// A frequentView is a list of names with bars.
type frequentView struct {
	Title, Note   string
	Shown, Folded []barRow
	Left          int
}

// Frequents lists what repeats: lines, beginnings, n-grams.
func (p *statsPage) Frequents() []frequentView {
	var out []frequentView
	for _, l := range []struct {
		title, note string
		list        FrequentList
	}{
		{"Lines that many documents hold", "Lines of at least 20 bytes, counted once for a document.", p.Lines},
		{"Beginnings that many documents share", "The first eight words.", p.Starts},
		{"Ten words in a row", "One sequence in 16 was looked at, chosen by its hash.", p.Grams},
	} {
		if len(l.list.List) > 0 {
			out = append(out, p.frequent(l.title, l.note, l.list))
		}
	}
	return out
}

func (p *statsPage) frequent(title, note string, f FrequentList) frequentView {
	v := frequentView{Title: title, Note: note}
	if f.Error > 0 {
		v.Note += " Counts may be too low by " + plural(f.Error, "document") + "."
	}
	var rows []barRow
	for _, x := range f.List {
		rows = append(rows, barRow{Name: label(x.Name), Text: short(x.Documents), Exact: count(x.Documents), Bar: bar(x.Documents, p.Total.Documents, "document")})
	}
	v.Shown, v.Folded, v.Left = cut(rows, p.detail)
	return v
}

// DomainView lists the hosts.
func (p *statsPage) DomainView() *frequentView {
	if len(p.Domains.List) == 0 {
		return nil
	}
	v := p.frequent("Domains", "Hosts of the field url.", p.Domains)
	return &v
}

// PeakRows lists lengths that many documents share.
func (p *statsPage) PeakRows() []barRow {
	var out []barRow
	for _, x := range p.Peaks {
		n, err := strconv.ParseInt(x.Name, 10, 64)
		if err != nil {
			continue
		}
		out = append(out, barRow{
			Name: plural(n, "byte"), Text: share(x.Documents, p.Total.Documents), Exact: plural(x.Documents, "document"), Bar: bar(x.Documents, p.Peaks[0].Documents, "document"),
		})
	}
	return out
}

// CopyRows lists the texts that occur most often.
func (p *statsPage) CopyRows() []barRow {
	var out []barRow
	for _, x := range p.Copies.Most {
		out = append(out, barRow{Name: label(x.ID), Text: short(x.Count), Exact: count(x.Count), Bar: bar(x.Count, p.Copies.Most[0].Count, "copy")})
	}
	return out
}

// SampleList is the samples, made harmless.
func (p *statsPage) SampleList() []Example {
	out := make([]Example, len(p.Samples))
	for i, x := range p.Samples {
		x.ID, x.Source, x.Language, x.Text, x.Value = label(x.ID), label(x.Source), label(x.Language), plain(x.Text), tally.Number(math.NaN())
		out[i] = x
	}
	return out
}

// FileList is the files that were read.
func (p *statsPage) FileList() Files {
	f := Files{}
	f.Shown, f.Folded, f.Left = cut(p.Files, p.detail)
	for _, x := range p.Files {
		f.Total += x.Bytes
	}
	return f
}

// MedianWords is the words of the document in the middle.
func (p *statsPage) MedianWords() float64 { return float64(p.Words.P50) }
