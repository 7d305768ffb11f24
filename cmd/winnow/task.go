package main

import (
	"fmt"
	"log/slog"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/run"
)

func newTask(a *app) *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "task PLAN PHASE INDEX",
		Short: "do one task of a plan; any process may, in any order within a phase",
		Example: `  winnow plan my.yaml --write             prints the phases and their tasks
  winnow task out 00-dedup_exact.scan 3
  winnow task out 00-dedup_exact.scan $SLURM_ARRAY_TASK_ID`,
		Long: "PLAN is the output folder, or its _winnow/plan.json. A task that is done already is not done again. All tasks of a phase must be\n" +
			"done before the next phase begins. Several processes may share the folder.",
		Args: exactArgs(3, "plan, phase and index"),
		RunE: func(c *cobra.Command, args []string) error {
			index, err := strconv.Atoi(args[2])
			if err != nil {
				return usage("index %q is no number", args[2])
			}
			memory, err := memoryFlag(f.memory)
			if err != nil {
				return err
			}
			job, p, err := pipelines.Open(c.Context(), args[0])
			if err != nil {
				return err
			}
			job.Record = f.record
			defer job.Close()
			if _, _, err := p.Find(args[1]); err != nil {
				return exitError{exitUsage, err}
			}
			r, err := job.Runner(p, run.Options{
				Workers: f.workers, Batch: f.batch, Memory: memory, Scratch: f.scratch, Stop: a.stop,
				Log: slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelWarn})),
			})
			if err != nil {
				return err
			}
			if err := r.Task(c.Context(), args[1], index); err != nil {
				return fmt.Errorf("task %s %d: %w", args[1], index, err)
			}
			return nil
		},
	}
	fl := c.Flags()
	fl.IntVar(&f.workers, "workers", 0, "goroutines that run filters (default: one per processor)")
	fl.IntVar(&f.batch, "batch", 0, "documents that travel together (default 256)")
	fl.StringVar(&f.memory, "memory", "", "memory the task may hold, such as 4GiB (default: half of what the machine allows)")
	fl.StringVar(&f.scratch, "scratch", "", "folder for work files; the same for all tasks of a run")
	recordFlag(c, &f)
	return c
}
