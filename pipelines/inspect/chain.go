package inspect

import (
	"bytes"
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
	Skipped []string // labels of stages that must see the whole corpus, or a batch
	links   []link
	view    text.View
}

type link struct {
	recipe *recipe.Stage
	rules  []stages.Rule
	mapper stages.Mapper
	filter stages.Filter
	judged int
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
	Wrote   []stages.Field // fields that are there now and were not, or changed
}

// Gone says whether the step ended the document.
func (s Step) Gone() bool { return s.Err != nil || s.Verdict.Rule != "" }

// NewChain makes the components of a recipe. provide offers them what they ask the run for, such as tokenizers; nil offers nothing.
func NewChain(rec *recipe.Recipe, provide func(*stages.Env)) (*Chain, error) {
	c := &Chain{}
	env := &stages.Env{Dir: rec.Dir, Seed: rec.Seed, Memory: 64 << 20}
	if provide != nil {
		provide(env)
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
		if _, barrier := component.(stages.Barrier); barrier || l.mapper == nil && l.filter == nil {
			c.Skipped = append(c.Skipped, st.Label)
			continue
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

// inputStep is the label of what happens before the first stage.
const inputStep = "input"

// Document passes one document through all stages, until one ends it. d is what came out.
func (c *Chain) Document(d *stages.Document) []Step {
	if strings.TrimSpace(d.Body()) == "" {
		return []Step{{Label: inputStep, Verdict: stages.Verdict{Rule: plan.EmptyRule.Name}}}
	}
	c.view.Reset(d.Body())
	var steps []Step
	for i := range c.links {
		s := c.step(&c.links[i], d)
		steps = append(steps, s)
		if s.Gone() {
			break
		}
	}
	return steps
}

// step passes a document through one stage. A panic is a fault of the record.
func (c *Chain) step(l *link, d *stages.Document) (s Step) {
	s.Label = l.recipe.Label
	defer func() {
		if p := recover(); p != nil {
			s.Err = fmt.Errorf("panic: %v", p)
		}
	}()
	for _, o := range l.recipe.Only {
		if v, ok := d.Field(o.Field); !ok || !slices.Contains(o.Values, v) {
			s.Passed = true
			return s
		}
	}
	c.know(d)
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
