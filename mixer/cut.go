package mixer

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/winnow-data/winnow/stages"
)

// A cut is the pass that carries out a quota: it drops, keeps or repeats.
type cut struct {
	by       string
	key      keyer
	rule     string // of a document that is not drawn
	stranger string // rule of a document whose group has no part; "" where every group has one
}

// cutter is a cut at work in one task.
type cutter struct {
	cut
	share map[string]*allotted
}

// allotted is a share and what this task may still take of the documents whose key is the threshold.
type allotted struct {
	share
	ties int64
}

// pass starts the cut of one task.
func (c cut) pass(t *stages.Task) (stages.Stage, error) {
	p, err := readPlan(t)
	if err != nil {
		return nil, err
	}
	w := &cutter{cut: c, share: map[string]*allotted{}}
	for _, s := range p.Parts {
		a := &allotted{share: s}
		if s.Draw != nil {
			for _, tie := range s.Draw.Ties {
				if tie.Task == t.Index {
					a.ties = tie.N
				}
			}
		}
		for _, g := range s.Groups {
			w.share[g] = a
		}
	}
	return w, nil
}

// Apply implements [stages.Stage].
func (c *cutter) Apply(ctx context.Context, b *stages.Batch) error {
	for i, d := range b.Live() {
		name := groupOf(d, c.by)
		a, ok := c.share[name]
		if !ok {
			if c.stranger == "" {
				return fmt.Errorf("document %q has the %s %q, which was not there when documents were counted", d.ID, c.by, name)
			}
			b.Drop(i, stages.Verdict{Rule: c.stranger, Why: fmt.Sprintf("%s %q", c.by, name)})
			continue
		}
		key := c.key.of(d, name)
		switch n := a.times(key); {
		case n == 0:
			b.Drop(i, stages.Verdict{Rule: c.rule, Value: place(key)})
		default:
			for k := uint64(2); k <= n; k++ {
				b.Make(i, again(d, k))
			}
		}
	}
	return ctx.Err()
}

// times returns how often a document with this key stays.
func (a *allotted) times(key uint64) uint64 {
	n := a.Times
	switch {
	case a.Draw == nil:
	case key < a.Draw.Key:
		n++
	case key == a.Draw.Key && a.ties > 0:
		a.ties--
		n++
	}
	return n
}

// again returns the k-th copy of d, sharing no memory that a later stage may change.
func again(d *stages.Document, k uint64) stages.Document {
	c := *d
	c.ID += "~" + strconv.FormatUint(k, 10)
	c.Turns = slices.Clone(d.Turns)
	c.Answers = slices.Clone(d.Answers)
	for i := range c.Answers {
		c.Answers[i].Checks = slices.Clone(c.Answers[i].Checks)
	}
	c.Parents = slices.Clone(d.Parents)
	c.Fields = slices.Clone(d.Fields)
	return c
}
