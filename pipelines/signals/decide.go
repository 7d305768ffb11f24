package signals

import "github.com/winnow-data/winnow/stages/shard"

// Nobody is the stage that Decide names where no rule removes a document.
const Nobody = -1

// Decide returns the first rule, in the order of the recipe, by which numbers fall: its stage and its place among the stage's rules. What is missing removes nothing. Stages
// before from are passed over.
func (l *Layout) Decide(m []float64, language string, from int) (stage, rule int) {
	for k := from; k < len(l.Stages); k++ {
		if s := &l.Stages[k]; s.Drops {
			if rule := s.Falls(m, language); rule >= 0 {
				return k, rule
			}
		}
	}
	return Nobody, Nobody
}

// Falls returns the first of a stage's rules by which numbers fall, or -1. A mapper's own verdict comes before what its text measures; where it measures by itself, its edit
// comes last.
func (s *Stage) Falls(m []float64, language string) int {
	fires := len(s.Rules)
	if s.Own {
		fires--
	}
	for i := s.Judged; i < fires; i++ {
		if s.Fired(i, m) {
			return i
		}
	}
	for i := range s.Judged {
		if !s.Off[i] && s.Outside(i, m, language) {
			return i
		}
	}
	if s.Own && s.Fired(fires, m) {
		return fires
	}
	return -1
}

// Fired says whether a rule that measures nothing has found the document.
func (s *Stage) Fired(rule int, m []float64) bool {
	return !s.Off[rule] && !shard.IsMissing(m[s.First+rule])
}

// Outside says whether the number of a rule that measures lies outside its bounds.
func (s *Stage) Outside(rule int, m []float64, language string) bool {
	x := m[s.First+rule]
	if shard.IsMissing(x) {
		return false
	}
	keep := &s.Rules[rule].Keep
	if keep.By == nil {
		return !keep.Has(x)
	}
	return !keep.For(language).Has(x)
}
