// Package tally counts what a run does to its documents.
//
// Every task of a run keeps one [Tally], fed by the runner as documents come in, are measured, edited, dropped, made,
// quarantined and kept. It is written into the task's marker as JSON; the run adds the tallies of all tasks up, in task
// order, and the report is drawn from the sum alone: no statistic needs a second look at the corpus.
//
//	t := tally.New(layout, pii.Mask)
//	t.Read(d, len(d.Text), words)        // once for each document of the input
//	t.Enter(stage, live)                 // once for each batch and stage
//	t.Measured(stage, m, view.Language())
//	t.Dropped(stage, rule, d, verdict, words)
//	t.Kept(d, bytes, words)              // once for each document of the output
//	raw, err := json.Marshal(t)          // into the marker
//
// A tally is deterministic (integers only, so that order of addition does not matter), of bounded size (under 300 KB of
// JSON whatever the corpus) and cheap (well under a microsecond for a document). What is bounded by a sketch says how
// far off it can be. It holds no times, which differ from run to run.
package tally

import (
	"fmt"

	"github.com/winnow-data/winnow/stages"
)

// A Stage describes one stage of the plan to the tally: stages and rules are then named by their numbers.
type Stage struct {
	Label string // unique in the recipe
	Name  string // of the component
	Rules []stages.Rule
}

// A Flow is an amount of text.
type Flow struct {
	Documents int64 `json:"documents"`
	Bytes     int64 `json:"bytes"` // of text, without fields
	Words     int64 `json:"words"`
}

// Add adds o to f.
func (f *Flow) Add(o Flow) {
	f.Documents += o.Documents
	f.Bytes += o.Bytes
	f.Words += o.Words
}

// Sub subtracts o from f.
func (f *Flow) Sub(o Flow) {
	f.Documents -= o.Documents
	f.Bytes -= o.Bytes
	f.Words -= o.Words
}

// one is the flow of a single document. A negative number of words means that nobody has counted them.
func (t *Tally) one(bytes, words int) Flow {
	if words < 0 {
		t.Uncounted++
		words = 0
	}
	return Flow{Documents: 1, Bytes: int64(bytes), Words: int64(words)}
}

// A Tally is what one task, or all tasks together, did. It belongs to one goroutine.
type Tally struct {
	In         Flow          `json:"in"`        // documents of the input; damaged records count as documents without bytes
	Out        Flow          `json:"out"`       // documents of the output
	Damaged    int64         `json:"damaged"`   // records that could not be read: quarantined before the first stage
	Uncounted  int64         `json:"uncounted"` // documents whose words nobody has counted, at any point
	Stages     []StageCount  `json:"stages"`
	Sources    []*Group      `json:"sources"`
	Languages  []*Group      `json:"languages"` // as known when the document was last seen; "" unknown. Read is not filled
	Scripts    []*Group      `json:"scripts"`   // the same by the field `script`
	Licences   []*Group      `json:"licences"`  // of the output, by the field `licence` or `license`; Kept alone is filled
	DomainsIn  Top           `json:"domains_in"`
	DomainsOut Top           `json:"domains_out"`
	Before     Lengths       `json:"before"` // of the input
	After      Lengths       `json:"after"`  // of the output
	Reasons    []*Quarantine `json:"reasons"`

	layout    []Stage
	rules     []map[string]int
	mask      func(string) string
	sources   index
	languages index
	scripts   index
	licences  index
	measured  []index // languages by stage
	host      []byte
}

// Lengths are the lengths of documents.
type Lengths struct {
	Bytes Hist `json:"bytes"`
	Words Hist `json:"words"`
}

// A StageCount is what one stage did.
type StageCount struct {
	Entered     int64       `json:"entered"` // documents
	Made        Flow        `json:"made"`
	Quarantined Flow        `json:"quarantined"`
	Edited      Edit        `json:"edited"`
	Measured    int64       `json:"measured"`  // documents
	Rules       []RuleCount `json:"rules"`     // in the order of the layout
	Languages   []Judged    `json:"languages"` // how far the rules applied, by language
}

// An Edit is what a stage did to the words of documents.
type Edit struct {
	Documents int64 `json:"documents"` // whose bytes changed
	Before    int64 `json:"before"`    // bytes of those
	After     int64 `json:"after"`
}

// A RuleCount is what one rule did.
type RuleCount struct {
	Dropped  Flow     `json:"dropped"`  // under this rule's name
	Outside  int64    `json:"outside"`  // documents measured outside the bounds, under whatever name they went
	Alone    int64    `json:"alone"`    // of those, the ones that lie inside the bounds of all other rules of the stage
	Together []int64  `json:"together"` // of those, the ones outside the bounds of the stage's k-th rule too; nil where none
	Values   Hist     `json:"values"`
	Examples Examples `json:"examples"`
}

// Judged says how many documents of a language a stage measured, and for how many each rule did not apply.
type Judged struct {
	Language string  `json:"language"`
	Measured int64   `json:"measured"`
	NA       []int64 `json:"na"` // by rule; nil where all rules applied to all
}

// New returns an empty tally for the stages of a plan. mask hides personal data in examples; nil keeps them as they are.
func New(layout []Stage, mask func(string) string) *Tally {
	if mask == nil {
		mask = func(s string) string { return s }
	}
	t := &Tally{layout: layout, mask: mask}
	t.Stages = make([]StageCount, len(layout))
	t.rules = make([]map[string]int, len(layout))
	t.measured = make([]index, len(layout))
	for i, s := range layout {
		t.Stages[i].Rules = make([]RuleCount, len(s.Rules))
		t.rules[i] = make(map[string]int, len(s.Rules))
		for k, r := range s.Rules {
			t.rules[i][r.Name] = k
			t.Stages[i].Rules[k].Values.Share = r.Unit == "share"
		}
	}
	return t
}

// Layout returns the stages that t counts.
func (t *Tally) Layout() []Stage { return t.layout }

// Rule returns the number of a stage's rule, and whether the stage has one of that name.
func (t *Tally) Rule(stage int, name string) (int, bool) {
	k, ok := t.rules[stage][name]
	return k, ok
}

// Read counts a document of the input: its bytes of text and its words (negative: not counted).
func (t *Tally) Read(d *stages.Document, bytes, words int) {
	f := t.one(bytes, words)
	t.In.Add(f)
	t.source(d.Source).Read.Add(f)
	t.Before.add(bytes, words)
	if h := t.hostOf(d); len(h) > 0 {
		t.DomainsIn.Add(h, f)
	}
}

// Damage counts a record of the input that could not be read. It is read and quarantined at once.
func (t *Tally) Damage(source, reason string) {
	t.In.Documents++
	t.Damaged++
	g := t.source(source)
	g.Read.Documents++
	g.Quarantined.Documents++
	t.quarantine("", reason)
}

// Enter counts n documents that a stage is about to see. Phases of a barrier that only look do not count.
func (t *Tally) Enter(stage, n int) { t.Stages[stage].Entered += int64(n) }

// Made counts a document that a stage made.
func (t *Tally) Made(stage int, d *stages.Document, bytes, words int) {
	f := t.one(bytes, words)
	t.Stages[stage].Made.Add(f)
	t.source(d.Source).Made.Add(f)
	t.language(d).Made.Add(f)
	t.script(d).Made.Add(f)
}

// Edited counts a document whose words a stage has changed.
func (t *Tally) Edited(stage, before, after int) {
	e := &t.Stages[stage].Edited
	e.Documents++
	e.Before += int64(before)
	e.After += int64(after)
}

// Dropped counts a document that a rule has removed.
func (t *Tally) Dropped(stage, rule int, d *stages.Document, v stages.Verdict, words int) {
	f := t.one(d.BodyBytes(), words)
	r := &t.Stages[stage].Rules[rule]
	r.Dropped.Add(f)
	for _, g := range [...]*Group{t.source(d.Source), t.language(d), t.script(d)} {
		g.drop(stage, len(t.layout), f)
	}
	t.example(&r.Examples, t.layout[stage].Rules[rule], d, v)
}

// Quarantined counts a document in which a stage found a fault.
func (t *Tally) Quarantined(stage int, d *stages.Document, reason string) {
	f := t.one(d.BodyBytes(), 0)
	t.Stages[stage].Quarantined.Add(f)
	for _, g := range [...]*Group{t.source(d.Source), t.language(d), t.script(d)} {
		g.Quarantined.Add(f)
	}
	t.quarantine(t.layout[stage].Label, reason)
}

// Kept counts a document of the output.
func (t *Tally) Kept(d *stages.Document, bytes, words int) {
	f := t.one(bytes, words)
	t.Out.Add(f)
	for _, g := range [...]*Group{t.source(d.Source), t.language(d), t.script(d)} {
		g.Kept.Add(f)
	}
	if name := licence(d); name != "" {
		pick(&t.Licences, &t.licences, name).Kept.Add(f)
	}
	t.After.add(bytes, words)
	if h := t.hostOf(d); len(h) > 0 {
		t.DomainsOut.Add(h, f)
	}
}

func (l *Lengths) add(bytes, words int) {
	l.Bytes.Add(float64(bytes))
	if words >= 0 {
		l.Words.Add(float64(words))
	}
}

// same says whether two tallies count the same stages.
func (t *Tally) same(o *Tally) error {
	if len(t.Stages) != len(o.Stages) {
		return fmt.Errorf("%d stages, want %d", len(o.Stages), len(t.Stages))
	}
	for i := range t.Stages {
		if len(t.Stages[i].Rules) != len(o.Stages[i].Rules) {
			return fmt.Errorf("stage %q: %d rules, want %d", t.layout[i].Label, len(o.Stages[i].Rules), len(t.Stages[i].Rules))
		}
	}
	return nil
}
