// Package whatif cuts the bounds of a finished run again, from what its rules have measured, without reading the corpus.
//
//	a, problems, err := whatif.Ask(ctx, "corpus", []string{"gopher_quality.words.min=30"}, whatif.Options{Examples: 10})
//	fmt.Println(a.Kept.Was, "→", a.Kept.Now, a.Kept.Exact)
//
// A document that stays under the old bounds has been measured by every rule: whether a tighter bound removes it is known, and the answer is exact. A document that a
// looser bound lets through was not seen by the stages behind, unless it was among those that were measured on: the others are estimated by their share, with the
// exact binomial interval of 95 % (Clopper and Pearson 1934). What stages decide that see the whole corpus or ask a model cannot be known of a document that never came
// there, and the answer says so:
//
//   - behind the change stands dedup: a document that comes back may be a duplicate, and one that goes may have been the one that stayed of several. The interval
//     holds all of these cases; the estimate takes the share of duplicates from the run.
//   - behind the change stands a stage that chooses from what there is, such as mix or select: its choice would be another. The answer then counts the documents that
//     come to it.
package whatif

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/pipelines/signals"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/place"
)

// Options say how much is told.
type Options struct {
	Examples int // on either side of each new bound
}

// An Answer says what a run would keep with other bounds.
type Answer struct {
	Run       string   `json:"run"` // its folder
	Name      string   `json:"name"`
	Changes   []Change `json:"changes"`
	Documents int64    `json:"documents"`       // that the signals tell of
	Until     string   `json:"until,omitempty"` // the stage before which documents are counted, where it would choose others; "" counts those that are kept
	Kept      Figure   `json:"kept"`
	Bytes     Figure   `json:"bytes"`
	Rules     []Moved  `json:"rules"`     // that remove more or fewer documents
	Sources   []Group  `json:"sources"`   // the largest first
	Languages []Group  `json:"languages"` // the same; "" is unknown
	Unknown   int64    `json:"unknown"`   // documents that pass the new bounds and were not measured on
	Sampled   int64    `json:"sampled"`   // documents that pass them and were
	Passed    int64    `json:"passed"`    // of those, the ones that pass all rules behind
	Why       []string `json:"why"`       // why the answer is no exact one
	Sides     []Side   `json:"sides"`     // documents on either side of the new bounds
}

// A Change is one setting in which the run's recipe would differ.
type Change struct {
	Setting string `json:"setting"` // such as gopher_quality.words.min
	Was     string `json:"was"`
	Is      string `json:"is"`
}

// A Figure is a number before and after. Low and High hold the interval of an estimate; they are Now where the answer is exact.
type Figure struct {
	Was   int64 `json:"was"`
	Now   int64 `json:"now"`
	Low   int64 `json:"low"`
	High  int64 `json:"high"`
	Exact bool  `json:"exact"`
}

// Moved is a rule that would remove another number of documents, as far as that is known.
type Moved struct {
	Rule string `json:"rule"`
	Was  int64  `json:"was"`
	Now  int64  `json:"now"`
}

// A Group is the documents of one source or language. Its numbers are exact where the answer is.
type Group struct {
	Name     string `json:"name"`
	Was      int64  `json:"was"`
	Now      int64  `json:"now"`
	BytesWas int64  `json:"bytes_was"`
	BytesNow int64  `json:"bytes_now"`
}

// Ask answers for the run of a folder what it would keep with settings such as gopher_quality.words.min=30. Problems say what is wrong with the settings.
func Ask(ctx context.Context, dir string, set []string, opt Options) (*Answer, []recipe.Problem, error) {
	p, out, err := pipelines.ReadPlan(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	if !p.Signals.On() {
		return nil, nil, fmt.Errorf("the run in %s has kept no signals; run it again with --signals sample or all", out)
	}
	old, problems := load(p, nil)
	if old == nil {
		return nil, nil, fmt.Errorf("the recipe of the run in %s does not load; winnow %s made it, this is %s: %w", out, p.Winnow, pipelines.Version(), joined(problems))
	}
	rec, problems := load(p, set)
	if rec == nil {
		return nil, problems, nil
	}
	q := &question{plan: p, sample: p.Signals, answer: Answer{Run: out, Name: p.Name, Why: []string{}}}
	if q.old, err = signals.LayoutOf(old); err != nil {
		return nil, nil, err
	}
	if q.now, err = signals.LayoutOf(rec); err != nil {
		return nil, nil, err
	}
	for k := range min(len(q.old.Stages), len(q.now.Stages)) {
		q.now.Stages[k].Judged = q.old.Stages[k].Judged // where a bound is off, a stage may measure no more
	}
	if err := q.compare(old, rec); err != nil {
		return nil, nil, err
	}
	own, err := place.Open(place.Join(out, run.Folder), place.Options{})
	if err != nil {
		return nil, nil, err
	}
	if err := q.read(ctx, own, opt.Examples); err != nil {
		return nil, nil, q.strange(err, out)
	}
	if err := q.duplicates(ctx, out, own); err != nil {
		return nil, nil, err
	}
	q.conclude()
	if err := q.texts(ctx, out); err != nil {
		return nil, nil, err
	}
	return &q.answer, nil, nil
}

// strange says of signals that the recipe's rules do not measure in this winnow which one made the run.
func (q *question) strange(err error, out string) error {
	if !errors.Is(err, signals.ErrOther) {
		return err
	}
	return fmt.Errorf("the run in %s was made by another version of winnow: by %s, this is %s, and the rules of both do not measure the same: run it again, or ask that version (%w)",
		out, q.plan.Winnow, pipelines.Version(), err)
}

// load loads the recipe of a run with changes. Inputs need not be there any more.
func load(p *plan.Plan, set []string) (*recipe.Recipe, []recipe.Problem) {
	return recipe.Load([]byte(p.Recipe), p.Name+".yaml", pipelines.Registry(), recipe.Options{
		Dir: p.Dir, Set: set, Stat: func(string) error { return nil }, Schemes: place.Schemes,
	})
}

func joined(problems []recipe.Problem) error {
	var errs []error
	for _, p := range problems {
		if !p.Warning {
			errs = append(errs, p)
		}
	}
	return errors.Join(errs...)
}

// files lists the signals files of a run.
func files(ctx context.Context, own blob.Store) ([]string, error) {
	var names []string
	for e, err := range own.List(ctx, "signals/") {
		if err != nil {
			return nil, err
		}
		if !blob.IsTemp(filepath.Base(e.Name)) {
			names = append(names, e.Name)
		}
	}
	slices.Sort(names)
	return names, nil
}
