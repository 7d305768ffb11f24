package run

import (
	"context"
	"fmt"
	"slices"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

// empty is the rule by which blank text goes before any filter sees it. Every stage that edits has it, and the input.
const empty = "empty"

// unmeasured marks a value that no filter has filled: the document never came there, or `only` kept it out.
var unmeasured = shard.Missing

func isUnmeasured(x float64) bool { return shard.IsMissing(x) }

// A step is one stage of a pass, made for one goroutine. Exactly one of filter/mapper (or both), checker and stage is set.
type step struct {
	number int // in the tally; 0 is the input
	label  string
	rules  []stages.Rule // of the filter first, then those a mapper, stage or barrier names, then `empty`
	off    []bool        // rules switched off by `without`
	only   []recipe.Only
	drop   bool
	at     int // where its measurements stand in a document's row of values
	judged int // how many of the rules the filter measures

	filter stages.Filter
	mapper stages.Mapper
	own    stages.Measurer // the mapper, if it measures by itself
	owned  int             // how many of the rules it measures
	checks *checks
	stage  stages.Stage
	looks  bool // the stage is a barrier's pass that changes nothing
	asks   bool // it asks a model

	stageNumber int    // in the recipe
	phase       string // of a barrier
}

// perDocument says whether s needs nothing but the document, so that any worker may run it.
func (s *step) perDocument() bool { return s.stage == nil }

// newStep makes the component of a recipe's stage and what the run must know of it.
func (r *Runner) newStep(stage int) (*step, any, error) {
	st := &r.recipe.Stages[stage]
	c, err := st.New()
	if err != nil {
		return nil, nil, err
	}
	if err := r.provision(st.Label, c); err != nil {
		return nil, nil, err
	}
	s := &step{number: stage + 1, label: st.Label, only: st.Only, drop: st.Drop, rules: plan.Rules(c)}
	s.off = make([]bool, len(s.rules))
	for i, r := range s.rules {
		s.off[i] = slices.Contains(st.Without, r.Name)
	}
	if s.filter, _ = c.(stages.Filter); s.filter != nil {
		s.judged = len(s.filter.Rules())
	}
	s.mapper, _ = c.(stages.Mapper)
	if s.own = measurer(c); s.own != nil {
		s.owned = s.own.Measures()
	}
	if checker, ok := c.(stages.Checker); ok {
		s.checks = &checks{checker: checker, label: st.Label}
	}
	if _, barrier := c.(stages.Barrier); !barrier {
		s.stage, _ = c.(stages.Stage)
	}
	s.asks = asksModel(c)
	return s, c, nil
}

// measurer returns a mapper that measures by itself; nil of all else.
func measurer(c any) stages.Measurer {
	m, ok := c.(stages.Measurer)
	if _, maps := c.(stages.Mapper); !ok || !maps {
		return nil
	}
	return m
}

// asksModel says whether a component puts questions to a model.
func asksModel(c any) bool {
	a, ok := c.(stages.Asker)
	return ok && a.Asks().Ask != "" && a.Asks().Ask != stages.AskCount
}

// provision lets a component load what it needs.
func (r *Runner) provision(label string, c any) error {
	p, ok := c.(stages.Provisioner)
	if !ok {
		return nil
	}
	if err := p.Provision(r.env); err != nil {
		return fmt.Errorf("%s: %w", label, err)
	}
	return nil
}

// takes says whether `only` lets the document in.
func (s *step) takes(d *stages.Document) bool {
	for _, o := range s.only {
		v, ok := d.Field(o.Field)
		if !ok || !slices.Contains(o.Values, v) {
			return false
		}
	}
	return true
}

// rule returns the number of the named rule, or -1.
func (s *step) rule(name string) int {
	return slices.IndexFunc(s.rules, func(r stages.Rule) bool { return r.Name == name })
}

// decide returns the verdict of the first rule that m breaks, in the order of the rules.
func (s *step) decide(m []float64, language string) (stages.Verdict, error) {
	for i := range m {
		r := &s.rules[i]
		if s.off[i] {
			continue
		}
		keep := r.Keep
		if keep.By != nil {
			keep = keep.For(language)
		}
		if keep.Has(m[i]) {
			continue
		}
		if m[i] != m[i] {
			return stages.Verdict{}, fmt.Errorf("rule %s: the measurement is not a number", r.Name)
		}
		return stages.Verdict{Rule: r.Name, Value: m[i]}, nil
	}
	return stages.Verdict{}, nil
}

// act lets a batch stage act on the documents that `only` lets in, and checks what it decided.
func (s *step) act(ctx context.Context, j *job) error {
	b := j.batch
	if s.only != nil {
		for i, d := range b.Live() {
			if !s.takes(d) {
				b.Hide(i)
			}
		}
		defer b.Show()
	}
	b.Act(s.label)
	n := 0
	for range b.Live() {
		n++
	}
	if n == 0 {
		return nil
	}
	if err := s.stage.Apply(ctx, b); err != nil {
		return err
	}
	used := b.Noted(func(i int, rule string, x float64) {
		if n := s.rule(rule); n >= 0 {
			j.rows[i].m[s.at+n] = x
		}
	})
	if s.asks {
		j.used = append(j.used, usedBy{s.label, used})
	}
	if n := b.Counted(); n != nil {
		j.counts = append(j.counts, countsOf{s.label, n})
	}
	for i := range b.Docs {
		v, fault := b.Outcome(i)
		if b.By(i) != s.label {
			continue
		}
		if s.looks {
			if fault == nil {
				fault = fmt.Errorf("rule %s", v.Rule)
			}
			return stages.Final(fmt.Errorf("a phase that only looks has ended document %s: %w", b.Docs[i].ID, fault))
		}
		if v.Rule == "" {
			continue
		}
		kept, err := s.verdict(v, j.rows[i].m[s.at:s.at+len(s.rules)])
		switch {
		case err != nil:
			b.Fail(i, err)
		case kept.Rule == "" || !s.drop:
			b.Revive(i)
		}
	}
	return nil
}
