package main

import (
	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/docs"
	"github.com/winnow-data/winnow/pipelines/recipe"
)

func newSchema(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "the JSON Schema of recipes, for editors",
		Example: `  winnow schema > winnow.schema.json
  # then, as the first line of a recipe:
  # yaml-language-server: $schema=winnow.schema.json`,
		Args: exactArgs(0, "nothing"),
		RunE: func(*cobra.Command, []string) error {
			reg := pipelines.Registry()
			_, err := a.out.Write(recipe.Schema(reg, docs.Lines(docs.Pages(reg, docs.Built()))))
			return err
		},
	}
}
