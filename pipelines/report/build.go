package report

import (
	"cmp"
	"slices"

	"github.com/winnow-data/winnow/pipelines/signals"
	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages"
)

// Material is what a report is made from.
type Material struct {
	Run         Run
	Tally       *tally.Tally       // of all tasks together
	Facts       []Fact             // of barriers and of stages that ask models, in task order
	Askers      map[string]Asker   // stages that ask models, by label
	Seconds     map[string]float64 // processor time by stage label
	Tasks       []Task
	Judged      *signals.Overlap // of documents that all rules have judged; may be nil
	Layout      *signals.Layout  // of Judged
	Share       float64          // of documents that are measured on
	Memory      []Sample         // over time; may be empty
	Quarantined []Record         // the first few
}

const (
	maxDomains = 200
	maxRecords = 50
)

// Build makes the report's data.
func Build(m Material) *Data {
	t := m.Tally
	d := &Data{
		Format:    Format,
		Run:       m.Run,
		Totals:    totals(t),
		Stages:    stagesOf(t, m.Seconds),
		Sources:   groups(t.Sources, true),
		Languages: groups(t.Languages, false),
		Scripts:   groups(t.Scripts, false),
		Licences:  licences(t.Licences),
		Domains:   domains(t),
		Lengths: Lengths{
			distribution(&t.Before.Bytes), distribution(&t.After.Bytes),
			distribution(&t.Before.Words), distribution(&t.After.Words),
		},
		Quarantine:  quarantine(t, m.Quarantined),
		Performance: performance(m),
	}
	for _, s := range t.Sums() {
		d.Sums = append(d.Sums, Sum(s))
	}
	d.readFacts(m.Facts)
	d.readAsked(m.Facts, m.Askers)
	d.readCounts(m.Facts)
	d.Judged = judged(m)
	d.Alerts = d.alerts()
	return d
}

func totals(t *tally.Tally) Totals {
	s := Totals{Read: t.In, Kept: t.Out, Words: t.Uncounted == 0 && t.In.Words > 0}
	s.Quarantined.Documents = t.Damaged
	for i := range t.Stages {
		s.Made.Add(t.Stages[i].Made)
		s.Quarantined.Add(t.Stages[i].Quarantined)
		s.Dropped.Add(dropped(&t.Stages[i]))
	}
	return s
}

func dropped(s *tally.StageCount) tally.Flow {
	var f tally.Flow
	for k := range s.Rules {
		f.Add(s.Rules[k].Dropped)
	}
	return f
}

// stagesOf lists what the stages did. What flows between them follows from what came in, what went and what was edited; words that
// edits added or took are only known at the end and are given to the stages that edited, by bytes.
func stagesOf(t *tally.Tally, seconds map[string]float64) []Stage {
	out := make([]Stage, len(t.Stages))
	flow := t.In
	flow.Documents -= t.Damaged
	edits := int64(0)
	for i, l := range t.Layout() {
		c := &t.Stages[i]
		s := Stage{
			Label: l.Label, Name: l.Name, In: flow, Made: c.Made, Dropped: dropped(c), Quarantined: c.Quarantined, Edited: c.Edited,
			Seconds: seconds[l.Label], Rules: rules(l, c), Unjudged: unjudged(l, c),
		}
		edits += abs(c.Edited.After - c.Edited.Before)
		flow.Add(s.Made)
		flow.Sub(s.Dropped)
		flow.Sub(s.Quarantined)
		flow.Bytes += c.Edited.After - c.Edited.Before
		s.Out = flow
		out[i] = s
	}
	spreadWords(out, t.Out.Words-flow.Words, edits)
	return out
}

// spreadWords gives the words that edits have added or taken to the stages that edited.
func spreadWords(list []Stage, words, edits int64) {
	var given, seen int64
	for i := range list {
		e := list[i].Edited
		list[i].In.Words += given
		seen += abs(e.After - e.Before)
		if edits > 0 {
			given = int64(float64(words) * (float64(seen) / float64(edits)))
		}
		list[i].Out.Words += given
	}
}

func abs(n int64) int64 { return max(n, -n) }

func rules(l tally.Stage, c *tally.StageCount) []Rule {
	out := make([]Rule, len(l.Rules))
	for k, r := range l.Rules {
		q := &c.Rules[k]
		out[k] = Rule{
			Name: r.Name, Unit: r.Unit, Doc: r.Doc, Min: tally.Number(r.Keep.Min), Max: tally.Number(r.Keep.Max), By: bounds(r.Keep),
			Dropped: q.Dropped, Outside: q.Outside, Alone: q.Alone, Together: q.Together,
			Values: distribution(&q.Values), Examples: examples(&q.Examples),
		}
		for _, j := range c.Languages {
			if j.NA != nil {
				out[k].NA += j.NA[k]
			}
		}
	}
	return out
}

func bounds(r stages.Range) []Bound {
	var out []Bound
	for language, b := range r.By {
		out = append(out, Bound{language, tally.Number(b.Min), tally.Number(b.Max)})
	}
	slices.SortFunc(out, func(a, b Bound) int { return cmp.Compare(a.Language, b.Language) })
	return out
}

// examples picks five: two near the bound, the extreme one, and random ones for the rest.
func examples(e *tally.Examples) []Example {
	var out []Example
	seen := map[uint64]bool{}
	take := func(list []tally.Example, pick string, upTo int) {
		for _, x := range list {
			if len(out) >= upTo || seen[x.Hash] {
				continue
			}
			seen[x.Hash] = true
			out = append(out, Example{pick, x.ID, x.Source, x.Language, x.Value, x.Kept, x.Why, x.Text, x.Clipped})
		}
	}
	take(e.Near, "near the bound", 2)
	take(e.Extreme, "extreme", 3)
	take(e.Random, "random", 5)
	return out
}

// unjudged lists the rules that did not apply to some documents of a language, the most first.
func unjudged(l tally.Stage, c *tally.StageCount) []Unjudged {
	var out []Unjudged
	for _, j := range c.Languages {
		for k, n := range j.NA {
			if n > 0 {
				out = append(out, Unjudged{l.Rules[k].Name, j.Language, n, j.Measured})
			}
		}
	}
	slices.SortFunc(out, func(a, b Unjudged) int {
		return cmp.Or(cmp.Compare(b.Documents, a.Documents), cmp.Compare(a.Language, b.Language), cmp.Compare(a.Rule, b.Rule))
	})
	return out[:min(len(out), 200)]
}

func distribution(h *tally.Hist) Distribution {
	if h.N == 0 {
		return Distribution{}
	}
	q := func(x float64) tally.Number { return tally.Number(h.Quantile(x)) }
	d := Distribution{
		N: h.N, Min: tally.Number(h.Min), Max: tally.Number(h.Max),
		P1: q(0.01), P5: q(0.05), P25: q(0.25), P50: q(0.5), P75: q(0.75), P95: q(0.95), P99: q(0.99),
	}
	for _, b := range h.Bins() {
		d.Lo = append(d.Lo, tally.Number(b.Lo))
		d.Hi = append(d.Hi, tally.Number(b.Hi))
		d.Counts = append(d.Counts, b.Count)
	}
	return d
}

// groups lists groups, the largest first. read says that what came in was counted when it did.
func groups(list []*tally.Group, read bool) []Group {
	out := make([]Group, 0, len(list))
	for _, g := range list {
		before := g.Read
		if !read {
			before = g.Before()
		}
		out = append(out, Group{g.Name, before, g.Made, g.Dropped, g.Quarantined, g.Kept, g.ByStage})
	}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Before.Documents, a.Before.Documents), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func licences(list []*tally.Group) []Licence {
	out := make([]Licence, 0, len(list))
	for _, g := range list {
		out = append(out, Licence{g.Name, g.Kept})
	}
	slices.SortFunc(out, func(a, b Licence) int {
		return cmp.Or(cmp.Compare(b.Kept.Documents, a.Kept.Documents), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// domains lists the hosts that were largest before or are largest after.
func domains(t *tally.Tally) Domains {
	out := Domains{Known: t.DomainsIn.Len(), ErrorBefore: t.DomainsIn.Error, ErrorAfter: t.DomainsOut.Error, List: []Domain{}}
	names := map[string]bool{}
	for _, list := range [][]tally.Ranked{t.DomainsIn.List(maxDomains), t.DomainsOut.List(maxDomains / 4)} {
		for _, r := range list {
			if !names[r.Name] {
				names[r.Name] = true
				out.List = append(out.List, Domain{r.Name, t.DomainsIn.Get(r.Name), t.DomainsOut.Get(r.Name)})
			}
		}
	}
	slices.SortFunc(out.List, func(a, b Domain) int {
		return cmp.Or(cmp.Compare(b.Before.Documents, a.Before.Documents), cmp.Compare(b.After.Documents, a.After.Documents), cmp.Compare(a.Host, b.Host))
	})
	return out
}

func quarantine(t *tally.Tally, first []Record) Quarantine {
	q := Quarantine{Records: t.Damaged, Reasons: slices.Clone(t.Reasons), First: first[:min(len(first), maxRecords)]}
	for i := range t.Stages {
		q.Records += t.Stages[i].Quarantined.Documents
	}
	slices.SortStableFunc(q.Reasons, func(a, b *tally.Quarantine) int {
		return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Reason, b.Reason))
	})
	return q
}
