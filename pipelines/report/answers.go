package report

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/pipelines/report/chart"
)

// Counted are the numbers of one stage that acts on answers: the fact `counts`. A check counts passed, failed and unknown answers; answer counts what was asked and
// answered; pick counts rows, and of pairs which side is longer and how many are near-identical.
type Counted struct {
	Stage  string           `json:"stage"`
	Counts map[string]int64 `json:"counts"`
}

// countsFact names the fact.
const countsFact = "counts"

// readCounts adds up what the tasks of stages have counted, in the order of the stages.
func (d *Data) readCounts(facts []Fact) {
	sums := map[string]map[string]int64{}
	for _, f := range facts {
		if f.Name != countsFact {
			continue
		}
		var n map[string]int64
		if !as(f.Value, &n) {
			d.Facts = append(d.Facts, f)
			continue
		}
		if sums[f.Stage] == nil {
			sums[f.Stage] = map[string]int64{}
		}
		for name, k := range n {
			sums[f.Stage][name] += k
		}
	}
	place := func(label string) int {
		return slices.IndexFunc(d.Stages, func(s Stage) bool { return s.Label == label })
	}
	labels := slices.Sorted(maps.Keys(sums))
	slices.SortStableFunc(labels, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	for _, l := range labels {
		d.Answers = append(d.Answers, Counted{l, sums[l]})
	}
}

// wilson is the 95 % confidence interval of a share (Wilson 1927).
func wilson(n, of int64) (lo, hi float64) {
	if of == 0 {
		return 0, 1
	}
	const z = 1.959964
	p, m := float64(n)/float64(of), float64(of)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	lo, hi = max(0, mid-half), min(1, mid+half)
	if n == 0 {
		lo = 0 // but for rounding
	}
	if n == of {
		hi = 1
	}
	return lo, hi
}

// checked says whether the numbers are those of a check.
func (c *Counted) checked() bool {
	_, passed := c.Counts["passed"]
	_, failed := c.Counts["failed"]
	return passed || failed
}

// pairs returns how many pairs there are, and how many the prompts with some have on average.
func (c *Counted) pairs() (n int64, perPrompt float64) {
	prompts := int64(0)
	for name, k := range c.Counts {
		if strings.HasPrefix(name, "prompts_with_") {
			prompts += k
		}
	}
	n = c.Counts["dpo"]
	return n, part(n, prompts)
}

// Limits of the alerts about pairs.
const (
	longerWins = 0.65 // share of pairs in which the chosen side is longer
	pairsLeast = 50   // pairs, for that to mean something
	nearAmber  = 0.1  // share of pairs whose sides are near-identical
)

func (d *Data) alertAnswers(add adder) {
	for _, c := range d.Answers {
		n, _ := c.pairs()
		if n >= pairsLeast {
			if p := part(c.Counts["chosen_longer"], n); p > longerWins {
				add(Amber, "answers", "%s: in %s of the pairs the chosen answer is the longer one: a model may learn length.", c.Stage, percent(p))
			}
			if p := part(c.Counts["rejected_longer"], n); p > longerWins {
				add(Note, "answers", "%s: in %s of the pairs the rejected answer is the longer one: a model may learn to be short.", c.Stage, percent(p))
			}
			if p := part(c.Counts["near_identical"], n); p > nearAmber {
				add(Amber, "answers", "%s: the sides of %s of the pairs are near-identical.", c.Stage, percent(p))
			}
		}
		if all := c.Counts["passed"] + c.Counts["failed"] + c.Counts["unknown"]; c.checked() && all > 0 && 2*c.Counts["unknown"] > all {
			add(Amber, "answers", "%s: %s of the answers could not be judged.", c.Stage, percent(part(c.Counts["unknown"], all)))
		}
	}
}

// An answerRow is what one stage found or did, in words and as a bar.
type answerRow struct {
	Name string
	Bar  template.HTML
	Text string
}

// AnswerRows tells of the stages that act on answers.
func (p *page) AnswerRows() []answerRow {
	var out []answerRow
	for _, c := range p.Answers[:min(len(p.Answers), 2*p.detail.rows)] {
		row := answerRow{Name: label(c.Stage)}
		n := c.Counts
		switch {
		case c.checked():
			decided := n["passed"] + n["failed"]
			lo, hi := wilson(n["passed"], decided)
			row.Text = fmt.Sprintf("%s passed, %s failed, %s unknown; pass rate %s (95 %% between %s and %s)",
				count(n["passed"]), count(n["failed"]), count(n["unknown"]), percent(part(n["passed"], decided)), percent(lo), percent(hi))
			row.Bar = chart.Bar([]chart.Segment{
				{Class: "after", Value: float64(n["passed"]), Title: "passed"}, {Class: "before", Value: float64(n["failed"]), Title: "failed"}, {Class: "none", Value: float64(n["unknown"])},
			}, float64(decided+n["unknown"]))
		case n["asked"] > 0:
			row.Text = fmt.Sprintf("%s, %s asked, %s answered, %s failed, %s cut off or unfit", plural(n["prompts"], "prompt"), count(n["asked"]), count(n["answered"]), count(n["failed"]), count(n["unfit"]))
			row.Bar = chart.Bar([]chart.Segment{{Class: "after", Value: float64(n["answered"] - n["unfit"]), Title: "answered"}, {Class: "before", Value: float64(n["unfit"]), Title: "cut off or unfit"}}, float64(n["asked"]))
		case n["prompts"] > 0:
			var made []string
			for _, k := range []struct{ kind, unit string }{{"sft", "row"}, {"dpo", "pair"}, {"kto", "row"}} {
				if n[k.kind] > 0 {
					made = append(made, plural(n[k.kind], k.kind+" "+k.unit))
				}
			}
			row.Text = fmt.Sprintf("%s: %s", plural(n["prompts"], "prompt"), cmp.Or(strings.Join(made, ", "), "no rows"))
		default:
			var words []string
			for _, name := range slices.Sorted(maps.Keys(n)) {
				words = append(words, count(n[name])+" "+strings.ReplaceAll(plain(name), "_", " "))
			}
			row.Text = strings.Join(words, ", ")
		}
		out = append(out, row)
	}
	return out
}
