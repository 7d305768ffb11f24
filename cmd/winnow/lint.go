package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newLint(a *app) *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "lint RECIPE|NAME",
		Short: "check a recipe: every mistake at once, with its place",
		Example: `  winnow lint my.yaml
  winnow lint my.yaml --json     one JSON line for each problem`,
		Args: exactArgs(1, "the recipe: a file such as my.yaml, or the name of a built-in one"),
		RunE: func(_ *cobra.Command, args []string) error {
			job, err := a.load(args[0], f)
			if err != nil {
				return err
			}
			if !f.asJSON {
				fmt.Fprintf(a.out, "%s: %s, nothing wrong\n", args[0], plural(len(job.Recipe.Stages), "stage"))
			}
			return nil
		},
	}
	recipeFlags(c, &f)
	c.Flags().BoolVar(&f.asJSON, "json", false, "speak JSON lines")
	return c
}

// plural is a number with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%s %ss", comma(int64(n)), noun)
}
