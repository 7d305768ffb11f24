package run

import (
	"context"
	"fmt"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/signals"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

// signalsOut writes what rules have measured of the documents that end in a pass: those that go, and in the last pass those that stay. What documents that go on
// have been measured by goes with them.
type signalsOut struct {
	layout *signals.Layout
	sample plan.Signals
	open   func() *commitFile
	file   *commitFile
	w      *signals.Writer
	row    signals.Row
	n      int64
	judged *signals.Overlap // of the documents that all rules have judged
	first  []int            // by set: place of its first rule; -1 of the input
	names  [][]string       // by set and rule: what dropped_by says
	blind  []bool           // by set: the stage sees more than single documents
	faults []string         // by set: the same of a document in which the stage found a fault
}

// signalsOut returns what keeps the signals of one task of a pass; nil where the run keeps none.
func (r *Runner) signalsOut(ctx context.Context, ph *plan.Phase, index int, s *sink) *signalsOut {
	if !r.plan.Signals.On() {
		return nil
	}
	o := &signalsOut{layout: r.signals, sample: r.plan.Signals, row: signals.Row{M: make([]float64, r.signals.Width)}, judged: r.signals.NewOverlap()}
	o.open = func() *commitFile { return s.made.create(ctx, r.own, signalsName(ph.Name, index), false) }
	for _, set := range s.sets {
		first, blind, names := -1, false, []string(nil)
		if set.number > 0 {
			first, blind = r.signals.Stages[set.number-1].First, r.signals.Stages[set.number-1].Blind
		}
		for _, rule := range set.rules {
			names = append(names, set.label+"."+rule.Name)
		}
		o.blind = append(o.blind, blind)
		o.first, o.names, o.faults = append(o.first, first), append(o.names, names), append(o.faults, set.label+"."+signals.Quarantined)
	}
	return o
}

// signalsName is where the signals of a task lie.
func signalsName(phase string, task int) string {
	return fmt.Sprintf("signals/%s-%05d.parquet", phase, task)
}

// gather puts together what this pass, those before it and the measuring on have found of a document.
func (o *signalsOut) gather(r *row, d *stages.Document, sets []ruleSet) {
	m := o.row.M
	if len(d.Signals) == len(m) {
		copy(m, d.Signals)
	} else {
		for k := range m {
			m[k] = shard.Missing
		}
	}
	for k := range sets {
		if o.first[k] >= 0 {
			merge(m[o.first[k]:], r.m[sets[k].at:sets[k].at+len(sets[k].rules)])
		}
	}
	if r.on != nil {
		merge(m, r.on.m)
	}
}

// merge writes the numbers of one list over another, where there are any.
func merge(to, from []float64) {
	for k, x := range from {
		if !shard.IsMissing(x) {
			to[k] = x
		}
	}
}

// write adds a document that ends in this pass. language is its own unless one is given.
func (o *signalsOut) write(d *stages.Document, by, language string, bytes, words, out int) error {
	if o.w == nil {
		o.file = o.open()
		var err error
		if o.w, err = o.layout.Writer(o.file); err != nil {
			return err
		}
	}
	o.n++
	o.row.ID, o.row.Source, o.row.DroppedBy = d.ID, d.Source, by
	if o.row.Language = language; language == "" {
		o.row.Language, _ = d.Fields.Text("language")
	}
	o.row.Bytes, o.row.Words, o.row.BytesOut = int64(bytes), int64(words), int64(out)
	return o.w.Write(&o.row)
}

// kept adds a document of the corpus.
func (o *signalsOut) kept(d *stages.Document, r *row) error {
	n := d.BodyBytes()
	if err := o.write(d, "", "", n, r.out, n); err != nil {
		return err
	}
	if o.sample.Has(d.ID) {
		o.judged.Add(o.layout, &o.row, false)
	}
	return nil
}

// dropped adds a document that a rule of a set has removed.
func (o *signalsOut) dropped(d *stages.Document, r *row, set, rule, words int) error {
	out, language := -1, ""
	if r.on != nil {
		out, language = r.on.bytes, r.on.language
	}
	if err := o.write(d, o.names[set][rule], language, d.BodyBytes(), words, out); err != nil {
		return err
	}
	if out >= 0 {
		o.judged.Add(o.layout, &o.row, o.blind[set])
	}
	return nil
}

// recountSignals holds the rows of signals against the account: one for each document that was read or made.
func (r *Runner) recountSignals(ctx context.Context, res *Result) error {
	if !r.plan.Signals.On() {
		return nil
	}
	var n int64
	for _, m := range res.Markers {
		if m.Signals == 0 {
			continue
		}
		name := signalsName(m.Phase, m.Task)
		rows, err := signals.Count(ctx, r.own, name)
		if err != nil {
			return err
		}
		if rows != m.Signals {
			return fmt.Errorf("%s holds %d rows, %d were written", name, rows, m.Signals)
		}
		n += rows
	}
	if sum := res.Sums[0]; n != sum.Read+sum.Made-res.Tally.Damaged {
		return fmt.Errorf("signals have %d rows; %d documents were read and made", n, sum.Read+sum.Made-res.Tally.Damaged)
	}
	return nil
}

// close writes the end.
func (o *signalsOut) close() error {
	if o == nil || o.w == nil {
		return nil
	}
	if err := o.w.Close(); err != nil {
		return err
	}
	return o.file.Close()
}
