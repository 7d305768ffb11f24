package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/stages/blob/place"
	"github.com/winnow-data/winnow/stages/blob/s3"
)

func newDoctorStore(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "store PATH",
		Short: "what a run needs of a bucket or a folder: list, put, refuse to put again, write, read, remove",
		Example: `  winnow doctor store s3://corpora/web
  AWS_ENDPOINT_URL=http://127.0.0.1:9000 winnow doctor store s3://test
  winnow doctor store /mnt/shared`,
		Long: "It writes one small object with a name that no run uses, and removes it. Exit code 1: a run could not work there.",
		Args: exactArgs(1, "a bucket with a prefix such as s3://corpora/web, or a folder"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := place.Writable(args[0]); err != nil {
				return exitError{exitUsage, err}
			}
			ctx, cancel := a.stoppable(c.Context())
			defer cancel()
			if strings.HasPrefix(args[0], "s3://") {
				about := s3.Environment(os.Getenv)
				fmt.Fprintf(a.out, "store  %s", safe(about.Address))
				if len(about.From) > 0 {
					fmt.Fprintf(a.out, ", by %s", safe(strings.Join(about.From, ", ")))
				}
				fmt.Fprintln(a.out)
			}
			return a.probed(args[0], place.Probe(ctx, args[0]))
		},
	}
}
