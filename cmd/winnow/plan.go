package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/inspect"
	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages/blob/place"
)

func newPlan(a *app) *cobra.Command {
	var f runFlags
	var sample int
	var access, write bool
	c := &cobra.Command{
		Use:   "plan RECIPE|NAME",
		Short: "what a run will read, do, cost and remove; nothing is written",
		Example: `  winnow plan my.yaml
  winnow plan my.yaml --sample 2000     run 2,000 documents through it and project
  winnow plan my.yaml --access          every path it touches
  winnow plan my.yaml --write           prepare the folder for winnow task, on any number of machines`,
		Args: exactArgs(1, "the recipe: a file such as my.yaml, or the name of a built-in one"),
		RunE: func(c *cobra.Command, args []string) error {
			if sample < 0 {
				return usage("--sample: %d is no number of documents", sample)
			}
			job, err := a.load(args[0], f)
			if err != nil {
				return err
			}
			p, err := job.Plan(c.Context())
			if err != nil {
				return err
			}
			switch {
			case access:
				return a.access(c.Context(), job, p)
			case write:
				return a.writePlan(c.Context(), job, p, f)
			}
			var proj *inspect.Projection
			if sample > 0 {
				if proj, err = inspect.Estimate(c.Context(), job, p, sample); err != nil {
					return err
				}
			}
			if f.asJSON {
				return a.planJSON(p, proj)
			}
			a.planText(job, p)
			if proj != nil {
				a.projection(proj)
			}
			return nil
		},
	}
	recipeFlags(c, &f)
	fl := c.Flags()
	fl.IntVar(&sample, "sample", 0, "run about N documents through the recipe, in a temporary folder, and project")
	fl.BoolVar(&access, "access", false, "list every path, host and variable that the recipe touches, and try to write where it writes")
	fl.BoolVar(&write, "write", false, "write plan.json into the output folder, for winnow task")
	recordFlag(c, &f)
	signalsFlag(c, &f)
	fl.BoolVar(&f.reuse, "reuse", false, "with --write: the recipe changed, keep what it does not touch")
	fl.BoolVar(&f.fresh, "fresh", false, "with --write: the recipe changed, move the old run aside")
	fl.BoolVar(&f.asJSON, "json", false, "speak JSON")
	c.MarkFlagsMutuallyExclusive("sample", "access", "write")
	c.MarkFlagsMutuallyExclusive("reuse", "fresh")
	return c
}

func (a *app) writePlan(ctx context.Context, job *pipelines.Job, p *plan.Plan, f runFlags) error {
	if _, err := job.Prepare(ctx, p, pipelines.Change{Reuse: f.reuse, Fresh: f.fresh}); err != nil {
		return exitError{exitUsage, err}
	}
	file := place.Join(job.Out, run.Folder, "plan.json")
	if f.asJSON {
		return a.planJSON(p, nil)
	}
	fmt.Fprintln(a.out, file)
	for i := range p.Phases {
		fmt.Fprintf(a.out, "  %s  %s\n", p.Phases[i].Name, plural(p.Phases[i].Tasks, "task"))
	}
	fmt.Fprintf(a.out, "next  winnow task %s %s 0\n", job.Out, p.Phases[0].Name)
	return nil
}

// path is where an input lies, for people.
func path(root, name string) string {
	if strings.HasPrefix(root, plan.Embedded) {
		return plan.Embedded + name
	}
	return place.Join(root, name)
}

func (a *app) planJSON(p *plan.Plan, proj *inspect.Projection) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		Type       string              `json:"message_type"`
		Plan       *plan.Plan          `json:"plan"`
		Projection *inspect.Projection `json:"projection,omitempty"`
	}{"plan", p, proj})
}

// planText says what the run reads and in which phases it works.
func (a *app) planText(job *pipelines.Job, p *plan.Plan) {
	var bytes int64
	for _, in := range p.Inputs {
		bytes += in.Size
	}
	fmt.Fprintf(a.out, "reads   %s, %s (about %s of text)\n", plural(len(p.Inputs), "file"), size(bytes), size(p.Decoded()))
	fmt.Fprintf(a.out, "writes  %s\n\n", safe(job.Out))
	fmt.Fprintln(a.out, "phase                             tasks  stages")
	for i := range p.Phases {
		ph := &p.Phases[i]
		fmt.Fprintf(a.out, "%-32s  %5d  %s\n", ph.Name, ph.Tasks, phaseStages(p, ph))
	}
	a.costs(job, p)
}

// phaseStages names what runs in a phase.
func phaseStages(p *plan.Plan, ph *plan.Phase) string {
	name := func(s plan.Step) string {
		if s.Phase == "" {
			return p.Stages[s.Stage].Label
		}
		return p.Stages[s.Stage].Label + "." + s.Phase
	}
	var names []string
	switch {
	case ph.Pass != nil:
		for _, s := range ph.Pass.Steps {
			names = append(names, name(s))
		}
		if ph.Pass.To == plan.ToOutput {
			names = append(names, "write shards")
		}
	case ph.Work != nil:
		names = append(names, name(*ph.Work))
	case ph.Finish:
		names = append(names, "recount, report, card")
	}
	return strings.Join(names, " → ")
}

// projection says what a sample tells of the whole.
func (a *app) projection(p *inspect.Projection) {
	title := fmt.Sprintf("%s sampled", plural(int(p.Sampled), "document"))
	if p.Exact {
		title += ", which is all"
	}
	fmt.Fprintf(a.out, "\n%s\n%-26s  %10s  %8s  %12s\n", title, "stage", "cost/doc", "removes", "left")
	for _, s := range p.Stages {
		fmt.Fprintf(a.out, "%-26s  %10s  %7.1f%%  %12s\n", s.Label, cost(s.Cost), 100*s.Removed, comma(s.Left))
	}
	workers := runtime.GOMAXPROCS(0)
	fmt.Fprintf(a.out, "\nread %s → kept %s documents\n", comma(p.Documents), comma(p.Kept))
	fmt.Fprintf(a.out, "time about %s on %s (%s of one worker) · RAM %s · disk %s of work files, %s of shards\n",
		short(time.Duration(p.Seconds/float64(workers)*1e9)), plural(workers, "core"), short(time.Duration(p.Seconds*1e9)),
		size(p.Memory), size(p.Work), size(p.Output))
	if !p.Exact {
		fmt.Fprintln(a.out, "the sample is the beginning of each file; duplicates are rarer in it than in the whole")
	}
}

// cost is a time for one document.
func cost(microseconds float64) string {
	switch {
	case microseconds == 0:
		return "–"
	case microseconds >= 1000:
		return fmt.Sprintf("%.1f ms", microseconds/1000)
	case microseconds >= 10:
		return fmt.Sprintf("%.0f µs", microseconds)
	}
	return fmt.Sprintf("%.1f µs", microseconds)
}
