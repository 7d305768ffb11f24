package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages/blob/place"
)

func newReport(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "report [RUN]",
		Short:   "draw a run's report again, from what its tasks counted",
		Example: "  winnow report corpus/",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("winnow report takes one folder, got %d", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			dir, err := runFolder(append(args, "")[0])
			if err != nil {
				return err
			}
			job, p, err := pipelines.Open(c.Context(), dir)
			if err != nil {
				return err
			}
			r, err := job.Runner(p, run.Options{})
			if err != nil {
				return err
			}
			res, err := r.Result(c.Context())
			if err != nil {
				return fmt.Errorf("report: the run is not finished: %w", err)
			}
			d, err := r.Report(c.Context(), res)
			if err != nil {
				return err
			}
			if err := r.WriteReport(c.Context(), d); err != nil {
				return err
			}
			fmt.Fprintln(a.out, place.Join(job.Out, run.Folder, "report.html"))
			return nil
		},
	}
}
