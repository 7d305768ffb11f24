package synth

import (
	"cmp"
	"errors"
	"slices"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/dialogue"
	"github.com/winnow-data/winnow/stages/settings"
)

// SFT says which answers become rows to learn from.
type SFT struct {
	on bool
	sft
}

type sft struct {
	Where     Where
	Best      string `allowed:"shortest,first,score,farthest"`
	Score     string
	PerPrompt int `allowed:"1.."`
}

var sftDefaults = SFT{sft: sft{Where: Where{selector{word: "passed"}}, Best: "shortest", PerPrompt: 1}}

// UnmarshalSetting implements [settings.Unmarshaler].
func (s *SFT) UnmarshalSetting(n *settings.Node) error { return part(n, &s.on, &s.sft) }

// DescribeSetting implements [settings.Describer].
func (s *SFT) DescribeSetting() settings.Description { return partDescription(&s.sft) }

// MarshalJSON writes the effective settings; null where no rows of the kind are made.
func (s SFT) MarshalJSON() ([]byte, error) { return partJSON(s.on, &s.sft) }

// String is the setting as a recipe spells it.
func (s *SFT) String() string { return partText(s.on, &s.sft) }

// part reads one of the parts of pick, which its being there switches on, unless it is null.
func part(n *settings.Node, on *bool, into any) error {
	if n.Kind == settings.Null {
		*on = false
		return nil
	}
	if n.Kind != settings.Map {
		return errors.New(n.Is() + ", want a map of settings, such as {per_prompt: 2}; {} takes the defaults")
	}
	if err := settings.AsError(settings.Decode(n, into)); err != nil {
		return err
	}
	*on = true
	return nil
}

func partDescription(of any) settings.Description {
	return settings.Description{Type: "a map", Schema: settings.ObjectSchema(settings.Fields(of))}
}

func partText(on bool, of any) string {
	if !on {
		return "null"
	}
	return string(settings.Canonical(of))
}

func partJSON(on bool, of any) ([]byte, error) {
	return []byte(partText(on, of)), nil
}

// pick returns the places of the answers that become rows, in the order in which they are preferred.
func (s *SFT) pick(answers []stages.Answer) []int {
	if !s.on {
		return nil
	}
	var list []int
	for k := range answers {
		if s.Where.takes(&answers[k]) && !blank(&answers[k]) && !slices.ContainsFunc(list, func(j int) bool { return dialogue.Same(answers[j].Text, answers[k].Text) }) {
			list = append(list, k)
		}
	}
	switch s.Best {
	case "shortest":
		slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(length(&answers[a]), length(&answers[b])) })
	case "score":
		name := scoreName(s.Score, answers)
		slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(scoreOf(&answers[b], name), scoreOf(&answers[a], name)) })
	case "farthest":
		list = farthest(answers, list, s.PerPrompt)
	}
	return list[:min(len(list), s.PerPrompt)]
}

func blank(a *stages.Answer) bool { return dialogue.Same(a.Text, "") }

// farthest orders answers so that the first differs most from all others, and each further one as much as possible from those before it.
func farthest(answers []stages.Answer, list []int, n int) []int {
	words := wordsOf(answers)
	near := make(map[int]int, len(list)) // distance to the closest of those taken
	for _, k := range list {
		for _, j := range list {
			near[k] += distance(words[k], words[j])
		}
	}
	rest := slices.Clone(list)
	var out []int
	for len(rest) > 0 && len(out) < n {
		best := 0
		for i := range rest {
			if near[rest[i]] > near[rest[best]] {
				best = i
			}
		}
		taken := rest[best]
		first := len(out) == 0
		out, rest = append(out, taken), slices.Delete(rest, best, best+1)
		for _, k := range rest {
			if d := distance(words[k], words[taken]); first || d < near[k] {
				near[k] = d
			}
		}
	}
	return out
}

// scoreName is the label of the check whose scores count: the one that is named, or the first that gives some.
func scoreName(name string, answers []stages.Answer) string {
	if name != "" {
		return name
	}
	for k := range answers {
		for _, c := range answers[k].Checks {
			if c.Score != 0 {
				return c.Name
			}
		}
	}
	return ""
}

// scoreOf is the score that a check gave an answer; NA without one.
func scoreOf(a *stages.Answer, name string) float64 {
	c, ok := found(a, name)
	if !ok || c.Result == stages.Unknown || c.Score != c.Score {
		return stages.NA
	}
	return c.Score
}
