package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/inference/hub"
	"github.com/winnow-data/winnow/pipelines/models"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages/settings"
)

// modelCommands lists the commands below `winnow model`, in the order of the help.
var modelCommands = []func(*app) *cobra.Command{
	newModelPull,
	newModelShow,
	newModelVerify,
	newModelBench,
	newModelRandom,
}

func newModel(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "model",
		Short: "language models as files: what is in them, where they come from",
		Args:  cobra.ArbitraryArgs,
	}
	c.AddGroup(&cobra.Group{ID: "model", Title: "Models:"})
	for _, sub := range modelCommands {
		s := sub(a)
		s.GroupID = "model"
		s.PreRunE = oneOfEach
		c.AddCommand(s)
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		var names []string
		for _, sub := range c.Commands() {
			names = append(names, sub.Name())
		}
		if near := settings.Nearest(args[0], names); len(near) > 0 {
			return usage("unknown command %q; did you mean model %s?", args[0], strings.Join(near, " or "))
		}
		return usage("unknown command %q; winnow model has %s", args[0], strings.Join(names, ", "))
	}
	return c
}

// findModel turns what a person calls a model into a path: a folder, a file, or a name on the hub, ORG/NAME, with /FILE behind it where there are several
// files. The network is not touched: what is not in the cache is an error that says how to fetch it.
func findModel(name string) (string, error) {
	_, err := os.Stat(name)
	parts := strings.SplitN(name, "/", 3)
	if err == nil || !errors.Is(err, fs.ErrNotExist) || len(parts) < 2 || len(parts) == 2 && strings.HasSuffix(name, ".gguf") {
		return name, err
	}
	if _, parseErr := hub.Parse(parts[0] + "/" + parts[1]); parseErr != nil {
		return "", err
	}
	path, _, err := models.FindHub(recipe.Model{Hub: name}, os.Getenv)
	var several *hub.AmbiguousError
	switch {
	case errors.As(err, &several):
		of := parts[0] + "/" + parts[1] + "/"
		return "", fmt.Errorf("%w; name one: %s", err, of+strings.Join(several.Choices, ", or "+of))
	case err != nil:
		return "", fmt.Errorf("%s is no file or folder here: %w", name, err)
	}
	return path, nil
}
