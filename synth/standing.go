package synth

import (
	"fmt"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// standing is what the checks of an answer come to: passed if there are checks and all passed, failed if one failed and none is unknown. What is
// unknown is never a negative.
func standing(a *stages.Answer) stages.Result {
	if len(a.Checks) == 0 {
		return stages.Unknown
	}
	result := stages.Passed
	for i := range a.Checks {
		switch a.Checks[i].Result {
		case stages.Unknown:
			return stages.Unknown
		case stages.Failed:
			result = stages.Failed
		}
	}
	return result
}

// verdict is the standing of an answer as its checkers left it: that it was found to repeat another does not count.
func verdict(a *stages.Answer) stages.Result {
	if !slices.ContainsFunc(a.Checks, repeats) {
		return standing(a)
	}
	own := stages.Answer{Checks: slices.DeleteFunc(slices.Clone(a.Checks), repeats)}
	return standing(&own)
}

// decided says whether no check of an answer is unknown.
func decided(a *stages.Answer) bool {
	for i := range a.Checks {
		if a.Checks[i].Result == stages.Unknown {
			return false
		}
	}
	return true
}

// found returns what the check of a name found. A stage that makes several checks, such as check_constraints, names them LABEL/CHECK: of its label they are
// found as one, failed if one failed and none is unknown.
func found(a *stages.Answer, name string) (stages.Check, bool) {
	var own []stages.Check
	for i := range a.Checks {
		if a.Checks[i].Name == name {
			return a.Checks[i], true
		}
		if stageOf(a.Checks[i].Name) == name {
			own = append(own, a.Checks[i])
		}
	}
	if own == nil {
		return stages.Check{}, false
	}
	c := stages.Check{Name: name, Result: standing(&stages.Answer{Checks: own})}
	for i := range own {
		c.Score += own[i].Score / float64(len(own))
	}
	return c, true
}

// stageOf is the label of the stage that made a check.
func stageOf(name string) string {
	label, _, _ := strings.Cut(name, "/")
	return label
}

// repeatsPrefix begins the reason of a check that says that an answer repeats another.
const repeatsPrefix = "repeats answer "

// repeatsCheck says of an answer that it repeats answer number n, counted from 1.
func repeatsCheck(label string, n int, what string) stages.Check {
	return stages.Check{Name: label, Result: stages.Unknown, Why: fmt.Sprintf("%s%d: %s", repeatsPrefix, n, what)}
}

func repeats(c stages.Check) bool {
	return c.Result == stages.Unknown && strings.HasPrefix(c.Why, repeatsPrefix)
}
