package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/pipelines/docs"
	"github.com/winnow-data/winnow/pipelines/inspect"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages"
)

func newExplain(a *app) *cobra.Command {
	var dir string
	var asJSON bool
	var chars int
	c := &cobra.Command{
		Use:   "explain ID",
		Short: "what became of a document, and why",
		Example: `  winnow explain letters/3
  winnow explain --run corpus 'crawl-00000#17'
  winnow explain junk/4 --json`,
		Long: "Looks through what the run removed, what it quarantined and what it kept. ID is the input's id; a record without one is FILE#RECORD.",
		Args: exactArgs(1, "the id of a document"),
		RunE: func(c *cobra.Command, args []string) error {
			dir, err := runFolder(dir)
			if err != nil {
				return err
			}
			s, err := inspect.Explain(c.Context(), dir, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(a.out)
				e.SetEscapeHTML(false)
				return e.Encode(s)
			}
			a.story(s, "", chars)
			a.origins(c.Context(), dir, s, chars)
			return nil
		},
	}
	c.Flags().StringVar(&dir, "run", "", "the run's folder (default: this one, or the only run in it)")
	c.Flags().BoolVar(&asJSON, "json", false, "speak JSON")
	c.Flags().IntVar(&chars, "chars", 300, "characters of the text to show")
	return c
}

// runFolder finds the run that is meant: the folder given, this one, or the only run below it.
func runFolder(dir string) (string, error) {
	if dir != "" {
		return dir, nil
	}
	if _, err := os.Stat(filepath.Join(run.Folder, "plan.json")); err == nil {
		return ".", nil
	}
	found, err := filepath.Glob(filepath.Join("*", run.Folder, "plan.json"))
	switch {
	case err != nil:
		return "", err
	case len(found) == 1:
		return filepath.Dir(filepath.Dir(found[0])), nil
	case len(found) == 0:
		return "", exitError{exitUsage, fmt.Errorf("there is no run here or in a folder below; name it with --run: %w", fs.ErrNotExist)}
	}
	for i := range found {
		found[i] = filepath.Dir(filepath.Dir(found[i]))
	}
	return "", exitError{exitUsage, errors.New("several runs are here; name one with --run: " + strings.Join(found, ", "))}
}

// story tells what became of an id.
func (a *app) story(s *inspect.Story, indent string, chars int) {
	for i := range s.Fates {
		a.fate(s, &s.Fates[i], indent, chars)
	}
	if len(s.Fates) == 0 {
		fmt.Fprintf(a.out, "%s%s: the run has no document of this id\n", indent, oneLine(s.ID, 200))
	}
	if len(s.Instead) > 0 {
		fmt.Fprintf(a.out, "%s  stands in the place of %s:\n", indent, plural(len(s.Instead)+s.More, "removed document"))
		for _, e := range s.Instead {
			fmt.Fprintf(a.out, "%s    %s  (%s.%s%s)\n", indent, oneLine(e.ID, 100), e.Label, e.Rule, value(e.Value))
		}
		if s.More > 0 {
			fmt.Fprintf(a.out, "%s    … and %d more\n", indent, s.More)
		}
	}
	names := make([]string, 0, len(s.Related))
	for id := range s.Related {
		names = append(names, id)
	}
	slices.Sort(names)
	for _, id := range names {
		r := s.Related[id]
		r.Instead, r.More = nil, 0
		a.story(&r, indent+"  ", chars)
	}
}

// origins shows removed documents as the input holds them, with what each stage measured.
func (a *app) origins(ctx context.Context, dir string, s *inspect.Story, chars int) {
	for _, f := range s.Fates {
		if f.Removed == nil {
			continue
		}
		text, steps, err := inspect.Origin(ctx, dir, stages.Place{File: f.Removed.File, Row: f.Removed.Row})
		if err != nil {
			fmt.Fprintf(a.out, "  its text cannot be shown: %s\n", oneLine(err.Error(), 200))
			continue
		}
		fmt.Fprintf(a.out, "%s\n", block(text, "  │ ", chars))
		a.steps(steps, "")
	}
}

// fate tells of one document.
func (a *app) fate(s *inspect.Story, f *inspect.Fate, indent string, chars int) {
	say := func(format string, args ...any) { fmt.Fprintf(a.out, indent+format+"\n", args...) }
	id := oneLine(s.ID, 200)
	switch {
	case f.Removed != nil:
		e := f.Removed
		say("%s: removed by %s.%s", id, e.Label, e.Rule)
		switch {
		case e.Kept != "":
			say("  %s stands in its place%s", oneLine(e.Kept, 200), alike(e))
		case e.Value != nil && (e.Min != nil || e.Max != nil):
			say("  measured %s, keeps %s", measured(*e.Value), docs.Keeps(keep(e)))
		}
		if e.Why != "" && e.Kept == "" {
			say("  %s", oneLine(e.Why, 300))
		}
		say("  read from %s, record %d, source %s", oneLine(e.File, 200), e.Row, oneLine(e.Source, 60))
		say("  more: winnow stages %s", e.Stage)
	case f.Quarantined != nil:
		q := f.Quarantined
		say("%s: quarantined by %s: %s", id, q.Label, oneLine(q.Reason, 300))
		at := fmt.Sprintf("record %d", q.Row)
		if q.Offset != nil {
			at += fmt.Sprintf(", byte %s", comma(*q.Offset))
		}
		say("  read from %s, %s", oneLine(q.File, 200), at)
	case f.Kept != nil:
		k := f.Kept
		what := ""
		if k.Kind != "" {
			what = " as a row of kind " + oneLine(k.Kind, 20)
		}
		if k.Row >= 0 {
			say("%s: in the corpus%s, %s, row %d, source %s", id, what, k.File, k.Row, oneLine(k.Source, 60))
		} else {
			say("%s: in the corpus%s, output %s, source %s", id, what, oneLine(k.File, 100), oneLine(k.Source, 60))
		}
		if len(k.Parents) > 0 {
			say("  made from %s", oneLine(strings.Join(k.Parents, ", "), 300))
		}
		a.fields(k.Fields, indent)
	}
	a.answers(f, indent, chars)
	if f.Text != "" && indent == "" {
		fmt.Fprintf(a.out, "%s\n", block(f.Text, "  │ ", chars))
	}
}

// alike says how alike two documents are.
func alike(e *run.Exclusion) string {
	if e.Value == nil {
		return ""
	}
	what := "similarity"
	if e.Why != "" {
		what = oneLine(e.Why, 60)
	}
	return fmt.Sprintf(": %s %s", what, measured(*e.Value))
}

// keep is the range that an exclusion names.
func keep(e *run.Exclusion) stages.Range {
	r := stages.Any
	if e.Min != nil {
		r.Min = *e.Min
	}
	if e.Max != nil {
		r.Max = *e.Max
	}
	return r
}

func value(x *float64) string {
	if x == nil {
		return ""
	}
	return " " + measured(*x)
}
