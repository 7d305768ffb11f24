package report

import (
	"cmp"
	"html/template"
	"math"
	"slices"

	"github.com/winnow-data/winnow/pipelines/report/chart"
	"github.com/winnow-data/winnow/pipelines/tally"
)

// Asked is what one stage has asked of a model, and what scores it gave: the fact `asked`.
type Asked struct {
	Stage      string       `json:"stage"`
	Name       string       `json:"name"`  // of the component
	Model      string       `json:"model"` // in the recipe
	Calls      int64        `json:"calls"`
	In         int64        `json:"tokens_in"`
	Out        int64        `json:"tokens_out"`
	Cost       float64      `json:"cost,omitempty"` // by the recipe's price
	Failed     int64        `json:"failed"`         // requests that got no answer
	Unparsed   int64        `json:"unparsed"`       // answers that did not say what was asked
	Scored     int64        `json:"scored"`         // documents with a score
	None       int64        `json:"none"`           // documents without
	Values     Distribution `json:"values"`
	BySource   float64      `json:"by_source"`   // share of the scores' variance that lies between sources (eta squared)
	ByLanguage float64      `json:"by_language"` // the same between languages
	Sources    []ScoreGroup `json:"sources,omitempty"`
	Languages  []ScoreGroup `json:"languages,omitempty"`
}

// A ScoreGroup is how the scores of one source or language are spread. Quantiles are exact to a sixteenth.
type ScoreGroup struct {
	Name string       `json:"name"`
	N    int64        `json:"n"`
	None int64        `json:"none,omitempty"` // documents without a score
	Mean tally.Number `json:"mean"`
	P5   tally.Number `json:"p5"`
	P25  tally.Number `json:"p25"`
	P50  tally.Number `json:"p50"`
	P75  tally.Number `json:"p75"`
	P95  tally.Number `json:"p95"`
}

// An Asker is what the recipe says of a stage that asks a model.
type Asker struct {
	Name    string // of the component
	Model   string
	In, Out float64 // price of a million tokens
}

// askedFact names the fact.
const askedFact = "asked"

// readAsked adds up what the tasks of stages have asked, in the order of the stages.
func (d *Data) readAsked(facts []Fact, askers map[string]Asker) {
	sums := map[string]*tally.Asked{}
	var order []string
	for _, f := range facts {
		if f.Name != askedFact {
			continue
		}
		a, err := tally.LoadAsked(f.Value)
		if err != nil {
			d.Facts = append(d.Facts, f)
			continue
		}
		if sums[f.Stage] == nil {
			sums[f.Stage] = new(tally.Asked)
			order = append(order, f.Stage)
		}
		sums[f.Stage].Merge(a)
	}
	place := func(label string) int {
		return slices.IndexFunc(d.Stages, func(s Stage) bool { return s.Label == label })
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	for _, label := range order {
		d.Models = append(d.Models, asked(label, sums[label], askers[label]))
	}
}

func asked(label string, a *tally.Asked, of Asker) Asked {
	out := Asked{
		Stage: label, Name: of.Name, Model: of.Model, Calls: a.Calls, In: a.In, Out: a.Out, Failed: a.Failed, Unparsed: a.Unparsed,
		Cost: (float64(a.In)*of.In + float64(a.Out)*of.Out) / 1e6, Scored: a.All.Values.N, None: a.All.None, Values: distribution(&a.All.Values),
		BySource: a.Explained(a.Sources), ByLanguage: a.Explained(a.Languages),
	}
	if out.Scored > 0 || out.None > 0 {
		out.Sources, out.Languages = scoreGroups(a.Sources), scoreGroups(a.Languages)
	}
	return out
}

// scoreGroups lists groups, the largest first.
func scoreGroups(list []*tally.Scores) []ScoreGroup {
	out := make([]ScoreGroup, 0, len(list))
	for _, s := range list {
		q := func(x float64) tally.Number { return tally.Number(s.Values.Quantile(x)) }
		g := ScoreGroup{Name: s.Name, N: s.Values.N, None: s.None}
		if g.N > 0 {
			g.Mean, g.P5, g.P25, g.P50, g.P75, g.P95 = tally.Number(s.Mean()), q(0.05), q(0.25), q(0.5), q(0.75), q(0.95)
		}
		out = append(out, g)
	}
	slices.SortStableFunc(out, func(a, b ScoreGroup) int { return cmp.Compare(b.N+b.None, a.N+a.None) })
	return out
}

// Limits of the alerts about models.
const (
	bySource      = 0.5  // share of the variance of scores that may lie between sources
	scoredLeast   = 50   // documents with a score, for that to mean something
	unparsedAmber = 0.02 // share of answers that did not say what was asked
)

func (d *Data) alertModels(add adder) {
	for _, a := range d.Models {
		if a.Name != "perplexity" && a.Scored >= scoredLeast && a.BySource > bySource {
			add(Amber, "models", "%s: the source alone explains %s of the variance of the scores (eta squared): the model tells where a document comes from more than how good it is. A bound on the score picks sources.",
				a.Stage, percent(a.BySource))
		}
		if p := part(a.Unparsed, a.Calls); p > unparsedAmber {
			add(Amber, "models", "%s: %s of the answers did not say what was asked.", a.Stage, percent(p))
		} else if a.Unparsed > 0 {
			add(Note, "models", "%s: %s did not say what was asked.", a.Stage, plural(a.Unparsed, "answer"))
		}
		if a.Failed > 0 {
			add(Note, "models", "%s: %s got no answer; the documents are in the quarantine.", a.Stage, plural(a.Failed, "request"))
		}
	}
}

// A scoreRow is a group of scores with its box: from the 5th to the 95th percentile, darker from the 25th to the 75th.
type scoreRow struct {
	ScoreGroup
	P25Text, P50Text, P75Text string
	Bar                       template.HTML
}

// A modelView is a stage that asks a model.
type modelView struct {
	Asked
	SourceRows, LanguageRows []scoreRow
}

// ModelViews draws what was asked and how the scores are spread.
func (p *page) ModelViews() []modelView {
	var out []modelView
	for _, a := range p.Models[:min(len(p.Models), p.detail.rows)] {
		v := modelView{Asked: a}
		v.Stage, v.Model = label(a.Stage), label(a.Model)
		v.SourceRows, v.LanguageRows = scoreRows(a.Sources, p.detail), scoreRows(a.Languages, p.detail)
		out = append(out, v)
	}
	return out
}

func scoreRows(list []ScoreGroup, much detail) []scoreRow {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, g := range list {
		if g.N > 0 {
			lo, hi = min(lo, float64(g.P5)), max(hi, float64(g.P95))
		}
	}
	var out []scoreRow
	for _, g := range list[:min(len(list), 2*much.rows)] {
		row := scoreRow{ScoreGroup: g}
		row.Name = label(name(g.Name))
		if g.N > 0 {
			row.P25Text, row.P50Text, row.P75Text = about(float64(g.P25)), about(float64(g.P50)), about(float64(g.P75))
		}
		if g.N > 0 && hi > lo {
			title := row.Name + ": 5 % below " + about(float64(g.P5)) + ", half below " + about(float64(g.P50)) + ", 95 % below " + about(float64(g.P95))
			row.Bar = chart.Bar([]chart.Segment{
				{Class: "none", Value: float64(g.P5) - lo},
				{Class: "before", Value: float64(g.P25 - g.P5), Title: title},
				{Class: "after", Value: float64(g.P75 - g.P25), Title: title},
				{Class: "before", Value: float64(g.P95 - g.P75), Title: title},
			}, hi-lo)
		}
		out = append(out, row)
	}
	return out
}
