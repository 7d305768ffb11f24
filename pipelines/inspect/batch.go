package inspect

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/stages"
)

// batch lets a stage act on a batch of one document, and passes what it made through the stages behind it.
func (c *Chain) batch(ctx context.Context, at int, d *stages.Document) (s Step, err error) {
	l := &c.links[at]
	s.Label = l.recipe.Label
	if !l.takes(d) {
		s.Passed = true
		return s, nil
	}
	before, fields := d.Body(), slices.Clone(d.Fields)
	b := stages.NewBatch([]stages.Document{*d})
	b.Act(s.Label)
	if err := l.apply(ctx, b); err != nil {
		return s, err
	}
	measured := map[string]float64{}
	b.Noted(func(_ int, rule string, x float64) { measured[rule] = x })
	for _, r := range l.rules {
		if x, ok := measured[r.Name]; ok {
			v := Value{Rule: r, Keep: r.Keep, Value: x, Inside: r.Keep.Has(x), Without: slices.Contains(l.recipe.Without, r.Name)}
			s.Values = append(s.Values, v)
		}
	}
	s.Counts = b.Counted()
	verdict, fault := b.Outcome(0)
	b.Settle()
	*d = b.Docs[0]
	s.Wrote, s.Edited = written(fields, d.Fields), d.Body() != before
	switch {
	case fault != nil:
		s.Err = fault
	case l.drops(verdict):
		s.Verdict = verdict
	case s.Edited && strings.TrimSpace(d.Body()) == "" && l.recipe.Drop:
		s.Verdict = stages.Verdict{Rule: plan.EmptyRule.Name}
	}
	for i := 1; i < len(b.Docs); i++ {
		m := Made{Document: &b.Docs[i]}
		if m.Steps, err = c.from(ctx, at+1, m.Document); err != nil {
			return s, err
		}
		s.Made = append(s.Made, m)
	}
	c.view.Reset(d.Body())
	return s, nil
}

// apply lets the stage act. A panic is a fault of the record.
func (l *link) apply(ctx context.Context, b *stages.Batch) (err error) {
	defer func() {
		if p := recover(); p != nil {
			b.Fail(0, fmt.Errorf("panic: %v", p))
		}
	}()
	return l.stage.Apply(ctx, b)
}

// check judges the answers of a document and counts what it found. It replaces what stands there under the stage's label.
func (l *link) check(d *stages.Document) map[string]int64 {
	n := map[string]int64{"passed": 0, "failed": 0, "unknown": 0}
	for i := range d.Answers {
		a := &d.Answers[i]
		found := l.checkOne(d, a)
		found.Name = l.recipe.Label
		a.Checks = slices.Clone(a.Checks)
		if k := slices.IndexFunc(a.Checks, func(c stages.Check) bool { return c.Name == found.Name }); k >= 0 {
			a.Checks[k] = found
		} else {
			a.Checks = append(a.Checks, found)
		}
		n[map[stages.Result]string{stages.Passed: "passed", stages.Failed: "failed", stages.Unknown: "unknown"}[found.Result]]++
	}
	return n
}

// checkOne judges one answer. A panic says nothing about the answer.
func (l *link) checkOne(d *stages.Document, a *stages.Answer) (found stages.Check) {
	defer func() {
		if p := recover(); p != nil {
			found = stages.Check{Result: stages.Unknown, Why: fmt.Sprintf("panic: %v", p)}
		}
	}()
	return l.checker.Check(d, a)
}
