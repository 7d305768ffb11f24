package synth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// Until says when a prompt has answers enough.
type Until struct {
	Passed int `allowed:"0..10000"` // different answers that passed every check
	Failed int `allowed:"0..10000"` // different answers that failed one, besides
	Step   int `allowed:"0..10000"` // answers that are asked for at a time; 0: as many as are missing
}

func (u Until) validate(n int) error {
	switch {
	case u.Passed+u.Failed > n:
		return fmt.Errorf("until: %d answers are wanted and n allows %d; want a larger n", u.Passed+u.Failed, n)
	case u.Passed+u.Failed == 0 && u.Step > 0:
		return errors.New("until: step goes with passed or failed: it says how many answers are asked for at a time until there are enough of those")
	}
	return nil
}

// Foresees implements [stages.Foreseer].
func (a *Answer) Foresees() bool { return a.Until != Until{} }

// Foresee implements [stages.Foreseer].
func (a *Answer) Foresee(checks []stages.Coming) { a.coming = checks }

func (a *Answer) provisionComing(env *stages.Env) error {
	for _, c := range a.coming {
		p, ok := c.Check.(stages.Provisioner)
		if !ok {
			continue
		}
		if err := p.Provision(env); err != nil {
			return fmt.Errorf("until: %s: %w", c.Label, err)
		}
	}
	return nil
}

// missing says how many answers each prompt is to be asked for next. It depends on the prompt's own answers alone.
func (a *Answer) missing(ctx context.Context, b *stages.Batch, open []prompting) error {
	if !a.Foresees() {
		for i := range open {
			open[i].next = a.N
		}
		return nil
	}
	judged := make([]stages.Document, len(open))
	for k := range open {
		judged[k] = trial(&b.Docs[open[k].at])
	}
	trials := stages.NewBatch(judged)
	for _, c := range a.coming {
		if err := foresee(ctx, trials, c); err != nil {
			return fmt.Errorf("until: %s: %w", c.Label, err)
		}
	}
	for k := range open {
		p := &open[k]
		passed, failed := different(judged[k].Answers)
		n := max(0, a.Until.Passed-passed) + max(0, a.Until.Failed-failed)
		if !trials.Alive(k) {
			n = 0 // no answer to it can be judged
		}
		if n > 0 && a.Until.Step > 0 {
			n = a.Until.Step
		}
		p.next = min(n, a.N-p.asked)
		if n == 0 {
			b.Count("stopped", 1)
			b.Count("spared", int64(a.N-p.asked))
		}
	}
	return nil
}

// trial is a copy of a document that checks may write on.
func trial(d *stages.Document) stages.Document {
	t := *d
	t.Fields = slices.Clone(d.Fields)
	t.Answers = slices.Clone(d.Answers)
	for k := range t.Answers {
		t.Answers[k].Checks = slices.Clone(t.Answers[k].Checks)
	}
	return t
}

// foresee lets a check that comes later judge trials.
func foresee(ctx context.Context, b *stages.Batch, c stages.Coming) error {
	defer b.Show()
	for i, d := range b.Live() {
		if c.Takes != nil && !c.Takes(d) {
			b.Hide(i)
		}
	}
	switch check := c.Check.(type) {
	case stages.Stage:
		b.Act(c.Label)
		return check.Apply(ctx, b)
	case stages.Checker:
		for _, d := range b.Live() {
			for k := range d.Answers {
				judge(check, c.Label, d, &d.Answers[k])
			}
		}
		return nil
	}
	return stages.Final(fmt.Errorf("%T judges no answers", c.Check))
}

// judge adds what a checker finds, in the place of what its label has found before. A panic says nothing about the answer.
func judge(c stages.Checker, label string, d *stages.Document, a *stages.Answer) {
	found := stages.Check{Result: stages.Unknown}
	defer func() {
		_ = recover()
		found.Name = label
		a.Checks = append(slices.DeleteFunc(a.Checks, func(c stages.Check) bool { return c.Name == label }), found)
	}()
	found = c.Check(d, a)
}

// different counts the answers that passed, and those that failed, each once but for white space.
func different(answers []stages.Answer) (passed, failed int) {
	seen := map[sameness]bool{}
	for k := range answers {
		s := sameness{standing(&answers[k]), strings.Join(strings.Fields(answers[k].Text), " ")}
		if seen[s] {
			continue
		}
		seen[s] = true
		switch s.standing {
		case stages.Passed:
			passed++
		case stages.Failed:
			failed++
		}
	}
	return passed, failed
}
