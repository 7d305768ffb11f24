package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/inspect"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

func newMeasure(a *app) *cobra.Command {
	var set []string
	var asJSON bool
	var language string
	c := &cobra.Command{
		Use:   "measure STAGE [PATH|-]...",
		Short: "every rule's value and the verdict, document by document",
		Example: `  winnow measure gopher_quality part.jsonl.zst | sort -t"$(printf '\t')" -k3n | head
  winnow cat part.parquet | winnow measure fineweb
  winnow measure gopher_quality --set words.min=20 --language de part.jsonl`,
		Long: "One line for each document: id, verdict, then every rule's value; tabs between them. Without PATH it reads JSON lines from\n" +
			"standard input. A rule that does not apply to a text has the value NA.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("winnow measure takes the name of a stage; winnow stages lists them")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			chain, rules, err := measuring(args[0], set)
			if err != nil {
				return err
			}
			files, err := a.files(c, args[1:])
			if err != nil {
				return err
			}
			out := bufio.NewWriter(a.out)
			m := measurer{out: out, chain: chain, rules: rules, language: language, asJSON: asJSON}
			return errors.Join(a.measure(c, files, &m), out.Flush())
		},
	}
	c.Flags().StringArrayVar(&set, "set", nil, "a setting of the stage: SETTING=VALUE (may be given again)")
	c.Flags().StringVar(&language, "language", "", "language of documents that have no field language, such as de")
	c.Flags().BoolVar(&asJSON, "json", false, "JSON lines")
	return c
}

// measuring makes a chain of one stage, and lists the rules it measures.
func measuring(stage string, set []string) (*inspect.Chain, []string, error) {
	reg := pipelines.Registry()
	spec, ok := reg.Lookup(stage)
	if !ok {
		return nil, nil, unknownStage(reg, stage)
	}
	if spec.Kind != stages.KindFilter && spec.Kind != stages.KindMapper {
		return nil, nil, usage("measure: %s must see more than one document (it is a %s); run it", stage, spec.Kind)
	}
	sets := make([]string, len(set))
	for i, s := range set {
		sets[i] = stage + "." + s
	}
	src := fmt.Sprintf("input: in.jsonl\nstages: [%s]\noutput: out\n", stage)
	rec, problems := recipe.Load([]byte(src), "measure", reg, recipe.Options{
		Dir: ".", Set: sets, Stat: func(string) error { return nil },
	})
	if rec == nil {
		var errs []error
		for _, p := range problems {
			if !p.Warning {
				errs = append(errs, errors.New(p.Message))
			}
		}
		return nil, nil, exitError{exitUsage, errors.Join(errs...)}
	}
	chain, err := inspect.NewChain(rec, nil)
	if err != nil {
		return nil, nil, err
	}
	var rules []string
	if f, ok := spec.New().(stages.Filter); ok {
		for _, r := range f.Rules() {
			rules = append(rules, r.Name)
		}
	}
	return chain, rules, nil
}

// files finds what paths mean; none, or "-", is standard input.
func (a *app) files(c *cobra.Command, paths []string) ([]inspect.File, error) {
	if len(paths) > 0 && (len(paths) > 1 || paths[0] != "-") {
		return inspect.Paths(c.Context(), paths)
	}
	f, err := inspect.Stream(c.Context(), a.in)
	return []inspect.File{f}, err
}

// damaged tells of a record that could not be read.
func (a *app) damaged(d shard.Damage) {
	fmt.Fprintf(a.err, "winnow: %s, record %d: %s\n", safe(d.File), d.Record, oneLine(d.Reason, 200))
}

type measurer struct {
	out      io.Writer
	chain    *inspect.Chain
	rules    []string
	language string
	asJSON   bool
}

func (a *app) measure(c *cobra.Command, files []inspect.File, m *measurer) error {
	if !m.asJSON {
		fmt.Fprintln(m.out, strings.Join(append([]string{"id", "verdict"}, m.rules...), "\t"))
	}
	for _, f := range files {
		for d, err := range f.Documents(c.Context(), a.damaged) {
			if err != nil {
				return err
			}
			if _, ok := d.Fields.Raw("language"); !ok && m.language != "" {
				d.Fields.SetText("language", m.language)
			}
			id := strings.Clone(d.ID)
			if err := m.line(id, m.chain.Document(d)); err != nil {
				return err
			}
		}
	}
	return nil
}

// line writes what was measured of one document.
func (m *measurer) line(id string, steps []inspect.Step) error {
	s := steps[len(steps)-1]
	verdict := "keep"
	switch {
	case s.Err != nil:
		verdict = "error"
	case s.Verdict.Rule != "":
		verdict = s.Verdict.Rule
	}
	values := map[string]*float64{}
	for _, v := range s.Values {
		if x := v.Value; x == x {
			values[v.Rule.Name] = &x
			continue
		}
		values[v.Rule.Name] = nil
	}
	if m.asJSON {
		line := struct {
			ID      string              `json:"id"`
			Verdict string              `json:"verdict"`
			Error   string              `json:"error,omitempty"`
			Values  map[string]*float64 `json:"values"`
			Fields  map[string]any      `json:"fields,omitempty"`
		}{ID: id, Verdict: verdict, Values: values}
		if s.Err != nil {
			line.Error = s.Err.Error()
		}
		for _, f := range s.Wrote {
			if line.Fields == nil {
				line.Fields = map[string]any{}
			}
			line.Fields[f.Name] = json.RawMessage(f.Raw)
		}
		e := json.NewEncoder(m.out)
		e.SetEscapeHTML(false)
		return e.Encode(line)
	}
	cells := []string{oneLine(id, 200), verdict}
	for _, r := range m.rules {
		if x := values[r]; x != nil {
			cells = append(cells, fmt.Sprintf("%.6g", *x))
			continue
		}
		cells = append(cells, "NA")
	}
	for _, f := range s.Wrote {
		cells = append(cells, oneLine(f.Name+"="+string(f.Raw), 100))
	}
	_, err := fmt.Fprintln(m.out, strings.Join(cells, "\t"))
	return err
}
