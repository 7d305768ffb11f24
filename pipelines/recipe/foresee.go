package recipe

import (
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

// foresees says whether a component, as it is set, must be told the checks behind it.
func foresees(c any) bool {
	f, ok := c.(stages.Foreseer)
	return ok && f.Foresees()
}

// checksAnswers says whether a stage writes on answers what it finds, and does nothing else: the vocabulary calls them check_* and dedup_answers.
func checksAnswers(spec stages.Spec) bool {
	base, _, _ := strings.Cut(spec.Name, "@")
	return strings.HasPrefix(base, "check_") || base == "dedup_answers"
}

// foresee tells stages that act by the checks behind them which those are: all up to the first stage of another kind, past other stages that do the same.
func (l *loader) foresee() {
	for i := range l.recipe.Stages {
		s := &l.recipe.Stages[i]
		c, ps := s.decode()
		if len(ps) > 0 || !foresees(c) {
			continue
		}
		for _, next := range l.recipe.Stages[i+1:] {
			if checksAnswers(next.Spec) {
				s.coming = append(s.coming, next)
			} else if _, also := next.Spec.New().(stages.Foreseer); !also {
				break
			}
		}
		at := s.name
		if n := s.node.Get("until"); n != nil {
			at = n
		}
		if len(s.coming) == 0 && !s.blind {
			p := settings.At(at, "no check stands right behind this stage: nothing says which answers have passed")
			p.Help = "put check_math, or another check_…, behind it"
			l.add(p.In(s.Label + ": until"))
		}
		l.biased(i, at)
	}
}

// biased warns of bounds for a share of passed answers where asking stops with those that pass.
func (l *loader) biased(i int, at *settings.Node) {
	for _, next := range l.recipe.Stages[i+1:] {
		if next.Spec.Name != "pass_rate" || next.node.Get("min") == nil && next.node.Get("max") == nil {
			continue
		}
		p := settings.At(at, "asking stops once answers have passed, so that the rates which %s cuts on are too high", next.Label)
		p.Warning, p.Help = true, "ask for all n answers, or cut on no rate"
		l.add(p.In(l.recipe.Stages[i].Label + ": until"))
		return
	}
}

// comings makes the components that a stage is told of. They are part of the same pass as the stage, so that its key tells when they change.
func (s *Stage) comings() (list []stages.Coming, ps []Problem) {
	for k := range s.coming {
		next := &s.coming[k]
		c, faults := next.decode()
		ps = append(ps, faults...)
		coming := stages.Coming{Label: next.Label, Check: c}
		if next.Only != nil {
			coming.Takes = next.takes
		}
		list = append(list, coming)
	}
	return list, ps
}

// takes says whether `only` lets a document in.
func (s *Stage) takes(d *stages.Document) bool {
	return !slices.ContainsFunc(s.Only, func(o Only) bool {
		v, ok := d.Field(o.Field)
		return !ok || !slices.Contains(o.Values, v)
	})
}
