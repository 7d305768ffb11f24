package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/models"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages/blob/place"
	"github.com/winnow-data/winnow/stages/settings"
)

// runFlags are the flags of run, and of the commands that load a recipe the same way.
type runFlags struct {
	in, set, model                []string
	out, memory, scratch, record  string
	signals                       string
	limit                         int64
	workers, batch                int
	reuse, fresh, asJSON, offline bool
	strict, quiet                 bool
}

func newRun(a *app) *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run RECIPE|NAME",
		Short: "curate a corpus; the same command again goes on where it stopped",
		Example: `  winnow run quickstart
  winnow run web --in 'crawl/*.warc.gz' --out corpus
  winnow run my.yaml --set gopher_quality.words.min=30 --workers 8 --memory 4GiB
  winnow run eval-gsm8k --model small.gguf
  winnow run my.yaml --reuse             after a change: keep what it does not touch`,
		Args: exactArgs(1, "the recipe: a file such as my.yaml, or the name of a built-in one"),
		RunE: func(c *cobra.Command, args []string) error { return a.run(c, args[0], f) },
	}
	recipeFlags(c, &f)
	fl := c.Flags()
	fl.IntVar(&f.workers, "workers", 0, "tasks at a time (default: one per processor)")
	fl.IntVar(&f.batch, "batch", 0, "documents that travel together (default 256)")
	fl.StringVar(&f.memory, "memory", "", "memory the run may hold, such as 4GiB (default: half of what the machine allows)")
	fl.StringVar(&f.scratch, "scratch", "", "folder for work files (default: within the output)")
	recordFlag(c, &f)
	signalsFlag(c, &f)
	fl.BoolVar(&f.reuse, "reuse", false, "the recipe changed: keep the phases that the change does not touch")
	fl.BoolVar(&f.fresh, "fresh", false, "the recipe changed: move the old run aside and start anew")
	fl.BoolVar(&f.offline, "offline", false, "refuse recipes that need the network")
	fl.BoolVar(&f.strict, "strict", false, "exit with 3 when records were quarantined")
	fl.BoolVar(&f.asJSON, "json", false, "speak JSON lines with a message_type")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "no progress")
	c.MarkFlagsMutuallyExclusive("reuse", "fresh")
	return c
}

// recipeFlags are the flags that change a recipe: they are written into the recipe as run.
func recipeFlags(c *cobra.Command, f *runFlags) {
	fl := c.Flags()
	fl.StringArrayVar(&f.in, "in", nil, "read this instead of the recipe's input (may be given again)")
	fl.StringVar(&f.out, "out", "", "write here instead of the recipe's output (default ./NAME/ for built-in recipes)")
	fl.StringArrayVar(&f.set, "set", nil, "change one setting: LABEL.SETTING=VALUE (may be given again)")
	fl.StringArrayVar(&f.model, "model", nil, "ask this model instead of the recipe's: [NAME=]WHERE, a GGUF file or folder, ORG/NAME of a hub, or http://HOST/v1#MODEL")
	fl.Int64Var(&f.limit, "limit", 0, "read only the first N records of each input file")
}

// recordFlag is the flag that says where replies of models are kept.
func recordFlag(c *cobra.Command, f *runFlags) {
	c.Flags().StringVar(&f.record, "record", "", "folder that keeps every reply of a model, so that none is paid twice (default: _winnow/answers in the output)")
}

// signalsFlag is the flag that says what is measured of documents that went.
func signalsFlag(c *cobra.Command, f *runFlags) {
	c.Flags().StringVar(&f.signals, "signals", "sample", "what rules measured, kept for whatif and the report: sample (all documents; 1 % are measured on after they went), all (all are measured on) or off")
}

// exactArgs asks for n arguments and says what they are.
func exactArgs(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return usage("%s takes %s, %s; got %d", c.CommandPath(), plural(n, "argument"), what, len(args))
		}
		return nil
	}
}

func (a *app) run(c *cobra.Command, name string, f runFlags) error {
	ctx := c.Context()
	start := time.Now()
	if f.workers < 0 || f.batch < 0 {
		return usage("--workers and --batch take a number from 1, or 0 for the default; got %d and %d", f.workers, f.batch)
	}
	memory, err := memoryFlag(f.memory)
	if err != nil {
		return err
	}
	job, err := a.load(name, f)
	if err != nil {
		return err
	}
	if f.offline {
		if err := offline(job); err != nil {
			return err
		}
	}
	if !f.asJSON {
		fmt.Fprintf(a.err, "winnow %s · %s → %s\n", pipelines.Version(), job.Recipe.Name, safe(job.Out))
	}
	p, err := job.Plan(ctx)
	if err != nil {
		return err
	}
	state, err := job.Prepare(ctx, p, pipelines.Change{Reuse: f.reuse, Fresh: f.fresh, Scratch: f.scratch})
	var changed *pipelines.ChangedError
	switch {
	case errors.As(err, &changed):
		return exitError{exitUsage, err}
	case err != nil:
		return err
	}
	a.banner(state, f)
	if state.Finished {
		return a.summary(job, state.Summary, f, time.Since(start))
	}
	debug.SetMemoryLimit(memory * 9 / 10)
	opt := run.Options{
		Workers: f.workers, Batch: f.batch, Memory: memory, Scratch: f.scratch, Stop: a.stop,
		Log: slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	r, err := job.Runner(p, opt)
	if err != nil {
		return err
	}
	defer job.Close()
	var bar *progress
	if !f.quiet {
		bar = startProgress(a.err, f.asJSON, r.Progress)
	}
	err = r.Run(ctx)
	if bar != nil {
		bar.Close()
	}
	if errors.Is(err, run.ErrInterrupted) || errors.Is(err, ctx.Err()) && err != nil {
		done, all := r.Done(context.WithoutCancel(ctx))
		fmt.Fprintf(a.err, "winnow: interrupted after %d of %d tasks; go on with the same command: %s\n", done, all, commandLine())
		return exitError{code: exitInterrupted}
	}
	if limit := models.IsLimit(err); limit != nil {
		done, all := r.Done(context.WithoutCancel(ctx))
		fmt.Fprintf(a.err, "winnow: stopped after %d of %d tasks: %v\n", done, all, limit)
		fmt.Fprintf(a.err, "go on with a higher limit: %s --set limits.%s=…\n", commandLine(), limit.Limit)
		return exitError{code: exitInterrupted}
	}
	if err != nil {
		return err
	}
	sum, err := r.Summary(ctx)
	if err != nil {
		return err
	}
	return a.summary(job, sum, f, time.Since(start))
}

// asked says what a model was asked.
func (a *app) asked(u models.Usage) {
	fmt.Fprintf(a.out, "model   %s: asked %s times", safe(u.Model), comma(u.Asked))
	if u.Found > 0 {
		fmt.Fprintf(a.out, ", %s replies were in the record", comma(u.Found))
	}
	if u.Failed > 0 {
		fmt.Fprintf(a.out, ", %s failed", comma(u.Failed))
	}
	fmt.Fprintf(a.out, "; %s tokens read, %s written", comma(u.In), comma(u.Out))
	if u.Cost > 0 {
		fmt.Fprintf(a.out, ", cost %.2f", u.Cost)
	}
	fmt.Fprintln(a.out)
}

// retries says how often stores had to be asked again.
func (a *app) retries(kinds map[string]int64) {
	var sum int64
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		sum += kinds[kind]
		parts = append(parts, comma(kinds[kind])+" "+kind)
	}
	if sum > 0 {
		fmt.Fprintf(a.out, "retries %s to stores: %s\n", plural(int(sum), "request"), strings.Join(parts, ", "))
	}
}

// offline refuses a recipe that names something on the network.
func offline(job *pipelines.Job) error {
	for name, m := range job.Recipe.Models {
		if m.URL != "" {
			return usage("--offline: the model %q is an endpoint on the network: %s", name, m.URL)
		}
	}
	for _, in := range job.Recipe.Inputs {
		if place.IsRemote(in.At()) {
			return usage("--offline: the input %s lies on the network", place.Shown(in.At()))
		}
	}
	if place.IsRemote(job.Out) {
		return usage("--offline: the output %s lies on the network", job.Out)
	}
	return nil
}

// commandLine is how the program was called, so that it can be pasted into a shell.
func commandLine() string {
	words := []string{"winnow"}
	for _, w := range os.Args[1:] {
		words = append(words, shellWord(w))
	}
	return strings.Join(words, " ")
}

// explainCommand is what explains a document, for a shell; "" where there is none, or one whose id cannot be shown as it is.
func explainCommand(out, id string) string {
	line := "winnow explain --run " + shellWord(out) + " "
	if strings.HasPrefix(id, "-") {
		line += "-- "
	}
	if id == "" || len(id) > 300 || strings.ContainsAny(line+id, "\n\t") || safe(line+id) != line+id {
		return ""
	}
	return line + shellWord(id)
}

// memoryFlag reads --memory.
func memoryFlag(s string) (int64, error) {
	if s == "" {
		return run.MemoryAllowed() / 2, nil
	}
	n, err := settings.ParseBytes(s)
	if err != nil {
		return 0, usage("--memory: %w", err)
	}
	if n < 256<<20 {
		return 0, usage("--memory: %s is too little; at least 256MiB are needed", s)
	}
	return n, nil
}

// banner says what an earlier run has left.
func (a *app) banner(s *pipelines.State, f runFlags) {
	if f.asJSON {
		return
	}
	switch {
	case s.Finished:
		fmt.Fprintln(a.err, "finished already: recipe and input are unchanged, nothing is done again")
	case len(s.Reused) > 0:
		fmt.Fprintln(a.err, "reusing unchanged phases:")
		for _, name := range s.Reused {
			fmt.Fprintln(a.err, "  "+name)
		}
	case s.Done > 0:
		fmt.Fprintf(a.err, "resuming: %d of %d tasks are done, recipe and input are unchanged\n", s.Done, s.Tasks)
	}
	if s.Aside != "" {
		fmt.Fprintln(a.err, "the old run was moved to "+s.Aside)
	}
}

// summary prints what came of a run: the sums, the top reasons, where corpus and report are.
func (a *app) summary(job *pipelines.Job, s *run.Summary, f runFlags, took time.Duration) error {
	if f.asJSON {
		line, err := json.Marshal(struct {
			Type string `json:"message_type"`
			*run.Summary
			Out     string  `json:"out"`
			Seconds float64 `json:"seconds"`
		}{"summary", s, job.Out, took.Seconds()})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s\n", line)
	} else {
		fmt.Fprintf(a.out, "read %s", comma(s.Read))
		if s.Made > 0 {
			fmt.Fprintf(a.out, "  made %s", comma(s.Made))
		}
		fmt.Fprintf(a.out, "  kept %s  dropped %s  quarantined %s  (sums meet, recounted from the files)  %s\n",
			comma(s.Kept), comma(s.Dropped), comma(s.Quarantined), short(took))
		for i, r := range s.Rules {
			if i == 8 {
				fmt.Fprintf(a.out, "  … and %d more, in the report\n", len(s.Rules)-i)
				break
			}
			fmt.Fprintf(a.out, "  %8s  %s\n", comma(r.Documents), r.Label+"."+r.Rule)
		}
		for _, r := range s.Rates {
			fmt.Fprintf(a.out, "passed  %s: %s\n", r.Stage, r)
		}
		for _, u := range job.Asked() {
			a.asked(u)
		}
		a.retries(s.Retries)
		fmt.Fprintf(a.out, "corpus  %s  (%d files, %s)\n", safe(job.Out), s.Files, size(s.Bytes))
		fmt.Fprintf(a.out, "report  %s\n", safe(place.Join(job.Out, run.Folder, "report.html")))
		if s.Work > 64<<20 {
			where := f.scratch
			if where == "" {
				where = place.Join(job.Out, run.Folder, "work")
			}
			fmt.Fprintf(a.out, "work files for --reuse: %s in %s, free to delete\n", size(s.Work), safe(where))
		}
		if next := explainCommand(job.Out, s.Example); next != "" {
			fmt.Fprintf(a.out, "next    %s\n", next)
		}
	}
	if f.strict && s.Quarantined > 0 {
		return exitError{code: exitQuarantined}
	}
	return nil
}
