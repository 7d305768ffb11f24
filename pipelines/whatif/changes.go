package whatif

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/pipelines/compare"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/pipelines/signals"
	"github.com/winnow-data/winnow/stages"
)

// A NotABoundError refuses a change that other measurements would follow from.
type NotABoundError struct{ Setting, Reason string }

func (e *NotABoundError) Error() string {
	return fmt.Sprintf("%s cannot be answered without a rerun: %s; what can change are the bounds of rules that measure (LABEL.RULE.min, .max, .by.LANGUAGE.min), "+
		"LABEL.without of such rules, and LABEL.drop", e.Setting, e.Reason)
}

// compare lists what the new recipe changes, and refuses what changes more than decisions.
func (q *question) compare(old, rec *recipe.Recipe) error {
	if len(old.Stages) != len(rec.Stages) {
		return &NotABoundError{"stages", "another list of stages measures other things"}
	}
	q.first = len(old.Stages)
	for k := range old.Stages {
		was, is := compare.Settings(old.Stages[k].Canonical()), compare.Settings(rec.Stages[k].Canonical())
		label := old.Stages[k].Label
		if label != rec.Stages[k].Label {
			return &NotABoundError{label, "another list of stages measures other things"}
		}
		for _, key := range compare.Union(was, is) {
			if was[key] == is[key] {
				continue
			}
			if err := q.allowed(k, label, key); err != nil {
				return err
			}
			q.first = min(q.first, k)
			q.answer.Changes = append(q.answer.Changes, Change{label + "." + key, shown(key, was[key]), shown(key, is[key])})
		}
	}
	if string(others(old)) != string(others(rec)) {
		return &NotABoundError{"what is changed outside of stages", "input, seed, models and output decide what is measured and written"}
	}
	if len(q.answer.Changes) == 0 {
		return errors.New("nothing changes: the run had these settings; name others with --set LABEL.RULE.min=VALUE")
	}
	q.until = len(old.Stages)
	for k := q.first + 1; k < len(old.Stages) && q.until == len(old.Stages); k++ {
		st := &old.Stages[k]
		switch {
		case st.Spec.Kind != stages.KindBarrier:
		case strings.HasPrefix(st.Spec.Name, dedupPrefix):
			s := compare.Settings(st.Canonical())
			q.dedups = append(q.dedups, dedup{stage: k, label: st.Label, alike: wholeTexts(st.Spec.Name, s), longest: s["keep.policy"] == `"longest"`})
		default:
			q.until, q.answer.Until = k, st.Label
		}
	}
	return nil
}

// dedupPrefix begins the names of stages that remove a document because of another one.
const dedupPrefix = "dedup_"

// wholeTexts says whether a stage removes a document only for one with the same text, which all rules before have measured alike.
func wholeTexts(name string, s map[string]string) bool {
	return name == "dedup_exact" && s["of"] == `"text"` && s["normalize"] == "false" && s["within"] == `""` && s["only_from"] == `""`
}

// allowed says whether a setting changes decisions alone.
func (q *question) allowed(k int, label, key string) error {
	was, is := &q.old.Stages[k], &q.now.Stages[k]
	switch {
	case key == "drop":
		return nil
	case was.Fixed != "":
		return &NotABoundError{label + "." + key, was.Fixed}
	case key == "without":
		for i := range was.Rules {
			if was.Own && was.Off[i] && !is.Off[i] {
				return &NotABoundError{label + ".without", fmt.Sprintf("the rule %s was not measured while it was off", was.Rules[i].Name)}
			}
			if was.Off[i] != is.Off[i] && i >= was.Judged {
				return &NotABoundError{label + ".without", fmt.Sprintf("the rule %s measures nothing", was.Rules[i].Name)}
			}
		}
		if !slices.Equal(was.Off, is.Off) {
			return nil
		}
		return &NotABoundError{label + ".without", "it switches off a part of the stage that edits the text"}
	}
	rule, bound := strings.CutSuffix(key, ".min")
	if !bound {
		rule, bound = strings.CutSuffix(key, ".max")
	}
	rule, _, _ = strings.Cut(rule, ".by.")
	single := key == "min" || key == "max" // of a stage with one rule, or one that is called so
	for i := range was.Judged {
		r := &was.Rules[i]
		if (bound && (r.Name == rule || r.Setting == rule) || single) && !sameRange(was.Rules[i].Keep, is.Rules[i].Keep) {
			return nil
		}
	}
	if slices.ContainsFunc(was.Rules, func(r stages.Rule) bool { return r.Name == rule }) {
		return &NotABoundError{label + "." + key, "the stage decides by more than what the rule has measured"}
	}
	return &NotABoundError{label + "." + key, "it is no bound of a rule, and changes what is measured behind it"}
}

func sameRange(a, b stages.Range) bool {
	if a.Min != b.Min || a.Max != b.Max || len(a.By) != len(b.By) {
		return false
	}
	for language, x := range a.By {
		if y, ok := b.By[language]; !ok || x.Min != y.Min || x.Max != y.Max {
			return false
		}
	}
	return true
}

// others is the identity of a recipe without its stages.
func others(rec *recipe.Recipe) []byte {
	bare := *rec
	bare.Stages = nil
	return bare.Canonical()
}

// shown spells a value of a setting.
func shown(key, s string) string {
	switch {
	case s == "" && key == "drop":
		return "true"
	case s == "":
		return "not given"
	}
	return strings.Trim(s, `"`)
}

// names maps what dropped_by says to stage and rule.
func names(l *signals.Layout) map[string][2]int {
	out := map[string][2]int{}
	for k := range l.Stages {
		for i := range l.Stages[k].Rules {
			out[l.Stages[k].Column(i)] = [2]int{k, i}
		}
	}
	return out
}
