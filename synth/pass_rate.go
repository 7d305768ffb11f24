package synth

import (
	"context"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// PassRate keeps prompts of a band of difficulty: those of whose answers a share passes that lies within bounds.
//
//	pass_rate: {min: 0.1, max: 0.9}
//
// The share is of the answers that passed or failed; an answer whose checks are unknown counts as neither. One that repeats another counts with what its checkers
// found: it is a sample like any other. A prompt without such an answer has no rate and stays. The report tells the share of all answers together, with its
// 95 % confidence interval, which takes answers for independent: of several to one prompt it is too narrow.
//
// With of: check_math only the checks of that stage count: as benchmarks do, an answer that was cut off is judged as it stands.
type PassRate struct {
	Of           string // label of the stage whose checks count; empty: all checks
	stages.Range        // shares that stay, from 0 to 1; none given: all
}

var passRateDefaults = PassRate{Range: stages.Any}

// Rules implements [stages.Ruler].
func (p *PassRate) Rules() []stages.Rule {
	return []stages.Rule{{Name: "pass_rate", Keep: p.Range, Unit: "share", Doc: "share of the decided answers that passed every check"}}
}

// Validate implements [stages.Validator].
func (p *PassRate) Validate() error { return p.Range.Validate() }

// Refers implements [stages.Referrer].
func (p *PassRate) Refers() []string {
	if p.Of == "" {
		return nil
	}
	return []string{p.Of}
}

// Measures implements [stages.Noter].
func (p *PassRate) Measures() int { return 1 }

// Apply implements [stages.Stage].
func (p *PassRate) Apply(_ context.Context, b *stages.Batch) error {
	for i, d := range b.Live() {
		if d.Kind != "" {
			continue
		}
		n := p.decide(d)
		for r, name := range map[stages.Result]string{stages.Passed: "passed", stages.Failed: "failed", stages.Unknown: "unknown"} {
			b.Count(name, n[r])
		}
		x := rate(n)
		b.Measured(i, "pass_rate", x)
		if !p.Has(x) {
			b.Drop(i, stages.Verdict{Rule: "pass_rate", Value: x})
		}
	}
	return nil
}

// decide counts a prompt's answers by what the checks that count come to.
func (p *PassRate) decide(d *stages.Document) map[stages.Result]int64 {
	n := map[stages.Result]int64{}
	for k := range d.Answers {
		if p.Of == "" {
			n[verdict(&d.Answers[k])]++
		} else {
			n[standing(&stages.Answer{Checks: checksOf(&d.Answers[k], p.Of)})]++
		}
	}
	return n
}

// checksOf are the checks of an answer that the stage of a label made: they bear the label, alone or before a slash.
func checksOf(a *stages.Answer, label string) []stages.Check {
	var own []stages.Check
	for _, c := range a.Checks {
		if name, _, _ := strings.Cut(c.Name, "/"); name == label {
			own = append(own, c)
		}
	}
	return own
}

// rate is the share of decided answers that passed; NA without one.
func rate(n map[stages.Result]int64) float64 {
	decided := n[stages.Passed] + n[stages.Failed]
	if decided == 0 {
		return stages.NA
	}
	return float64(n[stages.Passed]) / float64(decided)
}
