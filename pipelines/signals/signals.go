// Package signals keeps what rules have measured of every document, so that bounds can be cut again without reading the corpus.
//
// A run writes _winnow/signals/PHASE-TASK.parquet with one row for each document that it has read or made, in the pass in which the document was kept or went:
//
//	id source language | bytes words | bytes_out | dropped_by | LABEL.RULE …
//
// language is the field of that name when the document was last seen. bytes and words are those of the text as it stood when the document was kept or went, the same
// numbers as in the report's account. dropped_by is LABEL.RULE, LABEL.quarantined, or missing of a document that was kept. A rule's column holds what it has
// measured; NaN says that the rule does not apply to the text; it is missing where the document never came to the rule or `only` kept the stage away. A rule that
// measures nothing, such as one of dedup or `empty`, has a number where it fired.
//
// A document that a rule removes is seen by no later stage. So that later rules can be judged alone, a [Sample] of documents, chosen by their ids, is measured on
// after its drop, as if it had stayed: by all filters and mappers behind, not by stages that see the whole corpus or ask a model. bytes_out is the length of the text behind the
// last stage: of documents that were kept, and of those that were measured on to the end.
//
//	layout, err := signals.LayoutOf(rec)
//	w, err := layout.Writer(f)
//	err = w.Write(&signals.Row{ID: "a", …})
//	for row, err := range layout.Rows(ctx, store, "signals/00-output-00000.parquet") { … }
package signals

import (
	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
)

// Quarantined stands in dropped_by in the place of a rule where a stage found a fault in the document.
const Quarantined = "quarantined"

// A Stage is one stage of the recipe as its signals are judged.
type Stage struct {
	Label  string
	Rules  []stages.Rule
	Off    []bool // rules switched off by `without`
	Judged int    // the first so many rules measure; the others have a number where they fired
	Own    bool   // a mapper measures them by itself: text that it leaves blank goes after they have judged
	Fixed  string // why other bounds need a rerun; "" if they do not
	Spares bool   // what was measured on is not what `drop: false` would let stay
	Drops  bool   // false with `drop: false`
	Only   bool   // some documents pass it untouched
	Blind  bool   // a document that is measured on does not come here: the stage sees the whole corpus or a batch
	First  int    // place of its first rule among all
}

// A Layout says which rules a recipe has and where their numbers stand in a row.
type Layout struct {
	Stages []Stage // in the order of the recipe
	Width  int     // rules of all stages
}

// LayoutOf makes every stage of a recipe once to learn its rules.
func LayoutOf(rec *recipe.Recipe) (*Layout, error) {
	l := &Layout{}
	for k := range rec.Stages {
		st := &rec.Stages[k]
		c, err := st.New()
		if err != nil {
			return nil, err
		}
		s := Stage{Label: st.Label, Rules: plan.Rules(c), Judged: Judged(c), Drops: st.Drop, Only: len(st.Only) > 0, Blind: blind(c), First: l.Width}
		if r, ok := c.(stages.Rerunner); ok {
			s.Fixed = r.Rerun()
		}
		_, s.Own = c.(stages.Measurer)
		_, s.Spares = c.(stages.Sparer)
		s.Off = make([]bool, len(s.Rules))
		for i, r := range s.Rules {
			for _, name := range st.Without {
				s.Off[i] = s.Off[i] || name == r.Name
			}
		}
		l.Stages = append(l.Stages, s)
		l.Width += len(s.Rules)
	}
	return l, nil
}

// Judged returns how many of a component's rules measure every document; they come first.
func Judged(c any) int {
	if f, ok := c.(stages.Filter); ok {
		return len(f.Rules())
	}
	if n, ok := c.(stages.Noter); ok {
		return n.Measures()
	}
	if a, ok := c.(stages.Asker); ok && a.Asks().Ask != "" && a.Asks().Ask != stages.AskCount && len(plan.Rules(c)) > 0 {
		return 1 // the first is what the model says
	}
	return 0
}

// blind says whether a component judges documents together, or by asking somebody.
func blind(c any) bool {
	switch c.(type) {
	case stages.Barrier, stages.Stage:
		return true
	}
	return false
}

// Active says whether a rule may remove a document.
func (s *Stage) Active(rule int) bool { return s.Drops && !s.Off[rule] }

// Column returns the name of a rule's column, which is also what dropped_by says.
func (s *Stage) Column(rule int) string { return s.Label + "." + s.Rules[rule].Name }
