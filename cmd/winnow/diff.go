package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/pipelines/compare"
	"github.com/winnow-data/winnow/pipelines/report"
)

func newDiff(a *app) *cobra.Command {
	var asJSON bool
	var ids int
	c := &cobra.Command{
		Use:   "diff RUN-A RUN-B",
		Short: "two runs side by side: recipes, counts, pass rates, and what changed for the same documents",
		Example: `  winnow run eval-gsm8k --model small.gguf
  winnow run eval-gsm8k --model large.gguf --out large
  winnow diff eval-gsm8k large
  winnow diff corpus stricter            what each rule took or gave back, with examples`,
		Long: "A prompt that both runs answered is fixed if it failed in A and passed in B, and broken the other way round; of several answers to it one that passes is enough. " +
			"p is how likely so lopsided a change is by chance (McNemar, exact). " +
			"Documents are compared by their ids: what became of them in A → in B, and the difference between the runs that is the reason. Unexplained are those whose fates differ although nothing that could move them does.",
		Args: exactArgs(2, "the folders of two runs"),
		RunE: func(c *cobra.Command, args []string) error {
			d, err := compare.Runs(c.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(a.out)
				e.SetEscapeHTML(false)
				return e.Encode(d)
			}
			return a.diff(d, ids)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "speak JSON, with all ids")
	c.Flags().IntVar(&ids, "ids", 5, "how many ids to show of what was fixed and broken, and of each move at most 5")
	return c
}

// diff prints two runs side by side.
func (a *app) diff(d *compare.Diff, ids int) error {
	for _, x := range []struct {
		name string
		side *compare.Side
	}{{"A", &d.A}, {"B", &d.B}} {
		fmt.Fprintf(a.out, "%s  %s  (%s, winnow %s, %s)\n", x.name, safe(x.side.Folder), safe(x.side.Name), safe(x.side.Winnow), seconds(x.side.Seconds))
	}
	if len(d.Changes) == 0 {
		fmt.Fprintln(a.out, "\nrecipe, input and models are the same")
	} else {
		fmt.Fprintln(a.out)
	}
	for _, c := range d.Changes {
		fmt.Fprintf(a.out, "  %s: %s → %s\n", oneLine(c.Where, 80), orNone(c.A), orNone(c.B))
	}
	fmt.Fprintln(a.out)
	if err := a.diffCounts(d.Counts); err != nil {
		return err
	}
	if len(d.Rates) > 0 {
		fmt.Fprintln(a.out)
	}
	for _, r := range d.Rates {
		fmt.Fprintf(a.out, "passed  %s\n  A  %s\n  B  %s\n", safe(r.Stage), passRate(r.A), passRate(r.B))
	}
	for _, p := range d.Paired {
		all := p.Both + p.Neither + len(p.Fixed) + len(p.Broken)
		fmt.Fprintf(a.out, "\nof %s that both answered, by %s: %s fixed, %s broken, %s passed in both, %s in neither%s; p = %s\n", plural(all, "prompt"), safe(p.Check),
			comma(int64(len(p.Fixed))), comma(int64(len(p.Broken))), comma(int64(p.Both)), comma(int64(p.Neither)), undecided(p.Undecided), probability(p.P))
		a.someIDs("fixed", p.Fixed, ids)
		a.someIDs("broken", p.Broken, ids)
	}
	return a.moves(d.Moves, ids)
}

// moves prints the documents of which the runs made something else.
func (a *app) moves(m *compare.Moves, examples int) error {
	if m == nil {
		return nil
	}
	var n int64
	for _, v := range m.Moved {
		n += v.Documents
	}
	fmt.Fprintf(a.out, "\ndocuments  %s the same in both, %s not; %s unexplained\n", comma(m.Same), comma(n), comma(m.Unexplained))
	for _, v := range m.Moved {
		why := "no difference between the runs explains it"
		if v.Explained != "" {
			why = "because of " + oneLine(v.Explained, 80)
		}
		fmt.Fprintf(a.out, "%8s  %s → %s  (%s)\n", comma(v.Documents), oneLine(v.A, 80), oneLine(v.B, 80), why)
		for _, e := range v.Examples[:min(max(examples, 0), len(v.Examples))] {
			fmt.Fprintf(a.out, "            %s  %s\n", oneLine(e.ID, 60), oneLine(e.Text, 80))
		}
	}
	return nil
}

// diffCounts prints numbers in columns, those of a stage under its label.
func (a *app) diffCounts(list []compare.Count) error {
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "A\tB\tB − A\t  \n")
	stage := ""
	for _, c := range list {
		name := c.Name
		if c.Stage != "" {
			name = c.Stage + ": " + c.Name
		}
		if c.Stage != stage {
			stage = c.Stage
			fmt.Fprintf(w, "\t\t\t\n")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t  %s\n", number(c.A), number(c.B), change(c.A, c.B), oneLine(name, 100))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(table.String()) {
		fmt.Fprintln(a.out, strings.TrimRight(line, " \n"))
	}
	return nil
}

func (a *app) someIDs(what string, list []string, n int) {
	if len(list) == 0 || n <= 0 {
		return
	}
	shown := make([]string, 0, n)
	for _, id := range list[:min(n, len(list))] {
		shown = append(shown, oneLine(id, 60))
	}
	more := ""
	if len(list) > n {
		more = fmt.Sprintf(" … and %s more", comma(int64(len(list)-n)))
	}
	fmt.Fprintf(a.out, "  %s: %s%s\n", what, strings.Join(shown, ", "), more)
}

func undecided(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %s unknown in one or both", comma(int64(n)))
}

func number(n *int64) string {
	if n == nil {
		return "–"
	}
	return comma(*n)
}

// change is what B has more than A; "" for nothing.
func change(x, y *int64) string {
	if x == nil || y == nil || *x == *y {
		return ""
	}
	if *y > *x {
		return "+" + comma(*y-*x)
	}
	return "−" + comma(*x-*y)
}

func passRate(r *report.Rate) string {
	if r == nil {
		return "–"
	}
	return r.String()
}

func orNone(s string) string {
	if s == "" {
		return "–"
	}
	return oneLine(s, 120)
}

func probability(p float64) string {
	if p < 0.001 {
		return "below 0.001"
	}
	return fmt.Sprintf("%.3f", p)
}

func seconds(s float64) string { return fmt.Sprintf("%.1fs", s) }
