package synth

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/dialogue"
	"github.com/winnow-data/winnow/stages/settings"
)

// DPO says which answers become the two sides of a pair.
type DPO struct {
	on bool
	dpo
}

type dpo struct {
	Chosen    Chosen
	Rejected  Rejected
	Score     string
	Margin    float64 `allowed:"0.."`
	PerPrompt int     `allowed:"1.."`
}

var dpoDefaults = DPO{dpo: dpo{Chosen: Chosen{selector{word: "passed"}}, PerPrompt: 4}}

// UnmarshalSetting implements [settings.Unmarshaler].
func (p *DPO) UnmarshalSetting(n *settings.Node) error { return part(n, &p.on, &p.dpo) }

// DescribeSetting implements [settings.Describer].
func (p *DPO) DescribeSetting() settings.Description { return partDescription(&p.dpo) }

// MarshalJSON writes the effective settings; null where no pairs are made.
func (p DPO) MarshalJSON() ([]byte, error) { return partJSON(p.on, &p.dpo) }

// String is the setting as a recipe spells it.
func (p *DPO) String() string { return partText(p.on, &p.dpo) }

// KTO says which answers are labelled good and which bad.
type KTO struct {
	on bool
	kto
}

type kto struct {
	Good      Chosen
	Bad       Rejected
	PerPrompt int `allowed:"1.."`
}

var ktoDefaults = KTO{kto: kto{Good: Chosen{selector{word: "passed"}}, PerPrompt: 8}}

// UnmarshalSetting implements [settings.Unmarshaler].
func (t *KTO) UnmarshalSetting(n *settings.Node) error { return part(n, &t.on, &t.kto) }

// DescribeSetting implements [settings.Describer].
func (t *KTO) DescribeSetting() settings.Description { return partDescription(&t.kto) }

// MarshalJSON writes the effective settings; null where no such rows are made.
func (t KTO) MarshalJSON() ([]byte, error) { return partJSON(t.on, &t.kto) }

// String is the setting as a recipe spells it.
func (t *KTO) String() string { return partText(t.on, &t.kto) }

type labelled struct {
	answer int
	good   bool
}

// labelled returns the answers that get a label, in their order.
func (t *KTO) labelled(answers []stages.Answer) []labelled {
	if !t.on {
		return nil
	}
	bad := t.Bad.rejectedBy(answers)
	var list []labelled
	for k := range answers {
		a := &answers[k]
		if blank(a) || slices.ContainsFunc(list, func(l labelled) bool { return dialogue.Same(answers[l.answer].Text, a.Text) }) {
			continue
		}
		if good := t.Good.takes(a); good || bad.takes(a) {
			list = append(list, labelled{k, good})
		}
	}
	return list[:min(len(list), t.PerPrompt)]
}

// A pair is two answers by their places.
type pair struct{ chosen, rejected int }

// pairs returns the pairs of a prompt, in the order in which they are preferred.
func (p *DPO) pairs(answers []stages.Answer) []pair {
	if !p.on {
		return nil
	}
	score := ""
	if p.Chosen.word == "best" || p.Margin > 0 {
		score = scoreName(p.Score, answers)
	}
	chosen, rejected := p.sides(answers, score)
	var all []pair
	for _, c := range chosen {
		for _, r := range rejected {
			if c != r && !dialogue.Same(answers[c].Text, answers[r].Text) && p.apart(&answers[c], &answers[r], score) {
				all = append(all, pair{c, r})
			}
		}
	}
	return spread(all, answers, p.PerPrompt)
}

// sides returns the answers that may be chosen and those that may be rejected. No answer is both, unless scores decide.
func (p *DPO) sides(answers []stages.Answer, score string) (chosen, rejected []int) {
	bad := p.Rejected.rejectedBy(answers)
	for k := range answers {
		a := &answers[k]
		if blank(a) {
			continue
		}
		takes := p.Chosen.takes(a)
		if takes {
			chosen = append(chosen, k)
		}
		if (!takes || p.Rejected.word == "worst") && bad.takes(a) {
			rejected = append(rejected, k)
		}
	}
	if p.Chosen.word == "best" {
		chosen, rejected = extreme(answers, chosen, score, 1), extreme(answers, rejected, score, -1)
	}
	return chosen, rejected
}

// extreme returns the answer of the highest score, or with sign -1 of the lowest; the first of equals.
func extreme(answers []stages.Answer, list []int, score string, sign float64) []int {
	best := -1
	for _, k := range list {
		if x := scoreOf(&answers[k], score); !stages.IsNA(x) && (best < 0 || sign*x > sign*scoreOf(&answers[best], score)) {
			best = k
		}
	}
	if best < 0 {
		return nil
	}
	return []int{best}
}

// apart says whether the scores of a pair are as far apart as they must be.
func (p *DPO) apart(c, r *stages.Answer, score string) bool {
	if p.Chosen.word != "best" && p.Margin == 0 {
		return true
	}
	by := scoreOf(c, score) - scoreOf(r, score)
	return by > 0 && by >= p.Margin
}

// spread orders pairs: one whose answers have been used least goes first, then that of the most similar length. It returns the first n.
func spread(all []pair, answers []stages.Answer, n int) []pair {
	gap := func(p pair) int {
		d := length(&answers[p.chosen]) - length(&answers[p.rejected])
		return max(d, -d)
	}
	slices.SortStableFunc(all, func(a, b pair) int { return cmp.Compare(gap(a), gap(b)) })
	used := make([]int, len(answers))
	out := make([]pair, 0, min(n, len(all)))
	for len(out) < n && len(all) > 0 {
		best := 0
		for i := range all {
			if used[all[i].chosen]+used[all[i].rejected] < used[all[best].chosen]+used[all[best].rejected] {
				best = i
			}
		}
		p := all[best]
		used[p.chosen]++
		used[p.rejected]++
		out, all = append(out, p), slices.Delete(all, best, best+1)
	}
	return out
}

// nearShare is the share of words in which the sides of a pair may differ to be called near-identical.
const nearShare = 0.1

// countPairs tells the report of a prompt's pairs: how many, which side is longer, and how alike they are.
func countPairs(b *stages.Batch, answers []stages.Answer, pairs []pair) {
	if len(pairs) == 0 {
		return
	}
	b.Count("dpo", int64(len(pairs)))
	b.Count("prompts_with_"+strconv.Itoa(len(pairs))+"_pairs", 1)
	for _, p := range pairs {
		c, r := &answers[p.chosen], &answers[p.rejected]
		n, m := length(c), length(r)
		b.Count("chosen_characters", int64(n))
		b.Count("rejected_characters", int64(m))
		switch {
		case n > m:
			b.Count("chosen_longer", 1)
		case n < m:
			b.Count("rejected_longer", 1)
		}
		words := wordsOf([]stages.Answer{*c, *r})
		if longest := max(len(words[0]), len(words[1])); float64(distance(words[0], words[1])) <= nearShare*float64(longest) {
			b.Count("near_identical", 1)
		}
	}
}
