package main

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/pipelines/docs"
	"github.com/winnow-data/winnow/pipelines/inspect"
	"github.com/winnow-data/winnow/pipelines/models"
	"github.com/winnow-data/winnow/stages"
)

func newPreview(a *app) *cobra.Command {
	var f runFlags
	var n, skip, chars int
	var ask bool
	c := &cobra.Command{
		Use:   "preview RECIPE|NAME",
		Short: "single documents before and after, beside the bounds; writes nothing",
		Example: `  winnow preview my.yaml -n 5
  winnow preview my.yaml --skip 100 --set gopher_quality.words.min=20
  winnow preview rejection-quickstart -n 1`,
		Long: "Each document passes the stages by itself, in their order: what each measured, edited, answered and found, and the rows that were made. Left out\n" +
			"are stages that must see more than one document. A model that is a record answers as in a run. One that would have to be asked is not: the\n" +
			"preview ends before its stage and says so. With --ask it is asked, and its replies are kept for the run, so that none is paid twice.",
		Args: exactArgs(1, "the recipe: a file such as my.yaml, or the name of a built-in one"),
		RunE: func(c *cobra.Command, args []string) error {
			if n < 1 || skip < 0 || chars < 1 {
				return usage("-n and --chars take a number from 1, --skip from 0")
			}
			job, err := a.load(args[0], f)
			if err != nil {
				return err
			}
			p, err := job.Plan(c.Context())
			if err != nil {
				return err
			}
			defer job.Close()
			var asked *models.Set
			if asked = job.Look(); ask {
				asked = job.Models(0, nil)
			}
			chain, err := inspect.NewChain(job.Recipe, inspect.Options{Provide: asked.Provide, Batches: true, Ask: ask})
			if err != nil {
				return err
			}
			var files []iter.Seq2[*stages.Document, error]
			for _, in := range inspect.Inputs(job, p) {
				files = append(files, in.Documents(c.Context(), nil))
			}
			k := 0
			for d, err := range inTurn(files) {
				if err != nil {
					return err
				}
				if k++; k <= skip {
					continue
				}
				if err := a.previewOne(c.Context(), chain, d, chars); err != nil {
					return err
				}
				if k == skip+n {
					break
				}
			}
			if k <= skip {
				return fmt.Errorf("preview: the input has only %s", plural(k, "document"))
			}
			if len(chain.Skipped) > 0 {
				fmt.Fprintf(a.out, "not shown: %s, which must see more than one document\n", strings.Join(chain.Skipped, ", "))
			}
			if s := chain.Stopped; s != nil {
				behind := ""
				if s.Behind > 0 {
					behind = fmt.Sprintf(" and the %s behind it", plural(s.Behind, "stage"))
				}
				fmt.Fprintf(a.out, "not shown: %s%s: it asks the model %s; add --ask to let it\n", oneLine(s.Label, 60), behind, oneLine(s.Model, 60))
			}
			return nil
		},
	}
	recipeFlags(c, &f)
	c.Flags().IntVarP(&n, "n", "n", 5, "documents to show, taken from the files in turn")
	c.Flags().IntVar(&skip, "skip", 0, "documents to pass over first")
	c.Flags().BoolVar(&ask, "ask", false, "ask the models; their replies are kept as in a run")
	c.Flags().IntVar(&chars, "chars", 400, "characters of each text to show")
	return c
}

// inTurn takes one document from each file in turn, until all have ended.
func inTurn(files []iter.Seq2[*stages.Document, error]) iter.Seq2[*stages.Document, error] {
	return func(yield func(*stages.Document, error) bool) {
		nexts := make([]func() (*stages.Document, error, bool), len(files))
		for i, f := range files {
			next, stop := iter.Pull2(f)
			defer stop()
			nexts[i] = next
		}
		for left := len(nexts); left > 0; {
			for i, next := range nexts {
				if next == nil {
					continue
				}
				d, err, ok := next()
				if !ok {
					nexts[i] = nil
					left--
					continue
				}
				if !yield(d, err) {
					return
				}
			}
		}
	}
}

// previewOne shows one document.
func (a *app) previewOne(ctx context.Context, chain *inspect.Chain, d *stages.Document, chars int) error {
	fmt.Fprintf(a.out, "── %s  (%s, record %d", oneLine(d.ID, 100), oneLine(d.At.File, 60), d.At.Row)
	if d.Source != "" {
		fmt.Fprintf(a.out, ", source %s", oneLine(d.Source, 40))
	}
	before := d.Body()
	fmt.Fprintf(a.out, ")\n%s\n", block(before, "   │ ", chars))
	steps, err := chain.Document(ctx, d)
	if err != nil {
		return err
	}
	a.steps(steps, "")
	a.answers(&inspect.Fate{Answers: d.Answers}, "", chars)
	if len(steps) == 0 || !steps[len(steps)-1].Gone() {
		fmt.Fprintln(a.out, "   stays")
		if after := d.Body(); after != before {
			fmt.Fprintf(a.out, "%s\n", block(after, "   ┃ ", chars))
		}
	}
	for _, s := range steps {
		for _, m := range s.Made {
			a.previewMade(&m, chars)
		}
	}
	fmt.Fprintln(a.out)
	return nil
}

// previewMade shows a document that a stage made.
func (a *app) previewMade(m *inspect.Made, chars int) {
	kind := ""
	if m.Document.Kind != "" {
		kind = ", a row of kind " + oneLine(m.Document.Kind, 20)
	}
	fmt.Fprintf(a.out, "   ▶ %s%s\n", oneLine(m.Document.ID, 100), kind)
	if len(m.Document.Answers) == 0 {
		fmt.Fprintf(a.out, "%s\n", block(m.Document.Body(), "      ┃ ", chars))
	}
	a.steps(m.Steps, "   ")
	f := inspect.Fate{Answers: m.Document.Answers, Kept: &inspect.Kept{Kind: m.Document.Kind}}
	a.answers(&f, "   ", chars)
}

// steps shows what each stage measured and did.
func (a *app) steps(steps []inspect.Step, indent string) {
	say := func(format string, args ...any) { fmt.Fprintf(a.out, indent+format, args...) }
	for _, s := range steps {
		say("   %s", s.Label)
		if s.Passed {
			fmt.Fprint(a.out, ": not for this document (only)")
		}
		if s.Edited {
			fmt.Fprint(a.out, ": text changed")
		}
		for _, f := range s.Wrote {
			fmt.Fprintf(a.out, "  %s=%s", oneLine(f.Name, 40), oneLine(string(f.Raw), 40))
		}
		fmt.Fprintf(a.out, "%s\n", counts(s.Counts))
		for _, v := range s.Values {
			mark := " "
			switch {
			case v.Without:
				mark = "-"
			case !v.Inside:
				mark = "✗"
			}
			say("     %s %-20s %10s   keeps %s\n", mark, v.Rule.Name, measured(v.Value), docs.Keeps(bare(v.Keep)))
		}
		switch {
		case s.Err != nil:
			say("   → quarantined by %s: %s\n", s.Label, oneLine(s.Err.Error(), 200))
		case s.Verdict.Rule != "":
			say("   → removed by %s.%s%s\n", s.Label, s.Verdict.Rule, why(s.Verdict.Why))
		}
	}
}

// counts shows what a stage has counted of one document's answers. What only means something as a sum, such as characters, is left to the report.
func counts(n map[string]int64) string {
	var list []string
	for _, name := range []string{"asked", "answered", "unfit", "passed", "failed", "unknown", "repeated", "sft", "dpo", "kto", "near_identical"} {
		if k := n[name]; k > 0 {
			list = append(list, fmt.Sprintf("%s %s", comma(k), strings.ReplaceAll(name, "_", "-")))
		}
	}
	if len(list) == 0 {
		return ""
	}
	return ": " + strings.Join(list, ", ")
}

// bare is a range without the bounds of other languages.
func bare(r stages.Range) stages.Range { return stages.Range{Min: r.Min, Max: r.Max} }

func why(s string) string {
	if s == "" {
		return ""
	}
	return ": " + oneLine(s, 200)
}

// measured spells a value: three digits behind the point at most, and a dash where a rule does not apply.
func measured(x float64) string {
	switch {
	case stages.IsNA(x):
		return "–"
	case x != x:
		return "no number"
	case x == float64(int64(x)):
		return comma(int64(x))
	}
	return fmt.Sprintf("%.3f", x)
}
