package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/inference/remote"
)

func newDoctorEndpoint(a *app) *cobra.Command {
	var o remote.Options
	var asJSON bool
	c := &cobra.Command{
		Use:   "endpoint URL",
		Short: "one call of each kind to an OpenAI-compatible endpoint, and what to fix",
		Example: `  winnow doctor endpoint http://127.0.0.1:8000/v1
  winnow doctor endpoint https://api.example.org/v1 --key-env EXAMPLE_KEY --model some/model`,
		Long: "It lists the models, and asks one of them: chat without and with the key, raw completion, log-probabilities, JSON, embeddings. Nothing is\n" +
			"tried twice. A recipe needs chat; judge and perplexity can use the rest where it is there. Exit code 1: plain chat does not work.",
		Args: exactArgs(1, "an endpoint such as http://127.0.0.1:8000/v1"),
		RunE: func(c *cobra.Command, args []string) error {
			o.URL = args[0]
			if o.Timeout <= 0 {
				return usage("--timeout: %v is no time to wait", o.Timeout)
			}
			ctx, cancel := a.stoppable(c.Context())
			defer cancel()
			r, err := remote.Probe(ctx, o)
			switch {
			case ctx.Err() != nil:
				return err
			case err != nil:
				return exitError{exitUsage, err}
			case asJSON:
				e := json.NewEncoder(a.out)
				e.SetEscapeHTML(false)
				err = e.Encode(r)
			default:
				fmt.Fprint(a.out, probeText(r))
			}
			if err == nil && !r.Works {
				return exitError{code: exitFailed}
			}
			return err
		},
	}
	fl := c.Flags()
	fl.StringVar(&o.Model, "model", "", "the model to ask (default: the first that the endpoint lists)")
	fl.StringVar(&o.KeyEnv, "key-env", "", "the environment variable that holds the key")
	fl.DurationVar(&o.Timeout, "timeout", time.Minute, "how long one call may take")
	fl.BoolVar(&asJSON, "json", false, "speak JSON")
	return c
}

// probeText is the table for people.
func probeText(r remote.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "endpoint %s", safe(r.URL))
	if r.Model != "" {
		fmt.Fprintf(&b, ", model %s", oneLine(r.Model, 100))
	}
	b.WriteString("\n\n")
	width := len("prompt log-probabilities")
	var fixes, skipped []string
	why := ""
	for _, c := range r.Checks {
		if c.State == remote.Skipped {
			skipped, why = append(skipped, c.Name), c.Detail
			continue
		}
		took := short(time.Duration(c.Millis * float64(time.Millisecond)))
		if c.Millis < 1000 {
			took = fmt.Sprintf("%.0f ms", max(c.Millis, 1))
		}
		line := fmt.Sprintf("%-*s  %-11s  %7s  %s", width, c.Name, c.State, took, oneLine(c.Detail, 160))
		fmt.Fprintln(&b, strings.TrimRight(line, " "))
		if c.Fix != "" {
			fixes = append(fixes, c.Name+": "+c.Fix)
		}
	}
	if len(skipped) > 0 {
		fmt.Fprintf(&b, "%-*s  %s; not asked: %s\n", width, "", why, strings.Join(skipped, ", "))
	}
	said := map[string]bool{}
	for _, f := range append(r.Notes, fixes...) {
		_, what, _ := strings.Cut(f, ": ")
		if said[what] {
			continue
		}
		if len(said) == 0 {
			b.WriteByte('\n')
		}
		said[what] = true
		fmt.Fprintln(&b, oneLine(f, 300))
	}
	if !r.Works {
		b.WriteString("\nPlain chat does not work: stages that ask this endpoint would fail.\n")
	}
	return b.String()
}
