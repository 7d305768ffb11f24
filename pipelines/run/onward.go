package run

import (
	"slices"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

// An onward is what was found of a document that was measured on after its drop.
type onward struct {
	m     []float64 // by the places of all rules of the recipe
	bytes int       // of the text behind the last stage; -1 where it did not come there

	language string // that the stage which dropped it would have written; "" where it writes none
}

// dropped measures on what a batch stage before the chain has dropped. What the chain itself drops is measured on at once.
func (c *chain) dropped(j *job) {
	for i := range j.batch.Docs {
		if j.batch.Alive(i) || j.rows[i].on != nil || !c.sampled(j, i) {
			continue
		}
		if v, fault := j.batch.Outcome(i); fault != nil || v.Rule == empty {
			continue
		}
		c.onward(&j.rows[i], &j.batch.Docs[i], nil, c.steps)
	}
}

// sampled says whether a document is measured on, should it go.
func (c *chain) sampled(j *job, i int) bool {
	return c.rest != nil && c.sample.Has(j.batch.Docs[i].ID)
}

// onward passes a copy of a document that was dropped through the steps behind, of this pass and of those to come, as if it had stayed. A document in which one of them
// finds a fault, or that an edit leaves blank, goes no further. by is the step of the chain that dropped it.
func (c *chain) onward(r *row, d *stages.Document, by *step, steps []*step) {
	on := &onward{m: make([]float64, c.signals.Width), bytes: -1}
	for k := range on.m {
		on.m[k] = shard.Missing
	}
	r.on = on
	rest, err := c.rest()
	if err != nil {
		if c.fault == nil {
			c.fault = err
		}
		return
	}
	defer func() { _ = recover() }() // a fault of the record
	copied := *d
	copied.Turns, copied.Fields, copied.Answers = slices.Clone(d.Turns), slices.Clone(d.Fields), slices.Clone(d.Answers)
	d = &copied
	if by != nil {
		if !c.spared(on, d, by) {
			return
		}
		on.language, _ = d.Fields.Text("language")
	}
	c.look(d)
	for _, s := range slices.Concat(steps, rest) {
		if s.checks != nil || s.only != nil && !s.takes(d) {
			continue
		}
		first := c.signals.Stages[s.number-1].First
		v, err := c.apply(s, d, on.m[first:first+len(s.rules)], nil)
		if err != nil || v.Rule == empty || v.Rule != "" && !c.spared(on, d, s) {
			return
		}
	}
	on.bytes = d.BodyBytes()
}

// spared makes of a document what the step that dropped it would have made with other bounds. It says whether the document would have gone on: blank text does not.
func (c *chain) spared(on *onward, d *stages.Document, by *step) bool {
	sparer, ok := by.own.(stages.Sparer)
	if !ok {
		return true
	}
	sparer.Spare(d)
	if blank(d.Body()) {
		on.m[c.signals.Stages[by.number-1].First+len(by.rules)-1] = 0 // the last rule of a mapper is empty
		return false
	}
	c.look(d)
	return true
}

// look turns the view to what a document is.
func (c *chain) look(d *stages.Document) {
	if body := d.Body(); body != c.view.Text() {
		c.view.Reset(body)
	}
	c.know(d)
}

// behind returns what makes, when it is first asked, the steps by which documents are measured on: of all stages behind one that judge single documents.
func (r *Runner) behind(stage int) func() ([]*step, error) {
	made := false
	var list []*step
	var err error
	return func() ([]*step, error) {
		if made {
			return list, err
		}
		made = true
		for k := stage + 1; k < len(r.recipe.Stages) && err == nil; k++ {
			if r.signals.Stages[k].Blind || r.recipe.Stages[k].Spec.Kind == stages.KindChecker {
				continue
			}
			var s *step
			if s, _, err = r.newStep(k); err == nil {
				list = append(list, s)
			}
		}
		return list, err
	}
}
