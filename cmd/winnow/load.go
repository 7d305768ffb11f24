package main

import (
	"os"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/recipe"
)

// load loads a recipe with what the flags change, and prints what is wrong with it.
func (a *app) load(name string, f runFlags) (*pipelines.Job, error) {
	if f.limit < 0 {
		return nil, usage("--limit: %d is no number of records; 0 reads all", f.limit)
	}
	if _, err := plan.NewSignals(f.signals, 0); err != nil {
		return nil, usage("--%w", err)
	}
	job, problems, err := pipelines.Load(name, pipelines.Flags{In: f.in, Set: f.set, Model: f.model, Out: f.out, Limit: f.limit, Record: f.record, Signals: f.signals})
	if err != nil {
		return nil, exitError{exitUsage, err}
	}
	if len(problems) > 0 {
		if err := a.problems(problems, f.asJSON); err != nil {
			return nil, err
		}
	}
	if job == nil {
		return nil, exitError{code: exitUsage}
	}
	return job, nil
}

// problems prints lint's findings: with their lines and carets, or as JSON lines.
func (a *app) problems(ps []recipe.Problem, asJSON bool) error {
	if asJSON {
		return recipe.RenderJSON(a.out, ps)
	}
	return recipe.Render(a.err, ps, recipe.Style{Color: a.color()})
}

// color says whether standard error may be coloured.
func (a *app) color() bool { return isTerminal(a.err) && os.Getenv("NO_COLOR") == "" }
