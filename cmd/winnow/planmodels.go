package main

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/models"
	"github.com/winnow-data/winnow/pipelines/plan"
)

// accessModels lists what the recipe's models touch: files, hosts, and variables of the environment. none says that nothing else leaves this machine.
func (a *app) accessModels(job *pipelines.Job, none bool) error {
	if job.Record != "" {
		fmt.Fprintf(a.out, "write  %s\n", safe(job.Record))
	}
	for _, name := range slices.Sorted(maps.Keys(job.Recipe.Models)) {
		m := job.Recipe.Models[name]
		switch {
		case m.Hub != "":
			path, _, err := models.FindHub(m, os.Getenv)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.out, "read   %s\n", safe(path))
		case m.URL != "":
			none = false
			u, err := url.Parse(m.URL)
			if err != nil {
				return fmt.Errorf("model %s: its address: %w", name, err)
			}
			fmt.Fprintf(a.out, "host   %s\n", safe(u.Host))
			if m.KeyEnv != "" {
				fmt.Fprintf(a.out, "variable %s\n", safe(m.KeyEnv))
			}
		default:
			path := string(m.File + m.Replay)
			if !filepath.IsAbs(path) && !strings.HasPrefix(path, models.Embedded) {
				path = filepath.Join(job.Recipe.Dir, path)
			}
			fmt.Fprintf(a.out, "read   %s\n", safe(path))
		}
	}
	if none {
		fmt.Fprintln(a.out, "hosts and variables: none")
	}
	return nil
}

// costs says what the stages will ask of models, at most: filters before them are not taken into account.
func (a *app) costs(job *pipelines.Job, p *plan.Plan) {
	if len(p.Costs) == 0 {
		return
	}
	fmt.Fprintf(a.out, "\n%-24s  %-16s  %12s  %14s  %12s  %10s  %10s\n", "asks", "model", "calls", "tokens read", "written", "hours", "cost")
	for _, c := range p.Costs {
		money := "–"
		if c.Money > 0 {
			money = fmt.Sprintf("%.2f", c.Money)
		}
		fmt.Fprintf(a.out, "%-24s  %-16s  %12s  %14s  %12s  %10.2f  %10s\n", c.Label, oneLine(c.Model, 16), comma(int64(c.Calls)), comma(int64(c.In)),
			comma(int64(c.Out)), c.Hours, money)
	}
	fmt.Fprintf(a.out, "at most: estimated for all %s of the input, from the first of them; hours at %s tokens a second\n",
		plural(int(p.Costs[0].Documents), "document"), rates(p.Costs))
	l := job.Recipe.Limits
	if l.Calls > 0 || l.Tokens > 0 || l.Cost > 0 {
		fmt.Fprintf(a.out, "limits  %s calls, %s tokens, cost %s\n", orNoLimit(int64(l.Calls)), orNoLimit(int64(l.Tokens)), limitCost(l.Cost))
	}
}

// rates lists the nominal rates, each once.
func rates(list []plan.Cost) string {
	var out string
	var seen []float64
	for _, c := range list {
		if slices.Contains(seen, c.Rate) {
			continue
		}
		seen = append(seen, c.Rate)
		if out != "" {
			out += " and "
		}
		out += comma(int64(c.Rate))
	}
	return out
}

func orNoLimit(n int64) string {
	if n == 0 {
		return "any number of"
	}
	return comma(n)
}

func limitCost(x float64) string {
	if x == 0 {
		return "without limit"
	}
	return fmt.Sprintf("%.2f", x)
}
