package main

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/pipelines"
)

func newVersion(a *app) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "version",
		Short:   "the version, and what this binary was built with",
		Example: "  winnow version --json",
		Args:    exactArgs(0, "nothing"),
		RunE: func(*cobra.Command, []string) error {
			if !asJSON {
				fmt.Fprintf(a.out, "winnow %s (%s, %s/%s)\n", pipelines.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
				return nil
			}
			reg := pipelines.Registry()
			components := map[string]int{}
			for _, name := range reg.Names() {
				spec, _ := reg.Lookup(name)
				components[name] = spec.Version
			}
			return json.NewEncoder(a.out).Encode(struct {
				Type    string         `json:"message_type"`
				Version string         `json:"version"`
				Go      string         `json:"go"`
				System  string         `json:"system"`
				Cores   int            `json:"cores"`
				Stages  map[string]int `json:"stages"` // component → the version its finished work is known by
			}{"version", pipelines.Version(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, runtime.NumCPU(), components})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "speak JSON")
	return c
}
