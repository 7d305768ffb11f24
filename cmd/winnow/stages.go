package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/docs"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

func newStages(a *app) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "stages [NAME]",
		Short: "every stage, or one with its settings, defaults and rules",
		Example: `  winnow stages
  winnow stages gopher_quality`,
		ValidArgs: pipelines.Registry().Names(),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("winnow stages takes one name, got %d", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			reg := pipelines.Registry()
			pages := docs.Pages(reg, docs.Built())
			if len(args) == 1 {
				spec, ok := reg.Lookup(args[0])
				if !ok {
					return unknownStage(reg, args[0])
				}
				pages = []docs.Page{docs.PageOf(spec, docs.Built())}
			}
			switch {
			case asJSON:
				return a.stagesJSON(pages)
			case len(args) == 1:
				fmt.Fprint(a.out, pages[0].Terminal(columns()))
			default:
				fmt.Fprint(a.out, docs.List(pages, columns()))
				fmt.Fprintln(a.out, "\nwinnow stages NAME shows one with its settings, defaults and rules.")
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "JSON lines")
	return c
}

// unknownStage says which stages come near.
func unknownStage(reg *stages.Registry, name string) error {
	if near := settings.Nearest(name, reg.Names()); len(near) > 0 {
		return usage("no stage is called %q; did you mean %s?", name, strings.Join(near, " or "))
	}
	return usage("no stage is called %q; winnow stages lists them", name)
}

func (a *app) stagesJSON(pages []docs.Page) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	type setting struct {
		Name    string   `json:"name"`
		Type    string   `json:"type"`
		Default string   `json:"default"`
		Allowed []string `json:"allowed,omitempty"`
		Doc     string   `json:"doc"`
	}
	type rule struct {
		Name  string `json:"name"`
		Keeps string `json:"keeps"`
		Unit  string `json:"unit,omitempty"`
		Doc   string `json:"doc"`
	}
	for _, p := range pages {
		line := struct {
			Name     string      `json:"name"`
			Kind     stages.Kind `json:"kind"`
			Room     string      `json:"room"`
			Does     string      `json:"does"`
			Settings []setting   `json:"settings"`
			Rules    []rule      `json:"rules"`
			Writes   []string    `json:"writes,omitempty"`
			Reads    []string    `json:"reads,omitempty"`
		}{Name: p.Name, Kind: p.Kind, Room: p.Room, Does: p.Does, Writes: p.Writes, Reads: p.Reads, Settings: []setting{}, Rules: []rule{}}
		for _, s := range p.Settings {
			line.Settings = append(line.Settings, setting{s.Name, s.Type, s.Default, s.Allowed, s.Doc})
		}
		for _, r := range p.Rules {
			line.Rules = append(line.Rules, rule{r.Name, docs.Keeps(r.Keep), r.Unit, r.Doc})
		}
		if err := e.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// columns is the width of the terminal as the shell tells it, at most 120; 100 where it does not.
func columns() int {
	n, err := strconv.Atoi(os.Getenv("COLUMNS"))
	if err != nil || n < 40 {
		return 100
	}
	return min(n, 120)
}
