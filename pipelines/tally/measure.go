package tally

import "github.com/winnow-data/winnow/stages"

// Measured counts what a filter found: one value per rule, in the order of its rules. Which rule a document goes by is
// told with Dropped; here every rule is judged alone, so that the report can say how rules overlap.
func (t *Tally) Measured(stage int, m []float64, language string) {
	s, rules := &t.Stages[stage], t.layout[stage].Rules
	s.Measured++
	j := t.judged(stage, language)
	j.Measured++
	var outside uint64 // the first 64 rules
	for k, x := range m {
		r := &s.Rules[k]
		if stages.IsNA(x) {
			if j.NA == nil {
				j.NA = make([]int64, len(rules))
			}
			j.NA[k]++
			continue
		}
		if x != x {
			continue // the run quarantines the document
		}
		r.Values.Add(x)
		keep := &rules[k].Keep
		in := keep.Min <= x && x <= keep.Max
		if keep.By != nil {
			in = keep.For(language).Has(x)
		}
		if !in {
			r.Outside++
			outside |= 1 << k
		}
	}
	if outside != 0 {
		s.overlap(outside)
	}
}

// overlap counts, for the rules of one document that lie outside their bounds, who else does.
func (s *StageCount) overlap(outside uint64) {
	alone := outside&(outside-1) == 0
	for k := range min(len(s.Rules), 64) {
		if outside>>k&1 == 0 {
			continue
		}
		r := &s.Rules[k]
		if alone {
			r.Alone++
			return
		}
		if r.Together == nil {
			r.Together = make([]int64, len(s.Rules))
		}
		for o := range min(len(s.Rules), 64) {
			if outside>>o&1 == 1 && o != k {
				r.Together[o]++
			}
		}
	}
}

// judged returns the row of a language in a stage.
func (t *Tally) judged(stage int, language string) *Judged {
	s := &t.Stages[stage]
	k, name := t.measured[stage].at(language)
	if k == len(s.Languages) {
		s.Languages = append(s.Languages, Judged{Language: name})
	}
	return &s.Languages[k]
}
