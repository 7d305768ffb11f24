package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/pii"
	"github.com/winnow-data/winnow/stages/rows"
	"github.com/winnow-data/winnow/stages/shard"
)

// mask hides personal data in what reports show.
func mask(s string) string { return pii.Mask(s) }

// doPass does one task of a pass.
func (r *Runner) doPass(ctx context.Context, ph *plan.Phase, index int, m *Marker) (err error) {
	p := &pass{ctx: ctx, run: r, phase: ph, index: index}
	p.sink = r.sink(ctx, ph, index)
	defer func() { err = errors.Join(err, p.sink.discard()) }()
	if err := p.lay(); err != nil {
		return err
	}
	if err := p.lead(); err != nil {
		return err
	}
	src, err := r.source(ctx, ph, index)
	if err != nil {
		return err
	}
	err = p.flow(ctx, src, r.opt.Workers, r.inFlight(ph))
	if err := errors.Join(err, src.close()); err != nil {
		return err
	}
	for _, t := range p.tasks {
		if err := t.End(); err != nil {
			return fmt.Errorf("%s: %w", t.Phase, err)
		}
	}
	if in, ok := src.(*inputSource); ok {
		m.Times.Bytes = in.bytes
	}
	return p.commit(m)
}

// source returns where the documents of a task come from.
func (r *Runner) source(ctx context.Context, ph *plan.Phase, index int) (source, error) {
	switch {
	case ph.Pass.From == "":
		return r.inputSource(ctx, ph.Pass.Parts[index]), nil
	case ph.Pass.Sorted != nil:
		return r.bucketSource(ctx, ph, index)
	}
	return r.rowSource(ctx, ph.Pass, index)
}

// lanes is how many batches of one task a stage that asks a model works on at a time: while the last replies to one batch are awaited, the next
// keeps the model busy.
const lanes = 4

// inFlight is how many batches of one task are in memory at a time.
func (r *Runner) inFlight(ph *plan.Phase) int {
	tasks := min(ph.Tasks, r.opt.Workers)
	n := max(3, 2*r.opt.Workers/tasks)
	for _, s := range ph.Pass.Steps {
		if r.layout.asks[s.Stage+1] {
			return max(n, lanes+2)
		}
	}
	return n
}

// lead gives the sink the place that the pass's documents go to.
func (p *pass) lead() error {
	s, ph := p.sink, p.phase
	switch ph.Pass.To {
	case plan.ToNothing:
		s.docs = nowhere{}
	case plan.ToDocuments:
		f := s.made.create(p.ctx, p.run.work, rowsName(ph.Name, p.index), true)
		s.docs = &rowsOut{shard.NewRowWriter(f), f}
	case plan.ToBuckets:
		key, err := p.sortKey(ph.Pass.Scatter)
		if err != nil {
			return err
		}
		s.docs = newBucketWriter(s.made.create(p.ctx, p.run.work, rowsName(ph.Name, p.index), true), ph.Pass.Buckets, key)
	case plan.ToOutput:
		out, err := p.run.shardsOut(p.ctx, p.index)
		if err != nil {
			return err
		}
		s.docs, s.shards = out, out
	default:
		return fmt.Errorf("the documents of phase %s go to %q, which is nowhere", ph.Name, ph.Pass.To)
	}
	return nil
}

// sortKey returns the key function of a barrier's sort phase.
func (p *pass) sortKey(s *plan.Step) (func(*stages.Document) uint64, error) {
	_, c, err := p.run.newStep(s.Stage)
	if err != nil {
		return nil, err
	}
	for _, ph := range c.(stages.Barrier).Phases() {
		if ph.Name == s.Phase {
			return ph.Sort, nil
		}
	}
	return nil, fmt.Errorf("%s has no phase %q", p.run.plan.Stages[s.Stage].Label, s.Phase)
}

// commit makes the task's files visible and fills its marker.
func (p *pass) commit(m *Marker) error {
	s := p.sink
	var err error
	if s.shards != nil {
		if m.Shards, err = s.shards.commit(); err != nil {
			return err
		}
	}
	if m.Files, err = s.made.commit(); err != nil {
		return err
	}
	if m.Tally, err = json.Marshal(s.tally); err != nil {
		return err
	}
	m.Rows, m.Excluded, m.Quarantined = s.rows, s.excluded.n, s.quarantined.n
	if s.signals != nil {
		m.Signals = s.signals.n
		if s.signals.judged.Documents > 0 {
			m.Judged = s.signals.judged
		}
	}
	for k, t := range p.tasks {
		if f := t.Facts(); f != nil {
			m.Facts[p.barriers[k]] = f
		}
	}
	for label, a := range s.asked {
		m.fact(label, askedFact, a)
	}
	for label, n := range s.counts {
		m.fact(label, countsFact, n)
	}
	m.Times.Documents = s.came
	m.Times.Stages = map[string]float64{}
	for label, d := range s.spent {
		m.Times.Stages[label] = d.Seconds()
	}
	return nil
}

// Among a stage's facts: what it has asked of its model, and what it has counted.
const (
	askedFact  = "asked"
	countsFact = "counts"
)

// fact keeps one fact of a stage.
func (m *Marker) fact(label, name string, v any) {
	if m.Facts[label] == nil {
		m.Facts[label] = map[string]any{}
	}
	m.Facts[label][name] = v
}

// sink returns the sink of one task of a pass.
func (r *Runner) sink(ctx context.Context, ph *plan.Phase, index int) *sink {
	s := &sink{
		sets: r.ruleSets(ph), order: map[string]int{}, meter: &r.meter,
		input: ph.Pass.From == "", output: ph.Pass.To == plan.ToOutput, tally: tally.New(r.layout.tally, mask),
		spent: map[string]time.Duration{}, asked: map[string]*tally.Asked{}, counts: map[string]map[string]int64{},
		rowsToo: slices.ContainsFunc(r.plan.Outputs, func(o plan.Output) bool { return rows.Is(o.Format) }),
	}
	for k, set := range s.sets {
		s.order[set.label] = k
	}
	s.entered = make([]int64, len(s.sets))
	record := func(kind string) func() *commitFile {
		return func() *commitFile { return s.made.create(ctx, r.own, recordName(kind, ph.Name, index), false) }
	}
	s.excluded.open, s.quarantined.open, s.trail.open = record("excluded"), record("quarantine"), record("rows")
	s.signals = r.signalsOut(ctx, ph, index, s)
	return s
}
