package synth

import (
	"context"

	"github.com/winnow-data/winnow/stages"
)

// PassRate keeps prompts of a band of difficulty: those of whose answers a share passes that lies within bounds.
//
//	pass_rate: {min: 0.1, max: 0.9}
//
// The share is of the answers that passed or failed; an answer whose checks are unknown counts as neither. One that repeats another counts with what its checkers
// found: it is a sample like any other. A prompt without such an answer has no rate and stays.
type PassRate struct {
	stages.Range // shares that stay, from 0 to 1; none given: all
}

var passRateDefaults = PassRate{Range: stages.Any}

// Rules implements [stages.Ruler].
func (p *PassRate) Rules() []stages.Rule {
	return []stages.Rule{{Name: "pass_rate", Keep: p.Range, Unit: "share", Doc: "share of the decided answers that passed every check"}}
}

// Validate implements [stages.Validator].
func (p *PassRate) Validate() error { return p.Range.Validate() }

// Measures implements [stages.Noter].
func (p *PassRate) Measures() int { return 1 }

// Apply implements [stages.Stage].
func (p *PassRate) Apply(_ context.Context, b *stages.Batch) error {
	for i, d := range b.Live() {
		if d.Kind != "" {
			continue
		}
		x := rate(d)
		b.Measured(i, "pass_rate", x)
		if !p.Has(x) {
			b.Drop(i, stages.Verdict{Rule: "pass_rate", Value: x})
		}
	}
	return nil
}

// rate is the share of a prompt's decided answers that passed; NA without one.
func rate(d *stages.Document) float64 {
	passed, failed := 0, 0
	for k := range d.Answers {
		switch verdict(&d.Answers[k]) {
		case stages.Passed:
			passed++
		case stages.Failed:
			failed++
		}
	}
	if passed+failed == 0 {
		return stages.NA
	}
	return float64(passed) / float64(passed+failed)
}
