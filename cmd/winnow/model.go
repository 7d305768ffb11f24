package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/inference/hub"
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

// findModel turns what a person calls a model, a path or a name on the hub, into a path. The network is not touched: what is not in the cache is
// an error that says how to fetch it.
func findModel(name string) (string, error) {
	_, err := os.Stat(name)
	if err == nil || !errors.Is(err, fs.ErrNotExist) || strings.Count(name, "/") != 1 || strings.HasSuffix(name, ".gguf") {
		return name, err
	}
	want, parseErr := hub.Parse(name)
	if parseErr != nil {
		return "", err
	}
	h, err := hub.FromEnv(os.Getenv)
	if err != nil {
		return "", exitError{exitUsage, err}
	}
	path, err := h.Find(want)
	if err != nil {
		return "", fmt.Errorf("%s is no file or folder here: %w", name, err)
	}
	return path, nil
}
