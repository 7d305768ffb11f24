package report

import (
	"fmt"
	"html/template"

	"github.com/winnow-data/winnow/pipelines/report/chart"
)

// An Ontology is what a stage that normalizes tags has made of them: the fact `ontology`.
type Ontology struct {
	Stage     string     `json:"stage"`
	Order     string     `json:"order"`
	Documents int64      `json:"documents"`
	MinCount  int64      `json:"min_count"`
	Vectors   string     `json:"vectors"`
	Steps     []TagStep  `json:"steps"` // raw first
	Tags      []TagCount `json:"tags"`  // the most frequent
	Others    int64      `json:"others"`
	Pairs     []TagPair  `json:"pairs"`
	Unused    []string   `json:"unused"`    // edits of the overlay that matched nothing
	Conflicts []string   `json:"conflicts"` // edits of the overlay that contradict each other
}

// A TagStep is what the tags came to behind one step.
type TagStep struct {
	Step    string  `json:"step"`
	Tags    int64   `json:"tags"`
	Folded  int64   `json:"folded"`
	Dropped int64   `json:"dropped"`
	Tagged  int64   `json:"tagged"` // documents with a tag
	Mean    float64 `json:"mean"`   // tags of a document
}

// A TagCount is a tag and its documents.
type TagCount struct {
	Tag       string `json:"tag"`
	Documents int64  `json:"documents"`
	Spellings int64  `json:"spellings"`
}

// A TagPair is two tags that occur together.
type TagPair struct {
	Tags      [2]string `json:"tags"`
	Documents int64     `json:"documents"`
	Lift      float64   `json:"lift"`
}

// A Selection is what a stage that selects documents has chosen: the fact `selection`.
type Selection struct {
	Stage     string      `json:"stage"`
	By        string      `json:"by"`
	Asked     int64       `json:"asked"`
	Taken     int64       `json:"taken"`
	Documents int64       `json:"documents"`
	Passes    int64       `json:"passes"`
	Tags      int64       `json:"tags"`
	Covered   int64       `json:"covered"`
	MeanAll   float64     `json:"mean_all"`
	MeanTaken float64     `json:"mean_taken"`
	Quotas    []QuotaUsed `json:"quotas"`
}

// A QuotaUsed is a bound of a selection and how much of it is used.
type QuotaUsed struct {
	Field string `json:"field"`
	Value string `json:"value"`
	Most  int64  `json:"most"`
	Taken int64  `json:"taken"`
}

// taggedLoss is the share of tagged documents that may lose all tags without a word.
const taggedLoss = 0.1

func (d *Data) alertTags(add adder) {
	for _, o := range d.Ontologies {
		if n := len(o.Conflicts); n > 0 {
			add(Amber, "tags", "%s: %s of the overlay contradict each other: %s.", o.Stage, plural(int64(n), "edit"), o.Conflicts[0])
		}
		if n := len(o.Unused); n > 0 {
			add(Note, "tags", "%s: %s of the overlay matched no document: %s.", o.Stage, plural(int64(n), "edit"), o.Unused[0])
		}
		if k := len(o.Steps); k > 1 {
			before, after := o.Steps[0].Tagged, o.Steps[k-1].Tagged
			if lost := before - after; part(lost, before) > taggedLoss {
				add(Amber, "tags", "%s: %s of the tagged documents are left without tags.", o.Stage, percent(part(lost, before)))
			}
		}
	}
	for _, s := range d.Selections {
		if s.Taken < s.Asked {
			add(Amber, "tags", "%s: %s were asked for, %s could be taken of %s.", s.Stage, plural(s.Asked, "document"), count(s.Taken), count(s.Documents))
		}
	}
}

// A stepRow is a step with its bar.
type stepRow struct {
	TagStep
	Bar template.HTML
}

// An ontologyView is an ontology with its bars.
type ontologyView struct {
	Ontology
	Rows          []stepRow
	Shown, Folded []barRow
	Together      []TagPair
	Edits         []string
}

// OntologyViews draws what became of tags.
func (p *page) OntologyViews() []ontologyView {
	var out []ontologyView
	for _, o := range p.Ontologies[:min(len(p.Ontologies), p.detail.rows)] {
		v := ontologyView{Ontology: o}
		v.Stage, v.Order, v.Vectors = label(o.Stage), label(o.Order), label(o.Vectors)
		for _, s := range o.Steps[:min(len(o.Steps), 16)] {
			s.Step = label(s.Step)
			bar := chart.Bar([]chart.Segment{{Class: "after", Value: float64(s.Tagged), Title: plural(s.Tagged, "document") + " with a tag"}}, float64(max(o.Documents, 1)))
			v.Rows = append(v.Rows, stepRow{s, bar})
		}
		const atOnce = 20
		for i, t := range o.Tags[:min(len(o.Tags), 100)] {
			row := barRow{Name: label(t.Tag), Text: short(t.Documents), Exact: plural(t.Documents, "document") + ", " + plural(t.Spellings, "spelling"), Bar: chart.Bar(
				[]chart.Segment{{Class: "after", Value: float64(t.Documents), Title: plural(t.Documents, "document")}}, float64(o.Tags[0].Documents))}
			if i < atOnce {
				v.Shown = append(v.Shown, row)
			} else {
				v.Folded = append(v.Folded, row)
			}
		}
		for _, t := range o.Pairs[:min(len(o.Pairs), atOnce)] {
			t.Tags[0], t.Tags[1] = label(t.Tags[0]), label(t.Tags[1])
			v.Together = append(v.Together, t)
		}
		for _, e := range o.Conflicts[:min(len(o.Conflicts), 10)] {
			v.Edits = append(v.Edits, "contradiction: "+label(e))
		}
		for _, e := range o.Unused[:min(len(o.Unused), 10)] {
			v.Edits = append(v.Edits, "matched nothing: "+label(e))
		}
		out = append(out, v)
	}
	return out
}

// A quotaRow is a bound with its bar.
type quotaRow struct {
	Name, Text string
	Bar        template.HTML
}

// A selectionView is a selection with its bars.
type selectionView struct {
	Selection
	Rows []quotaRow
}

// SelectionViews draws what was selected.
func (p *page) SelectionViews() []selectionView {
	var out []selectionView
	for _, s := range p.Selections[:min(len(p.Selections), p.detail.rows)] {
		v := selectionView{Selection: s}
		v.Stage, v.By = label(s.Stage), label(s.By)
		for _, q := range s.Quotas[:min(len(s.Quotas), 20)] {
			v.Rows = append(v.Rows, quotaRow{
				Name: label(q.Field) + ": " + label(name(q.Value)), Text: fmt.Sprintf("%s of %s", count(q.Taken), count(q.Most)),
				Bar: chart.Bar([]chart.Segment{{Class: "after", Value: float64(q.Taken), Title: count(q.Taken) + " taken"}}, float64(max(q.Most, 1))),
			})
		}
		out = append(out, v)
	}
	return out
}
