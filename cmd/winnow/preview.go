package main

import (
	"fmt"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/pipelines/docs"
	"github.com/winnow-data/winnow/pipelines/inspect"
	"github.com/winnow-data/winnow/stages"
)

func newPreview(a *app) *cobra.Command {
	var f runFlags
	var n, skip, chars int
	c := &cobra.Command{
		Use:   "preview RECIPE|NAME",
		Short: "single documents before and after, beside the bounds; writes nothing",
		Example: `  winnow preview my.yaml -n 5
  winnow preview my.yaml --skip 100 --set gopher_quality.words.min=20`,
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
			chain, err := inspect.NewChain(job.Recipe, job.Models(0, nil).Provide)
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
				a.previewOne(chain, d, chars)
				if k == skip+n {
					break
				}
			}
			if k <= skip {
				return fmt.Errorf("preview: the input has only %s", plural(k, "document"))
			}
			if len(chain.Skipped) > 0 {
				fmt.Fprintf(a.out, "not shown: %s, which must see more than one document, or ask a model\n", strings.Join(chain.Skipped, ", "))
			}
			return nil
		},
	}
	recipeFlags(c, &f)
	c.Flags().IntVarP(&n, "n", "n", 5, "documents to show, taken from the files in turn")
	c.Flags().IntVar(&skip, "skip", 0, "documents to pass over first")
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
func (a *app) previewOne(chain *inspect.Chain, d *stages.Document, chars int) {
	fmt.Fprintf(a.out, "── %s  (%s, record %d", oneLine(d.ID, 100), oneLine(d.At.File, 60), d.At.Row)
	if d.Source != "" {
		fmt.Fprintf(a.out, ", source %s", oneLine(d.Source, 40))
	}
	before := d.Body()
	fmt.Fprintf(a.out, ")\n%s\n", block(before, "   │ ", chars))
	steps := chain.Document(d)
	a.steps(steps)
	if last := steps[len(steps)-1]; !last.Gone() {
		fmt.Fprintln(a.out, "   stays")
		if after := d.Body(); after != before {
			fmt.Fprintf(a.out, "%s\n", block(after, "   ┃ ", chars))
		}
	}
	fmt.Fprintln(a.out)
}

// steps shows what each stage measured and did.
func (a *app) steps(steps []inspect.Step) {
	for _, s := range steps {
		fmt.Fprintf(a.out, "   %s", s.Label)
		if s.Passed {
			fmt.Fprint(a.out, ": not for this document (only)")
		}
		if s.Edited {
			fmt.Fprint(a.out, ": text changed")
		}
		for _, f := range s.Wrote {
			fmt.Fprintf(a.out, "  %s=%s", oneLine(f.Name, 40), oneLine(string(f.Raw), 40))
		}
		fmt.Fprintln(a.out)
		for _, v := range s.Values {
			mark := " "
			switch {
			case v.Without:
				mark = "-"
			case !v.Inside:
				mark = "✗"
			}
			fmt.Fprintf(a.out, "     %s %-20s %10s   keeps %s\n", mark, v.Rule.Name, measured(v.Value), docs.Keeps(bare(v.Keep)))
		}
		switch {
		case s.Err != nil:
			fmt.Fprintf(a.out, "   → quarantined by %s: %s\n", s.Label, oneLine(s.Err.Error(), 200))
		case s.Verdict.Rule != "":
			fmt.Fprintf(a.out, "   → removed by %s.%s%s\n", s.Label, s.Verdict.Rule, why(s.Verdict.Why))
		}
	}
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
