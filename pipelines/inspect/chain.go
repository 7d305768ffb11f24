package inspect

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// A Chain passes single documents through the stages of a recipe that need no other document, and tells what each did. It decides as a
// run does. It belongs to one goroutine.
type Chain struct {
	Skipped []string // labels of stages that must see the whole corpus; without Options.Batches also of those that act on batches or judge answers
	Stopped *Stop    // the stage before which the chain ends; nil: none
	links   []link
	view    text.View
}

// A Stop is a stage that asks a model which may not be asked.
type Stop struct {
	Label, Model string
	Behind       int // stages that follow it
}

// Options say what a chain may do.
type Options struct {
	Provide func(*stages.Env) // offers what components ask the run for, such as models and tokenizers; nil offers nothing
	Batches bool              // stages that act on batches pass too, each document as a batch of its own, and so do checks of answers
	Ask     bool              // models that are no records may be asked; else the chain ends before the first stage that asks one
}

type link struct {
	recipe  *recipe.Stage
	rules   []stages.Rule
	mapper  stages.Mapper
	filter  stages.Filter
	checker stages.Checker
	stage   stages.Stage
	judged  int
}

// A Value is what one rule measured.
type Value struct {
	Rule    stages.Rule
	Keep    stages.Range // the bounds for the document's language
	Value   float64      // stages.NA where the rule does not apply
	Inside  bool
	Without bool // the recipe switches the rule off
}

// A Step is what one stage did to a document.
type Step struct {
	Label   string
	Passed  bool           // `only` kept the stage away
	Values  []Value        // of a filter
	Verdict stages.Verdict // zero: it stays
	Err     error          // it is quarantined
	Edited  bool
	Wrote   []stages.Field   // fields that are there now and were not, or changed
	Counts  map[string]int64 // what a stage that acts on answers has counted
	Made    []Made           // documents that a stage has made of this one
}

// Made is a document that a stage has made of another, and what the stages behind did to it.
type Made struct {
	Document *stages.Document
	Steps    []Step
}

// Gone says whether the step ended the document.
func (s Step) Gone() bool { return s.Err != nil || s.Verdict.Rule != "" }

// NewChain makes the components of a recipe.
func NewChain(rec *recipe.Recipe, opt Options) (*Chain, error) {
	c := &Chain{}
	env := &stages.Env{Dir: rec.Dir, Seed: rec.Seed, Memory: 64 << 20}
	if opt.Provide != nil {
		opt.Provide(env)
	}
	for i := range rec.Stages {
		st := &rec.Stages[i]
		component, err := st.New()
		if err != nil {
			return nil, err
		}
		l := link{recipe: st, rules: plan.Rules(component)}
		l.mapper, _ = component.(stages.Mapper)
		l.filter, _ = component.(stages.Filter)
		_, barrier := component.(stages.Barrier)
		if !barrier && opt.Batches {
			l.stage, _ = component.(stages.Stage)
			l.checker, _ = component.(stages.Checker)
		}
		if barrier || !l.acts() {
			c.Skipped = append(c.Skipped, st.Label)
			continue
		}
		if model := liveModel(rec, component); model != "" && !opt.Ask && l.stage != nil {
			c.Stopped = &Stop{Label: st.Label, Model: model, Behind: len(rec.Stages) - i - 1}
			return c, nil
		}
		if l.filter != nil {
			l.judged = len(l.filter.Rules())
		}
		if p, ok := component.(stages.Provisioner); ok {
			if err := p.Provision(env); err != nil {
				return nil, fmt.Errorf("%s: %w", st.Label, err)
			}
		}
		c.links = append(c.links, l)
	}
	return c, nil
}

// acts says whether a link does something to a document.
func (l *link) acts() bool {
	return l.mapper != nil || l.filter != nil || l.checker != nil || l.stage != nil
}

// liveModel names the model that a component asks, unless that is a record; "" for none.
func liveModel(rec *recipe.Recipe, component any) string {
	a, ok := component.(stages.Asker)
	if !ok || a.Asks().Ask == "" || a.Asks().Ask == stages.AskCount {
		return ""
	}
	for name, m := range rec.Models {
		if asked := a.Asks().Model; (asked == name || asked == "" && len(rec.Models) == 1) && m.Replay == "" {
			return name
		}
	}
	return ""
}

// Labels names the stages that documents pass.
func (c *Chain) Labels() []string {
	list := make([]string, len(c.links))
	for i := range c.links {
		list[i] = c.links[i].recipe.Label
	}
	return list
}

// inputStep is the label of what happens before the first stage.
const inputStep = "input"

// Document passes one document through all stages, until one ends it. d is what came out. An error is the world's fault, such as a model that
// nobody reaches.
func (c *Chain) Document(ctx context.Context, d *stages.Document) ([]Step, error) {
	if strings.TrimSpace(d.Body()) == "" {
		return []Step{{Label: inputStep, Verdict: stages.Verdict{Rule: plan.EmptyRule.Name}}}, nil
	}
	return c.from(ctx, 0, d)
}

// from passes a document through the stages from one on.
func (c *Chain) from(ctx context.Context, first int, d *stages.Document) (steps []Step, err error) {
	c.view.Reset(d.Body())
	for i := first; i < len(c.links); i++ {
		l := &c.links[i]
		if l.stage == nil {
			steps = append(steps, c.step(l, d))
		} else {
			s, err := c.batch(ctx, i, d)
			if err != nil {
				return steps, fmt.Errorf("%s: %w", l.recipe.Label, err)
			}
			steps = append(steps, s)
		}
		if steps[len(steps)-1].Gone() {
			break
		}
	}
	return steps, nil
}

// step passes a document through one stage. A panic is a fault of the record.
func (c *Chain) step(l *link, d *stages.Document) (s Step) {
	s.Label = l.recipe.Label
	defer func() {
		if p := recover(); p != nil {
			s.Err = fmt.Errorf("panic: %v", p)
		}
	}()
	if !l.takes(d) {
		s.Passed = true
		return s
	}
	c.know(d)
	if l.checker != nil {
		if f, ok := l.checker.(stages.Faulter); ok {
			if s.Err = f.Fault(d); s.Err != nil {
				return s
			}
		}
		s.Counts = l.check(d)
	}
	if l.mapper != nil {
		before, fields := d.Body(), slices.Clone(d.Fields)
		v, err := l.mapper.Map(d, &c.view)
		if err != nil {
			s.Err = err
			return s
		}
		s.Wrote = written(fields, d.Fields)
		if l.drops(v) {
			s.Verdict = v
			return s
		}
		if body := d.Body(); body != before {
			s.Edited = true
			c.view.Reset(body)
			if strings.TrimSpace(body) == "" && l.recipe.Drop {
				s.Verdict = stages.Verdict{Rule: plan.EmptyRule.Name}
				return s
			}
		}
		c.know(d)
	}
	if l.filter != nil {
		c.measure(l, &s)
	}
	return s
}

// takes says whether `only` lets a document in.
func (l *link) takes(d *stages.Document) bool {
	for _, o := range l.recipe.Only {
		if v, ok := d.Field(o.Field); !ok || !slices.Contains(o.Values, v) {
			return false
		}
	}
	return true
}

// drops says whether a verdict takes effect: not with `drop: false`, and not by a rule that `without` switches off.
func (l *link) drops(v stages.Verdict) bool {
	return v.Rule != "" && l.recipe.Drop && !slices.Contains(l.recipe.Without, v.Rule)
}

func (c *Chain) know(d *stages.Document) {
	if language, ok := d.Fields.Text("language"); ok {
		c.view.SetLanguage(language)
	}
}

// measure fills the values of a filter and decides.
func (c *Chain) measure(l *link, s *Step) {
	m := make([]float64, l.judged)
	l.filter.Measure(&c.view, m)
	for i, x := range m {
		v := Value{Rule: l.rules[i], Keep: l.rules[i].Keep.For(c.view.Language()), Value: x}
		v.Inside = v.Keep.Has(x)
		v.Without = slices.Contains(l.recipe.Without, v.Rule.Name)
		s.Values = append(s.Values, v)
		if v.Inside || v.Without || s.Gone() {
			continue
		}
		if x != x {
			s.Err = fmt.Errorf("rule %s: the measurement is not a number", v.Rule.Name)
			continue
		}
		if verdict := (stages.Verdict{Rule: v.Rule.Name, Value: x}); l.drops(verdict) {
			s.Verdict = verdict
		}
	}
}

// written returns the fields of now that before had not, or not so.
func written(before, now stages.Fields) []stages.Field {
	var out []stages.Field
	for _, f := range now {
		if raw, ok := before.Raw(f.Name); !ok || !bytes.Equal(raw, f.Raw) {
			out = append(out, f)
		}
	}
	return out
}
