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
	var set, fields []string
	var asJSON bool
	var language string
	c := &cobra.Command{
		Use:   "measure STAGE [PATH|-]...",
		Short: "every rule's value and the verdict, document by document",
		Example: `  winnow measure gopher_quality part.jsonl.zst | sort -t"$(printf '\t')" -k3n | head
  winnow cat part.parquet | winnow measure fineweb
  winnow measure gopher_quality --set words.min=20 --language de part.jsonl
  winnow measure check_math --field prompt=question --field gold=answer --field answers=samples solved.jsonl`,
		Long: "One line for each document: id, verdict, then every rule's value; tabs between them. Without PATH it reads JSON lines from\n" +
			"standard input. A rule that does not apply to a text has the value NA.\n\n" +
			"A check such as check_math has one line for each answer and check: id, answer, check, result, score, why. Rows that a run wrote hold their\n" +
			"answers already; of others --field says where prompt, gold and answers are, as an input of a recipe does. Checks that ask a model are\n" +
			"looked at with winnow preview.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("winnow measure takes the name of a stage; winnow stages lists them")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			rec, err := measuring(args[0], set, fields)
			if err != nil {
				return err
			}
			chain, err := inspect.NewChain(rec, inspect.Options{Batches: true})
			if err != nil {
				return err
			}
			files, err := a.files(c, args[1:])
			if err != nil {
				return err
			}
			if len(fields) > 0 {
				for i := range files {
					files[i] = files[i].As(rec.Inputs[0])
				}
			}
			out := bufio.NewWriter(a.out)
			spec := rec.Stages[0].Spec
			m := measurer{out: out, chain: chain, rules: rules(spec), language: language, asJSON: asJSON, check: strings.HasPrefix(spec.Name, "check_") || spec.Name == "dedup_answers"}
			return errors.Join(a.measure(c, files, &m), out.Flush())
		},
	}
	c.Flags().StringArrayVar(&set, "set", nil, "a setting of the stage: SETTING=VALUE (may be given again)")
	c.Flags().StringArrayVar(&fields, "field", nil, "where the input holds what: NAME=FIELD, such as prompt=question, gold=answer, answers=samples (may be given again)")
	c.Flags().StringVar(&language, "language", "", "language of documents that have no field language, such as de")
	c.Flags().BoolVar(&asJSON, "json", false, "JSON lines")
	return c
}

// measuring makes a recipe of one stage.
func measuring(stage string, set, fields []string) (*recipe.Recipe, error) {
	reg := pipelines.Registry()
	spec, ok := reg.Lookup(stage)
	if !ok {
		return nil, unknownStage(reg, stage)
	}
	if spec.Kind == stages.KindBarrier {
		return nil, usage("measure: %s must see more than one document (it is a %s); run it", stage, spec.Kind)
	}
	if a, ok := spec.New().(stages.Asker); ok && spec.Kind == stages.KindStage && a.Asks().Ask != "" {
		return nil, usage("measure: %s asks a model; put it into a recipe with the model and look with winnow preview", stage)
	}
	sets := make([]string, len(set))
	for i, s := range set {
		sets[i] = stage + "." + s
	}
	input := map[string]string{"path": "in.jsonl"}
	for _, f := range fields {
		name, field, ok := strings.Cut(f, "=")
		if !ok || name == "" || field == "" || name == "path" || name == "list" {
			return nil, usage("--field: %q: want NAME=FIELD, such as prompt=question", f)
		}
		input[name] = field
	}
	in, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	src := fmt.Sprintf("input: %s\nstages: [%s]\noutput: out\n", in, stage)
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
		return nil, exitError{exitUsage, errors.Join(errs...)}
	}
	return rec, nil
}

// rules lists what a stage measures.
func rules(spec stages.Spec) []string {
	var names []string
	switch c := spec.New().(type) {
	case stages.Filter:
		for _, r := range c.Rules() {
			names = append(names, r.Name)
		}
	case stages.Noter:
		for _, r := range c.(stages.Ruler).Rules()[:c.Measures()] {
			names = append(names, r.Name)
		}
	}
	return names
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
	check    bool // the stage writes on answers
}

func (a *app) measure(c *cobra.Command, files []inspect.File, m *measurer) error {
	switch {
	case m.asJSON:
	case m.check:
		fmt.Fprintln(m.out, "id\tanswer\tcheck\tresult\tscore\twhy")
	default:
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
			had := carried(d)
			steps, err := m.chain.Document(c.Context(), d)
			if err == nil && m.check && len(steps) > 0 && steps[len(steps)-1].Err == nil {
				err = m.answers(id, d, had)
			} else if err == nil {
				err = m.line(id, steps)
			}
			if err != nil {
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
