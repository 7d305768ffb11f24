package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/pipelines/recipes"
)

func newInit(a *app) *cobra.Command {
	var lines []string
	for _, name := range recipes.Names() {
		src, _ := recipes.Lookup(name)
		lines = append(lines, fmt.Sprintf("  %-20s %s", name, recipes.Summary(src)))
	}
	return &cobra.Command{
		Use:   "init NAME",
		Short: "print a built-in recipe, to start one of your own",
		Example: `  winnow init web > my.yaml
  winnow lint my.yaml`,
		Long:      "Built-in recipes:\n" + strings.Join(lines, "\n"),
		Args:      exactArgs(1, "the name of a built-in recipe: "+strings.Join(recipes.Names(), ", ")),
		ValidArgs: recipes.Names(),
		RunE: func(_ *cobra.Command, args []string) error {
			src, ok := recipes.Lookup(args[0])
			if !ok {
				return usage("no built-in recipe is called %q; there are %s", args[0], strings.Join(recipes.Names(), ", "))
			}
			_, err := a.out.Write(src)
			return err
		},
	}
}
