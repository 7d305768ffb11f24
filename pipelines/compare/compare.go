// Package compare puts two finished runs side by side: what their recipes, inputs and models differ in, what every stage and rule did, pass rates with their
// intervals, for prompts that both runs answered what changed, and for every document what became of it in either run, with the difference that is the reason.
//
//	d, err := compare.Runs(ctx, "eval-gsm8k", "other")
//	for _, p := range d.Paired {
//		fmt.Println(p.Check, len(p.Fixed), len(p.Broken), p.P)
//	}
//
// It reads what runs leave: plan.json, report.json, the shards, and what is told of documents that went. Nothing is written, and no model, input or file of the recipe is opened.
package compare

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/report"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages/blob/place"
)

// A Diff is what two runs have and have not in common.
type Diff struct {
	A       Side     `json:"a"`
	B       Side     `json:"b"`
	Changes []Change `json:"changes"` // of recipe, input and models; none where both runs have one plan
	Counts  []Count  `json:"counts"`  // in the order of the stages
	Rates   []Rates  `json:"rates"`
	Paired  []Paired `json:"paired"`
	Moves   *Moves   `json:"moves,omitempty"` // document by document; nil where rows have no ids
}

// A Side is one of the two runs.
type Side struct {
	Folder  string  `json:"folder"`
	Name    string  `json:"name"`
	Winnow  string  `json:"winnow"`
	Began   string  `json:"began,omitempty"`
	Seconds float64 `json:"seconds"`

	plan   *plan.Plan
	report *report.Data
}

// Runs compares the runs of two folders. A run that is not finished is an error.
func Runs(ctx context.Context, a, b string) (*Diff, error) {
	var d Diff
	for _, x := range []struct {
		folder string
		side   *Side
	}{{a, &d.A}, {b, &d.B}} {
		if err := x.side.open(ctx, x.folder); err != nil {
			return nil, err
		}
	}
	d.Changes = changes(d.A.plan, d.B.plan)
	d.Counts = counts(d.A.report, d.B.report)
	d.Rates = rates(d.A.report, d.B.report)
	var err error
	if d.Paired, err = paired(ctx, &d.A, &d.B); err != nil {
		return nil, err
	}
	d.Moves, err = moves(ctx, &d.A, &d.B)
	return &d, err
}

// maxReport bounds a report: it grows with rules, sources and tasks.
const maxReport = 1 << 30

// open reads what a finished run says about itself.
func (s *Side) open(ctx context.Context, folder string) error {
	p, out, err := pipelines.ReadPlan(ctx, folder)
	if err != nil {
		return err
	}
	name := place.Join(out, run.Folder, "report.json")
	data, err := place.ReadFile(ctx, name, maxReport, place.Options{})
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the run in %s is not finished: it has no report.json; go on with winnow run", out)
	}
	if err != nil {
		return fmt.Errorf("the report of the run: %w", err)
	}
	var d report.Data
	if err := json.Unmarshal(data, &d); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if d.Format != report.Format {
		return fmt.Errorf("%s has format %d, this winnow reads %d; winnow report %s draws it again", name, d.Format, report.Format, out)
	}
	*s = Side{Folder: out, Name: p.Name, Winnow: p.Winnow, Began: d.Run.Began, Seconds: d.Run.Seconds, plan: p, report: &d}
	return nil
}
