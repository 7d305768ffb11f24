package report

import "fmt"

// A Rate is how many answers passed what one stage judges.
type Rate struct {
	Stage   string  `json:"stage"`
	Passed  int64   `json:"passed"`
	Failed  int64   `json:"failed"`
	Unknown int64   `json:"unknown"` // judged as neither: they count on no side
	Rate    float64 `json:"rate"`    // passed of those that passed or failed
	Low     float64 `json:"low"`     // of its 95 % confidence interval (Wilson 1927), for answers that are independent
	High    float64 `json:"high"`
}

// Rates lists the stages that judge answers, in the order of the recipe. A stage that decided nothing has no rate and is left out.
func (d *Data) Rates() []Rate {
	var out []Rate
	for i := range d.Answers {
		c := &d.Answers[i]
		n := c.Counts
		decided := n["passed"] + n["failed"]
		if !c.checked() || decided == 0 {
			continue
		}
		lo, hi := wilson(n["passed"], decided)
		out = append(out, Rate{c.Stage, n["passed"], n["failed"], n["unknown"], part(n["passed"], decided), lo, hi})
	}
	return out
}

// String is the rate in words.
func (r Rate) String() string {
	s := fmt.Sprintf("%s of %s, %s (95 %% between %s and %s)", count(r.Passed), count(r.Passed+r.Failed), percent(r.Rate), percent(r.Low), percent(r.High))
	if r.Unknown > 0 {
		s += fmt.Sprintf("; %s unknown", count(r.Unknown))
	}
	return s
}
