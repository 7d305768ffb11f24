package code

import (
	"context"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// JudgeTwice judges a program, and one that passes a second time: if it does not pass again it is flaky.
func (t *Tests) JudgeTwice(ctx context.Context, s *sandbox.Sandbox, program string, l sandbox.Limits) (*Report, error) {
	r, err := t.Judge(ctx, s, program, l)
	if err != nil || r.Verdict != sandbox.Pass {
		return r, err
	}
	again, err := t.Judge(ctx, s, program, l)
	if err != nil {
		return nil, err
	}
	r.CPU += again.CPU
	if again.Verdict != sandbox.Pass && again.Verdict != sandbox.HarnessError {
		r.Verdict, r.Why = sandbox.Flaky, "the second run: "+string(again.Verdict)+": "+again.Why
	}
	return r, nil
}
