package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/pipelines/whatif"
)

func newWhatif(a *app) *cobra.Command {
	var set []string
	var asJSON bool
	var examples int
	c := &cobra.Command{
		Use:   "whatif RUN",
		Short: "what a run would keep with other bounds, from what it has measured",
		Example: `  winnow whatif corpus --set gopher_quality.words.min=30
  winnow whatif corpus --set fineweb.line_punct.min=0.2 --set gopher_quality.words.by.zh.min=80
  winnow whatif corpus --set dedup_minhash.drop=false --json`,
		Long: "Reads _winnow/signals instead of the corpus. A tighter bound is answered exactly. What a looser one lets through was not seen by the rules behind, but for the documents that were " +
			"measured on (run --signals all: every one): the rest is estimated, with an interval of 95 %. Stages that see the whole corpus or ask a model are not asked again; the answer says where that matters.",
		Args: exactArgs(1, "the folder of a run"),
		RunE: func(c *cobra.Command, args []string) error {
			if len(set) == 0 {
				return usage("whatif needs --set LABEL.RULE.min=VALUE, the bound to change (may be given again)")
			}
			answer, problems, err := whatif.Ask(c.Context(), args[0], set, whatif.Options{Examples: examples})
			var refused *whatif.NotABoundError
			switch {
			case errors.As(err, &refused):
				return exitError{exitUsage, err}
			case err != nil:
				return err
			case answer == nil:
				if err := a.problems(problems, asJSON); err != nil {
					return err
				}
				return exitError{code: exitUsage}
			case asJSON:
				e := json.NewEncoder(a.out)
				e.SetEscapeHTML(false)
				return e.Encode(answer)
			}
			return a.whatif(answer)
		},
	}
	c.Flags().StringArrayVar(&set, "set", nil, "change one setting: LABEL.RULE.min=VALUE (may be given again)")
	c.Flags().BoolVar(&asJSON, "json", false, "speak JSON")
	c.Flags().IntVar(&examples, "examples", 10, "documents to show on either side of each new bound; 0 reads no text")
	return c
}

// whatif prints an answer.
func (a *app) whatif(w *whatif.Answer) error {
	for _, c := range w.Changes {
		fmt.Fprintf(a.out, "%s  %s → %s\n", safe(c.Setting), oneLine(c.Was, 60), oneLine(c.Is, 60))
	}
	what := "kept"
	if w.Until != "" {
		what = "come to " + safe(w.Until)
	}
	wide := max(len(what), len("bytes"))
	fmt.Fprintf(a.out, "\n%-*s  %s\n", wide, what, figure(w.Kept, comma))
	fmt.Fprintf(a.out, "%-*s  %s\n", wide, "bytes", figure(w.Bytes, fineSize))
	if w.Until != "" {
		fmt.Fprintf(a.out, "%s chooses from what comes to it, and would choose others: documents are counted before it\n", safe(w.Until))
	}
	for _, s := range w.Why {
		fmt.Fprintf(a.out, "  %s\n", oneLine(s, 300))
	}
	if err := a.moved(w); err != nil {
		return err
	}
	for _, g := range []struct {
		name string
		list []whatif.Group
	}{{"source", w.Sources}, {"language", w.Languages}} {
		if err := a.whatifGroups(g.name, g.list); err != nil {
			return err
		}
	}
	for i := range w.Sides {
		if err := a.side(&w.Sides[i]); err != nil {
			return err
		}
	}
	return nil
}

// fineSize writes bytes so that small changes show.
func fineSize(n int64) string {
	if n < 10<<10 {
		return fmt.Sprintf("%d B", n)
	}
	if n < 10<<20 {
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.2f MiB", float64(n)/(1<<20))
}

// figure writes a number before and after.
func figure(f whatif.Figure, write func(int64) string) string {
	s := fmt.Sprintf("%s → %s", write(f.Was), write(f.Now))
	if f.Exact {
		return s + "  exact"
	}
	return s + fmt.Sprintf("  estimate, %s – %s", write(f.Low), write(f.High))
}

// moved prints the rules that remove more or fewer documents.
func (a *app) moved(w *whatif.Answer) error {
	if len(w.Rules) == 0 {
		return nil
	}
	head := "\nremoved by (for certain)\n"
	if w.Kept.Exact {
		head = "\nremoved by\n"
	}
	fmt.Fprint(a.out, head)
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, r := range w.Rules {
		fmt.Fprintf(t, "%s\t→\t%s\t  %s\n", comma(r.Was), comma(r.Now), safe(r.Rule))
	}
	return t.Flush()
}

// groupsShown is how many sources and languages are printed, of those that change.
const groupsShown = 12

func (a *app) whatifGroups(name string, list []whatif.Group) error {
	all := len(list)
	list = slices.DeleteFunc(slices.Clone(list), func(g whatif.Group) bool { return g.Was == g.Now && g.BytesWas == g.BytesNow })
	if all < 2 || len(list) == 0 {
		return nil
	}
	slices.SortStableFunc(list, func(x, y whatif.Group) int { return cmp.Compare(moves(y), moves(x)) })
	fmt.Fprintln(a.out)
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "documents\t→\t\tbytes\t→\t\t  %s\n", name)
	for _, g := range list[:min(len(list), groupsShown)] {
		title := oneLine(g.Name, 60)
		if title == "" {
			title = "unknown"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t  %s\n", comma(g.Was), comma(g.Now), change(&g.Was, &g.Now), fineSize(g.BytesWas), fineSize(g.BytesNow), percentChange(g.BytesWas, g.BytesNow), title)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	switch more, same := max(len(list)-groupsShown, 0), all-len(list); {
	case more > 0:
		fmt.Fprintf(a.out, "  … and %d more in --json, %d unchanged\n", more, same)
	case same > 0:
		fmt.Fprintf(a.out, "  %d unchanged\n", same)
	}
	return nil
}

// moves is by how many documents a group changes.
func moves(g whatif.Group) int64 { return max(g.Now-g.Was, g.Was-g.Now) }

func percentChange(was, now int64) string {
	if was == now {
		return ""
	}
	if was == 0 {
		return "new"
	}
	return fmt.Sprintf("%+.1f %%", 100*float64(now-was)/float64(was))
}

// side prints the documents beside one bound.
func (a *app) side(s *whatif.Side) error {
	if len(s.Inside)+len(s.Outside) == 0 {
		return nil
	}
	of := ""
	if s.Language != "" {
		of = " in " + safe(s.Language)
	}
	for _, part := range []struct {
		name string
		list []whatif.Example
	}{{"inside", s.Inside}, {"outside", s.Outside}} {
		fmt.Fprintf(a.out, "\n%s %s %s %s%s, the nearest first\n", part.name, safe(s.Rule), s.Bound, measured(s.Is), of)
		t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		for _, e := range part.list {
			fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", measured(e.Value), oneLine(e.ID, 40), safe(e.Was), oneLine(e.Text, 80))
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	return nil
}
