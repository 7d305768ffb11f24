package run

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
	"github.com/winnow-data/winnow/stages/text"
)

// A ruleSet is what the sink knows of one step of the pass, in the order of the steps.
type ruleSet struct {
	number      int // in the tally
	label, name string
	rules       []stages.Rule
	at, judged  int
	counts      bool // its documents are counted here: those of a barrier are counted once
	asks        bool // it asks a model
}

// A sink takes the documents of a pass in order: it counts them, writes the live ones on, and tells of the others.
type sink struct {
	sets   []ruleSet
	order  map[string]int // label → place in sets
	input  bool           // the pass reads the input
	output bool           // the pass writes the output
	tally  *tally.Tally
	docs   documents
	shards *shardsOut // the same, with To "output"
	meter  *meter
	made   commits

	excluded, quarantined lines
	trail                 lines  // documents with answers that went, and what made the rows of an output whose layout has no place for it
	rowsToo               bool   // there is such an output
	whole                 []byte // scratch
	line                  exclusionLine
	signals               *signalsOut // nil: none are kept
	entered               []int64     // documents that ended at a step, by place in sets
	came, rows            int64       // documents that came, and that left
	view                  text.View
	asked                 map[string]*tally.Asked // what stages have asked of models, by label

	mu     sync.Mutex
	spent  map[string]time.Duration    // by label
	counts map[string]map[string]int64 // by label and name
}

// documents is where live documents go.
type documents interface {
	put(d *stages.Document) error
	close() error
}

// take takes one job.
func (s *sink) take(j *job) error {
	damage := j.damage
	for _, u := range j.used {
		s.model(u.label).Usage.Add(u.Usage)
	}
	for _, c := range j.counts {
		s.count(c.label, c.n)
	}
	came, rows := 0, s.rows
	for i := range j.batch.Docs {
		if j.rows[i].made == 0 {
			for len(damage) > 0 && damage[0].before <= came {
				if err := s.damaged(damage[0]); err != nil {
					return err
				}
				damage = damage[1:]
			}
			came++
		}
		if err := s.document(j, i, &j.batch.Docs[i]); err != nil {
			return err
		}
	}
	for _, d := range damage {
		if err := s.damaged(d); err != nil {
			return err
		}
	}
	s.came += int64(came)
	s.meter.docs.Add(int64(came))
	s.meter.kept.Add(s.rows - rows)
	return nil
}

// damaged tells of a record that could not be read.
func (s *sink) damaged(d placed) error {
	s.tally.Damage(d.source, d.Reason)
	return s.quarantined.add(damaged(d.Damage))
}

// document counts one document and sends it where it belongs.
func (s *sink) document(j *job, i int, d *stages.Document) error {
	r := &j.rows[i]
	first := 0
	switch {
	case r.made > 0:
		for first < len(s.sets) && s.sets[first].number != r.made-1 {
			first++
		}
		s.tally.Made(r.made-1, d, r.bytes, r.words)
		first++
	case s.input:
		s.tally.Read(d, r.bytes, r.words)
	}
	for _, e := range r.edits {
		s.tally.Edited(e.stage, e.before, e.after)
	}
	language := ""
	for k := range s.sets {
		set := &s.sets[k]
		if !anyMeasured(r.m[set.at : set.at+set.judged]) {
			continue
		}
		if language == "" {
			language, _ = d.Fields.Text("language")
		}
		s.tally.Measured(set.number, r.m[set.at:set.at+set.judged], language)
		if set.asks {
			s.model(set.label).Score(d.Source, language, r.m[set.at])
		}
	}
	if s.signals != nil {
		s.signals.gather(r, d, s.sets)
	}
	if j.batch.Alive(i) {
		s.enter(first, len(s.sets)-1)
		s.rows++
		if s.output {
			s.tally.Kept(d, d.BodyBytes(), r.out)
		}
		if d.Kind != "" && s.output && s.rowsToo {
			if err := s.origin(d); err != nil {
				return err
			}
		}
		return s.goesOn(d, r)
	}
	k, ok := s.order[j.batch.By(i)]
	if !ok {
		return fmt.Errorf("a document was ended by %q, which is no stage of this pass", j.batch.By(i))
	}
	s.enter(first, k)
	set := &s.sets[k]
	v, fault := j.batch.Outcome(i)
	if fault != nil {
		s.tally.Quarantined(set.number, d, fault.Error())
		if s.signals != nil {
			if err := s.signals.write(d, s.signals.faults[k], "", d.BodyBytes(), -1, -1); err != nil {
				return err
			}
		}
		return s.quarantined.add(failed(d, set.label, fault))
	}
	words := r.out
	if words < 0 {
		s.view.Reset(d.Body())
		words = int(math.Round(s.view.WordCount()))
	}
	rule, ok := s.tally.Rule(set.number, v.Rule)
	if !ok {
		return fmt.Errorf("%s dropped by rule %q, which it does not name", set.label, v.Rule)
	}
	s.tally.Dropped(set.number, rule, d, v, words)
	if len(d.Answers) > 0 {
		if err := s.follow(&stages.Document{ID: d.ID, Kind: d.Kind, Answers: d.Answers}); err != nil {
			return err
		}
	}
	if s.signals != nil {
		if err := s.signals.dropped(d, r, k, rule, words); err != nil {
			return err
		}
	}
	s.line.describe(d, set, v)
	return s.excluded.write(s.line.json())
}

// anyMeasured says whether a stage has measured a document.
func anyMeasured(m []float64) bool {
	for _, x := range m {
		if !isUnmeasured(x) {
			return true
		}
	}
	return false
}

// goesOn sends a live document on, with its signals.
func (s *sink) goesOn(d *stages.Document, r *row) error {
	if s.signals != nil {
		if s.output {
			if err := s.signals.kept(d, r); err != nil {
				return err
			}
		}
		d.Signals = s.signals.row.M
	}
	return s.docs.put(d)
}

// origin keeps what made a row beside the row, whose words its shard holds.
func (s *sink) origin(d *stages.Document) error {
	r := stages.Document{ID: d.ID, Source: d.Source, Kind: d.Kind, Parents: d.Parents, Fields: d.Fields}
	for k := range d.Answers {
		r.Answers = append(r.Answers, stages.Answer{By: d.Answers[k].By, Checks: d.Answers[k].Checks})
	}
	return s.follow(&r)
}

// follow keeps a document, so that explain can tell of its answers and their checks.
func (s *sink) follow(d *stages.Document) error {
	s.whole = append(shard.AppendJSON(s.whole[:0], d), '\n')
	return s.trail.write(s.whole)
}

// model is what a stage has asked of its model so far.
func (s *sink) model(label string) *tally.Asked {
	a := s.asked[label]
	if a == nil {
		a = new(tally.Asked)
		s.asked[label] = a
	}
	return a
}

// count adds to the numbers of a stage. Workers count while the sink does.
func (s *sink) count(label string, n map[string]int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sum := s.counts[label]
	if sum == nil {
		sum = map[string]int64{}
		s.counts[label] = sum
	}
	for name, k := range n {
		sum[name] += k
	}
}

// enter counts a document in the steps from one place to another.
func (s *sink) enter(from, to int) {
	for k := from; k <= to; k++ {
		s.entered[k]++
	}
}

// rest ends what the sink writes, after the last job.
func (s *sink) rest() error {
	for k, n := range s.entered {
		if s.sets[k].counts {
			s.tally.Enter(s.sets[k].number, int(n))
		}
	}
	if err := s.docs.close(); err != nil {
		return err
	}
	if err := s.excluded.close(); err != nil {
		return err
	}
	return errors.Join(s.trail.close(), s.quarantined.close(), s.signals.close())
}

// clock takes a worker's sampled times, and what its checkers have counted.
func (s *sink) clock(c *chain) {
	for _, step := range c.steps {
		if step.checks != nil {
			s.count(step.label, step.checks.counted())
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, d := range c.clocks {
		s.spent[c.steps[k].label] += d * clockEvery
	}
}

// spend takes the time of a batch step.
func (s *sink) spend(label string, d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spent[label] += d
}

// discard drops what has not been committed.
func (s *sink) discard() error {
	if s.shards != nil {
		s.shards.discard()
	}
	return s.made.discard()
}
