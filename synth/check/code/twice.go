package code

import (
	"context"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// JudgeTwice judges a program, and one that passes a second time: if it does not pass again it is flaky.
func (t *Tests) JudgeTwice(ctx context.Context, s *sandbox.Sandbox, program string, l sandbox.Limits) (*Report, error) {
	return Twice(func() (*Report, error) { return t.Judge(ctx, s, program, l) })
}

// Twice judges, and again if that passes: two runs that disagree are flaky.
func Twice(judge func() (*Report, error)) (*Report, error) {
	r, err := judge()
	if err != nil || r.Verdict != sandbox.Pass {
		return r, err
	}
	again, err := judge()
	if err != nil {
		return nil, err
	}
	r.CPU += again.CPU
	if again.Verdict != sandbox.Pass && again.Verdict != sandbox.HarnessError {
		r.Verdict, r.Why = sandbox.Flaky, "the second run: "+string(again.Verdict)+": "+again.Why
	}
	return r, nil
}
