package code

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// A Report says how a program fared under its tests.
type Report struct {
	Verdict sandbox.Verdict   // of the first test that it does not pass
	Why     string            // what the first failing test found
	Tests   []sandbox.Verdict // of each
	CPU     time.Duration     // of the program's processes
}

// Passed returns how many tests passed.
func (r *Report) Passed() int {
	n := 0
	for _, v := range r.Tests {
		if v == sandbox.Pass {
			n++
		}
	}
	return n
}

// ErrTests says that the tests themselves are broken: they do not compile or do not load. No program can be judged by them.
var ErrTests = errors.New("the tests are broken")

// Judge runs program under the tests. An error wraps [ErrTests] or is the machine's.
func (t *Tests) Judge(ctx context.Context, s *sandbox.Sandbox, program string, l sandbox.Limits) (*Report, error) {
	return t.judge(ctx, s, program, l, true)
}

// judge runs all tests. stop says that tests behind one that raises need no verdict of their own.
func (t *Tests) judge(ctx context.Context, s *sandbox.Sandbox, program string, l sandbox.Limits, stop bool) (*Report, error) {
	r := &Report{Tests: make([]sandbox.Verdict, len(t.tests))}
	why := make([]string, len(t.tests))
	all, data := t.Count()
	source := program
	if t.setup != "" {
		source += "\n" + t.setup
	}
	if data > 0 {
		o, err := s.Run(ctx, sandbox.Program{Source: source, Calls: t.calls, Stop: stop, Limits: l})
		if err != nil {
			return nil, err
		}
		r.CPU += o.CPU
		t.compare(o, r.Tests, why)
	}
	if data < all {
		if err := t.runCode(ctx, s, source, l, r, why); err != nil {
			return nil, err
		}
	}
	r.Verdict = sandbox.Pass
	for i, v := range r.Tests {
		if v != sandbox.Pass {
			r.Verdict, r.Why = v, fmt.Sprintf("test %d of %d: %s", i+1, all, why[i])
			break
		}
	}
	return r, nil
}

// compare holds the answers against what the tests want.
func (t *Tests) compare(o sandbox.Outcome, verdicts []sandbox.Verdict, why []string) {
	for i, x := range t.tests {
		if x.want != nil {
			verdicts[i], why[i] = want(x.want, o)
		}
	}
}

// want judges one expectation.
func want(n *node, o sandbox.Outcome) (sandbox.Verdict, string) {
	var bad error
	v, err := n.eval(func(i int) (Value, bool) {
		a := o.Answers[i]
		if !a.Given || a.Type != "" {
			return nil, false
		}
		v, err := Decode(a.Value)
		if err != nil {
			bad = err
		}
		return v, err == nil
	})
	var hole errHole
	switch {
	case bad != nil:
		return sandbox.Protocol, bad.Error()
	case errors.As(err, &hole):
		a := o.Answers[hole.hole]
		if a.Given {
			return a.Verdict(), a.Raised.String()
		}
		if o.End == sandbox.Pass {
			return sandbox.Protocol, "no answer"
		}
		return o.End, o.Why
	case err != nil:
		return sandbox.Exception, err.Error()
	case !truth(v):
		return sandbox.Wrong, "another value than expected"
	}
	return sandbox.Pass, ""
}

// runCode runs the tests that are code in a second process.
func (t *Tests) runCode(ctx context.Context, s *sandbox.Sandbox, program string, l sandbox.Limits, r *Report, why []string) error {
	var snippets []string
	var at []int
	for i, x := range t.tests {
		if x.want == nil {
			snippets, at = append(snippets, x.source), append(at, i)
		}
	}
	names, imports := owned(program, t.code+"\n"+strings.Join(snippets, "\n"), t.helpers, t.entry)
	p, o, err := s.Judge(ctx, sandbox.Program{Source: program, Limits: l},
		sandbox.TestCode{Helpers: imports + t.helpers, Source: t.code, Tests: snippets, Names: names, Limits: l})
	if err != nil {
		return err
	}
	r.CPU += p.CPU
	if o.End == sandbox.Syntax || o.Raised.Type != "" {
		return fmt.Errorf("%w: %s", ErrTests, o.Why)
	}
	for k, i := range at {
		r.Tests[i], why[i] = coded(o.Answers[k], o, p)
		if r.Tests[i] == sandbox.Syntax && p.End != sandbox.Syntax {
			return fmt.Errorf("%w: test %d: %s", ErrTests, i+1, why[i])
		}
	}
	return nil
}

// coded judges one test that is code: its record in the second process, and how both processes ended.
func coded(a sandbox.Answer, tests, program sandbox.Outcome) (sandbox.Verdict, string) {
	switch {
	case a.Given && a.Type == "":
		return sandbox.Pass, ""
	case a.Given && a.Inner:
		return a.Verdict(), a.Raised.String()
	case a.Given && a.Type == "AssertionError":
		return sandbox.Wrong, a.Raised.String()
	case a.Given && a.Type == "SyntaxError":
		return sandbox.Syntax, a.Raised.String()
	case a.Given && a.Type == "Unsendable":
		return sandbox.HarnessError, a.Raised.String()
	case a.Given:
		return a.Verdict(), a.Raised.String()
	case program.End != sandbox.Pass:
		return program.End, program.Why
	case tests.End != sandbox.Pass:
		if tests.End == sandbox.TimeoutCPU {
			return sandbox.TimeoutCPU, "in the tests: " + tests.Why
		}
		return sandbox.HarnessError, "in the tests: " + tests.Why
	}
	return sandbox.Protocol, "no record of the test"
}
