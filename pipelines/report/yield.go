package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A yieldRow is what one stage cost and gave: of one that answers, what was asked; of one that checks, what it found; of one that picks, rows.
type yieldRow struct {
	Stage                                          string
	Asked, Answered, Passed, Failed, Unknown, Rows string
	Tokens, Time                                   string
}

// Yield lists the stages that act on answers, in their order.
func (p *page) Yield() []yieldRow {
	var out []yieldRow
	for _, c := range p.Answers[:min(len(p.Answers), 2*p.detail.rows)] {
		n := c.Counts
		row := yieldRow{Stage: label(c.Stage)}
		show := func(to *string, is bool, k int64) {
			if is {
				*to = count(k)
			}
		}
		show(&row.Asked, n["asked"] > 0, n["asked"])
		show(&row.Answered, n["asked"] > 0, n["answered"])
		show(&row.Passed, c.checked(), n["passed"])
		show(&row.Failed, c.checked(), n["failed"])
		show(&row.Unknown, c.checked(), n["unknown"])
		show(&row.Rows, n["prompts"] > 0 && n["asked"] == 0, n["sft"]+n["dpo"]+n["kto"])
		if k := slices.IndexFunc(p.Models, func(a Asked) bool { return a.Stage == c.Stage }); k >= 0 {
			show(&row.Tokens, true, p.Models[k].In+p.Models[k].Out)
		}
		if k := slices.IndexFunc(p.Stages, func(s Stage) bool { return s.Label == c.Stage }); k >= 0 {
			row.Time = duration(p.Stages[k].Seconds)
		}
		out = append(out, row)
	}
	return out
}

// A pairFact is something to know of the pairs that a stage has made.
type pairFact struct{ Name, Value string }

// A pairsView is what is known of the pairs of one stage.
type pairsView struct {
	Stage string
	Facts []pairFact
}

// Pairs tells of length bias, pairs per prompt and pairs whose sides say nearly the same.
func (p *page) Pairs() []pairsView {
	var out []pairsView
	for _, c := range p.Answers[:min(len(p.Answers), 2*p.detail.rows)] {
		n := c.Counts
		pairs, per := c.pairs()
		if pairs == 0 {
			continue
		}
		long := func(of string) string { return about(part(n[of], pairs)) + " characters on average" }
		v := pairsView{Stage: label(c.Stage), Facts: []pairFact{
			{"pairs", count(pairs)},
			{"of one prompt", about(per) + " on average" + spread(n)},
			{"the chosen answer is longer", share(n["chosen_longer"], pairs)},
			{"the rejected answer is longer", share(n["rejected_longer"], pairs)},
			{"chosen", long("chosen_characters")},
			{"rejected", long("rejected_characters")},
			{"near-identical sides", count(n["near_identical"])},
		}}
		out = append(out, v)
	}
	return out
}

// spread says how many prompts have how many pairs: the counts prompts_with_N_pairs.
func spread(n map[string]int64) string {
	type bin struct{ pairs, prompts int64 }
	var bins []bin
	for name, k := range n {
		rest, ok := strings.CutPrefix(name, "prompts_with_")
		if !ok {
			continue
		}
		number, _, _ := strings.Cut(rest, "_")
		if pairs, err := strconv.ParseInt(number, 10, 64); err == nil {
			bins = append(bins, bin{pairs, k})
		}
	}
	slices.SortFunc(bins, func(a, b bin) int { return cmp.Compare(a.pairs, b.pairs) })
	var words []string
	for _, b := range bins[:min(len(bins), 8)] {
		words = append(words, fmt.Sprintf("%s with %d", plural(b.prompts, "prompt"), b.pairs))
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, ", ") + ")"
}
