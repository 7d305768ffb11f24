package run

import (
	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/signals"
	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages"
)

// layout is what the run knows of its stages: the input first, then those of the recipe.
type layout struct {
	tally  []tally.Stage
	judged []int    // rules that the stage's filter measures
	last   []string // of a barrier: the pass in which its documents are counted: the first that may end one, else the last
	asks   []bool   // the stage asks a model
}

// newLayout makes every stage of the recipe once to learn its rules.
func (r *Runner) newLayout() error {
	l := layout{
		tally:  []tally.Stage{{Label: inputLabel, Name: inputLabel, Rules: []stages.Rule{plan.EmptyRule}}},
		judged: []int{0}, last: []string{""}, asks: []bool{false},
	}
	for k := range r.recipe.Stages {
		st := &r.recipe.Stages[k]
		c, err := st.New()
		if err != nil {
			return err
		}
		judged, last := signals.Judged(c), ""
		if b, ok := c.(stages.Barrier); ok {
			if err := r.provision(st.Label, c); err != nil {
				return err
			}
			for _, ph := range b.Phases() {
				if ph.Pass == nil {
					continue
				}
				if last = ph.Name; !ph.Looks {
					break
				}
			}
		}
		l.tally = append(l.tally, tally.Stage{Label: st.Label, Name: st.Name, Rules: plan.Rules(c)})
		l.judged, l.last, l.asks = append(l.judged, judged), append(l.last, last), append(l.asks, asksModel(c))
	}
	r.layout = l
	return nil
}

// ruleSets lists the steps of a pass as the sink and the checks need them; the input comes first where the pass reads it.
func (r *Runner) ruleSets(ph *plan.Phase) []ruleSet {
	var sets []ruleSet
	add := func(number, at int, phase string) {
		l := r.layout.tally[number]
		sets = append(sets, ruleSet{
			number: number, label: l.Label, name: l.Name, rules: l.Rules, at: at,
			judged: r.layout.judged[number], counts: r.layout.last[number] == phase, asks: r.layout.asks[number],
		})
	}
	if ph.Pass.From == "" {
		add(0, 0, "")
	}
	at := 0
	for _, ps := range ph.Pass.Steps {
		add(ps.Stage+1, at, ps.Phase)
		at += len(r.layout.tally[ps.Stage+1].Rules)
	}
	return sets
}
