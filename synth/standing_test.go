package synth

import (
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// The checks of one stage are found as one under its label.
func TestFoundByLabel(t *testing.T) {
	check := func(name string, r stages.Result) stages.Check {
		c := stages.Check{Name: name, Result: r}
		if r == stages.Passed {
			c.Score = 1
		}
		return c
	}
	for _, x := range []struct {
		name   string
		checks []stages.Check
		want   stages.Result
		score  float64
		ok     bool
	}{
		{"none", nil, stages.Unknown, 0, false},
		{"of another stage", []stages.Check{check("stages/a", stages.Passed), check("stage2", stages.Failed)}, stages.Unknown, 0, false},
		{"its own", []stages.Check{check("stage", stages.Failed)}, stages.Failed, 0, true},
		{"all passed", []stages.Check{check("stage/a", stages.Passed), check("stage/b", stages.Passed)}, stages.Passed, 1, true},
		{"one failed", []stages.Check{check("stage/a", stages.Passed), check("stage/b", stages.Failed)}, stages.Failed, 0.5, true},
		{"one unknown", []stages.Check{check("stage/a", stages.Failed), check("stage/b", stages.Unknown)}, stages.Unknown, 0, true},
	} {
		c, ok := found(&stages.Answer{Checks: x.checks}, "stage")
		if ok != x.ok || c.Result != x.want || c.Score != x.score {
			t.Errorf("%s: %+v, %v, want %v, score %v, %v", x.name, c, ok, x.want, x.score, x.ok)
		}
	}
	one := []stages.Answer{{Checks: []stages.Check{check("stage/a", stages.Passed), check("stage/b", stages.Failed)}}}
	if r := (selector{}).rejectedBy(one); !r.takes(&one[0]) {
		t.Errorf("an answer that failed the second check of the first stage is not rejected by %s", r.String())
	}
}
