package run

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages"
)

// check holds a finished phase against the recipe's limits: how many records may be damaged, and that no stage leaves nothing.
func (r *Runner) check(ctx context.Context, ph *plan.Phase) error {
	if ph.Pass == nil {
		return nil
	}
	t, err := r.phaseTally(ctx, ph)
	if err != nil {
		return err
	}
	if ph.Pass.From == "" {
		limit := float64(r.recipe.Limits.Damaged)
		if bad := t.Damaged; float64(bad) > limit*float64(t.In.Documents) {
			return stages.Final(fmt.Errorf(
				"%d of %d records of the input are damaged, more than limits: damaged: %.3g%% allows; see %s/quarantine",
				bad, t.In.Documents, 100*limit, Folder))
		}
		if t.In.Documents == 0 {
			return stages.Final(fmt.Errorf("the input holds no records"))
		}
	}
	if err := r.checkModels(ph, t); err != nil {
		return err
	}
	if err := r.checkReplies(ctx, ph); err != nil {
		return err
	}
	if r.recipe.Limits.AllowEmpty {
		return nil
	}
	sets := r.ruleSets(ph)
	for _, set := range sets {
		if !set.counts {
			continue
		}
		s := &t.Stages[set.number]
		gone := s.Quarantined.Documents
		for k := range s.Rules {
			gone += s.Rules[k].Dropped.Documents
		}
		if s.Entered > 0 && gone == s.Entered+s.Made.Documents {
			return stages.Final(fmt.Errorf(
				"stage %s left nothing of %d documents (%s); if that is meant, say so with limits: {allow_empty: true}",
				set.label, s.Entered, worst(s, set)))
		}
	}
	return nil
}

// checkModels holds the documents about which a model gave no answer against the recipe's limit.
func (r *Runner) checkModels(ph *plan.Phase, t *tally.Tally) error {
	limit := float64(r.recipe.Limits.ModelFailures)
	for _, set := range r.ruleSets(ph) {
		if s := &t.Stages[set.number]; set.asks && float64(s.Quarantined.Documents) > limit*float64(s.Entered) && s.Entered > 0 {
			return stages.Final(fmt.Errorf("stage %s: %d of %d documents got no answer of the model, more than limits: model_failures: %.3g%% allows; see %s/quarantine",
				set.label, s.Quarantined.Documents, s.Entered, 100*limit, Folder))
		}
	}
	return nil
}

// checkReplies holds the requests that got no answer against the recipe's limit. A check of answers leaves them unknown and quarantines nothing.
func (r *Runner) checkReplies(ctx context.Context, ph *plan.Phase) error {
	markers, err := r.markers(ctx, ph)
	if err != nil {
		return err
	}
	used := map[string]*stages.Usage{}
	for _, m := range markers {
		for label, facts := range m.Facts {
			v, ok := facts[askedFact]
			if !ok {
				continue
			}
			a, err := tally.LoadAsked(v)
			if err != nil {
				return fmt.Errorf("marker of %s, task %d: %w", ph.Name, m.Task, err)
			}
			if used[label] == nil {
				used[label] = new(stages.Usage)
			}
			used[label].Add(a.Usage)
		}
	}
	limit := r.recipe.Limits.ModelFailures
	for _, label := range slices.Sorted(maps.Keys(used)) {
		if u := used[label]; float64(u.Failed) > float64(limit)*float64(u.Calls) {
			return stages.Final(fmt.Errorf("stage %s: %d of %d requests got no answer of the model, more than limits: model_failures: %.3g%% allows; winnow preview --ask shows what it says",
				label, u.Failed, u.Calls, 100*float64(limit)))
		}
	}
	return nil
}

// worst names the rule that removed most.
func worst(s *tally.StageCount, set ruleSet) string {
	name, most := "quarantined", s.Quarantined.Documents
	for k := range s.Rules {
		if n := s.Rules[k].Dropped.Documents; n > most {
			name, most = "rule "+set.rules[k].Name, n
		}
	}
	return fmt.Sprintf("%s: %d", name, most)
}

// phaseTally adds up the tallies of a finished phase, in task order.
func (r *Runner) phaseTally(ctx context.Context, ph *plan.Phase) (*tally.Tally, error) {
	sum := tally.New(r.layout.tally, mask)
	markers, err := r.markers(ctx, ph)
	if err != nil {
		return nil, err
	}
	for t, m := range markers {
		if m == nil {
			return nil, fmt.Errorf("task %d of phase %s has no marker", t, ph.Name)
		}
		if err := r.addTally(sum, m); err != nil {
			return nil, fmt.Errorf("marker of %s, task %d: %w", ph.Name, t, err)
		}
	}
	return sum, nil
}

// addTally adds the tally of one marker.
func (r *Runner) addTally(sum *tally.Tally, m *Marker) error {
	if len(m.Tally) == 0 {
		return nil
	}
	t, err := tally.Load(r.layout.tally, mask, m.Tally)
	if err != nil {
		return err
	}
	return sum.Merge(t)
}
