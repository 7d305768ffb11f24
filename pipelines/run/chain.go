package run

import (
	"fmt"
	"math"
	"time"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/signals"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// clockEvery is how many documents share one timing; at 64 the clock costs under 1 % of the cheapest chain.
const clockEvery = 64

// A chain is a run of per-document steps that one goroutine owns: document outside, component inside, one view.
type chain struct {
	steps  []*step
	first  bool // the chain sees the documents of the input: blank text goes here
	count  bool // the chain counts the words of what is left
	view   text.View
	joined []byte          // scratch, for the body of a conversation
	clocks []time.Duration // by step, of one document in clockEvery

	signals *signals.Layout
	sample  plan.Signals
	rest    func() ([]*step, error) // the steps behind the chain by which documents are measured on; nil where the run keeps no signals
	fault   error                   // they could not be made
}

// run passes every live document of j through the chain.
func (c *chain) run(j *job) {
	for i, d := range j.batch.Live() {
		c.document(j, i, d, (j.first+int64(i))%clockEvery == 0)
	}
	if c.rest != nil {
		c.dropped(j)
	}
}

// document passes one document through the chain and leaves its outcome in the batch. A panic in a component is a fault
// of the record.
func (c *chain) document(j *job, i int, d *stages.Document, timed bool) {
	label, r := inputLabel, &j.rows[i]
	defer func() {
		c.counted()
		if p := recover(); p != nil {
			j.batch.Act(label)
			j.batch.Fail(i, fmt.Errorf("panic: %v", p))
		}
	}()
	body := c.body(d)
	if c.first && blank(body) {
		r.words, r.out = 0, 0
		j.batch.Act(label)
		j.batch.Drop(i, stages.Verdict{Rule: empty})
		return
	}
	c.view.Reset(body)
	c.know(d)
	if c.first || r.made > 0 && r.words < 0 {
		r.words = c.words()
	}
	gone := 0
	for k, s := range c.steps {
		label = s.label
		if s.only != nil && !s.takes(d) {
			continue
		}
		var start time.Time
		if timed {
			start = time.Now()
		}
		v, err := c.apply(s, d, r.m[s.at:s.at+len(s.rules)], r)
		if timed {
			c.clocks[k] += time.Since(start)
		}
		if err != nil {
			j.batch.Act(label)
			j.batch.Fail(i, err)
			return
		}
		if v.Rule != "" && s.drop {
			j.batch.Act(label)
			j.batch.Drop(i, v)
			gone = k + 1
			break
		}
	}
	if len(c.steps) > 0 || r.out < 0 {
		r.out = c.words()
	}
	if v, _ := j.batch.Outcome(i); gone > 0 && v.Rule != empty && c.sampled(j, i) {
		c.onward(r, d, c.steps[gone-1], c.steps[gone:])
	}
}

func (c *chain) words() int { return int(math.Round(c.view.WordCount())) }

// know tells the view the language that the document's fields name.
func (c *chain) know(d *stages.Document) {
	if language, ok := d.Fields.Text("language"); ok {
		c.view.SetLanguage(language)
	}
}

// apply runs one step on one document. It keeps what it measured in m, and edits in r unless that is nil.
func (c *chain) apply(s *step, d *stages.Document, m []float64, r *row) (stages.Verdict, error) {
	if s.checks != nil {
		return stages.Verdict{}, s.checks.judge(d)
	}
	if s.mapper != nil {
		v, err := s.mapper.Map(d, &c.view)
		if err != nil {
			return v, err
		}
		if s.own != nil {
			s.own.Measured(m[:s.owned])
		}
		if v, err = s.verdict(v, m); err != nil || v.Rule != "" && s.drop {
			return v, err
		}
		if body := d.Body(); body != c.view.Text() {
			if r != nil {
				r.edits = append(r.edits, edit{s.number, len(c.view.Text()), len(body)})
			}
			c.view.Reset(body)
			if blank(body) {
				m[len(m)-1] = 0 // the last rule of a mapper is empty
				return stages.Verdict{Rule: empty}, nil
			}
		}
		c.know(d)
	}
	if s.filter == nil {
		return stages.Verdict{}, nil
	}
	s.filter.Measure(&c.view, m[:s.judged])
	return s.decide(m[:s.judged], c.view.Language())
}

// verdict checks what a mapper, a stage or a barrier has decided: its rule must be one that it names. A rule that
// `without` switches off keeps the document.
func (s *step) verdict(v stages.Verdict, m []float64) (stages.Verdict, error) {
	if v.Rule == "" {
		return v, nil
	}
	n := s.rule(v.Rule)
	if n < 0 {
		return v, fmt.Errorf("the stage dropped by rule %q, which it does not name", v.Rule)
	}
	if n >= s.owned {
		m[n] = v.Value
	}
	if s.off[n] {
		return stages.Verdict{}, nil
	}
	return v, nil
}
