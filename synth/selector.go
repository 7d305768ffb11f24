package synth

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

// A selector chooses among the answers of a prompt by what their checks found.
type selector struct {
	word   string   // passed, failed, any, best, worst; with names: passed or failed
	checks []string // labels; nil: all
}

// UnmarshalSetting reads `passed`, or `{failed: check_math}`, or `{passed: [check_math, check_judge]}`.
func (s *selector) unmarshal(n *settings.Node, words []string) error {
	switch {
	case n.Kind == settings.Scalar && slices.Contains(words, n.Text):
		*s = selector{word: n.Text}
		return nil
	case n.Kind == settings.Map && len(n.Pairs) == 1:
		key, value := n.Pairs[0].Key, n.Pairs[0].Value
		if key.Text != "passed" && key.Text != "failed" || !slices.Contains(words, key.Text) {
			return settings.ErrorAt(key, "%s, want the label of a check behind one of %s", key.Is(), strings.Join(named(words), ", "))
		}
		items := []*settings.Node{value}
		if value.Kind == settings.List {
			items = value.Items
		}
		*s = selector{word: key.Text}
		for _, item := range items {
			if item.Kind != settings.Scalar || item.Text == "" {
				return settings.ErrorAt(item, "%s, want the label of a check", item.Is())
			}
			s.checks = append(s.checks, item.Text)
		}
		if len(s.checks) == 0 {
			return settings.ErrorAt(value, "no checks, want the label of a check")
		}
		return nil
	}
	return fmt.Errorf("%s is no choice of answers", n.Is())
}

// named are those of words that may stand before the label of a check.
func named(words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w != "passed" && w != "failed" })
}

func (s selector) describe(words []string) settings.Description {
	label := map[string]any{"anyOf": []any{map[string]any{"type": "string"}, map[string]any{"type": "array", "items": map[string]any{"type": "string"}}}}
	forms := []any{map[string]any{"enum": words}}
	allowed := slices.Clone(words)
	for _, w := range named(words) {
		allowed = append(allowed, "{"+w+": CHECK}")
		forms = append(forms, map[string]any{"type": "object", "properties": map[string]any{w: label}, "required": []string{w}, "additionalProperties": false})
	}
	return settings.Description{Type: "a choice of answers", Allowed: allowed, Schema: map[string]any{"anyOf": forms}}
}

// MarshalJSON writes the selector as a recipe spells it.
func (s selector) MarshalJSON() ([]byte, error) {
	if s.checks == nil {
		return json.Marshal(s.word)
	}
	return json.Marshal(map[string][]string{s.word: s.checks})
}

// String is the selector as a recipe spells it.
func (s *selector) String() string {
	raw, err := s.MarshalJSON()
	if err != nil {
		return s.word
	}
	return string(raw)
}

// takes says whether an answer is one of those that are meant, best and worst apart. Nothing takes an answer of which a check is unknown, such as one that repeats another.
func (s selector) takes(a *stages.Answer) bool {
	if !decided(a) {
		return false
	}
	for _, label := range s.checks {
		c, ok := found(a, label)
		if !ok || c.Result == stages.Failed != (s.word == "failed") {
			return false
		}
	}
	if s.checks != nil {
		return true
	}
	switch s.word {
	case "passed":
		return standing(a) == stages.Passed
	case "failed":
		return standing(a) == stages.Failed
	}
	return true
}

// Words of the selectors of pick.
var (
	whereWords    = []string{"passed", "any"}
	chosenWords   = []string{"passed", "best", "any"}
	rejectedWords = []string{"failed", "worst"}
)

// Where says which answers become rows.
type Where struct{ selector }

// UnmarshalSetting implements [settings.Unmarshaler].
func (w *Where) UnmarshalSetting(n *settings.Node) error { return w.unmarshal(n, whereWords) }

// DescribeSetting implements [settings.Describer].
func (w *Where) DescribeSetting() settings.Description { return w.describe(whereWords) }

// Chosen says which answers are the better side of a pair.
type Chosen struct{ selector }

// UnmarshalSetting implements [settings.Unmarshaler].
func (c *Chosen) UnmarshalSetting(n *settings.Node) error { return c.unmarshal(n, chosenWords) }

// DescribeSetting implements [settings.Describer].
func (c *Chosen) DescribeSetting() settings.Description { return c.describe(chosenWords) }

// Rejected says which answers are the worse side of a pair.
type Rejected struct{ selector }

// UnmarshalSetting implements [settings.Unmarshaler].
func (r *Rejected) UnmarshalSetting(n *settings.Node) error { return r.unmarshal(n, rejectedWords) }

// DescribeSetting implements [settings.Describer].
func (r *Rejected) DescribeSetting() settings.Description { return r.describe(rejectedWords) }

// rejectedBy makes "failed" without a name mean what the first check found: of a list of checks the first says whether the answer is right, the others how well it
// is reasoned. So a right answer with a wrong equation is neither chosen nor rejected.
func (r selector) rejectedBy(answers []stages.Answer) selector {
	if r.word != "" {
		return r
	}
	for k := range answers {
		if len(answers[k].Checks) > 0 {
			return selector{word: "failed", checks: []string{stageOf(answers[k].Checks[0].Name)}}
		}
	}
	return selector{word: "failed"}
}

var errBothSides = errors.New("chosen: best goes with rejected: worst, which compare scores; passed and failed say what checks found")
