package code

import (
	"cmp"
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

// Judge runs program under the tests; those behind one that raises may stay without an answer. An error wraps [ErrTests] or is the machine's.
func (t *Tests) Judge(ctx context.Context, s *sandbox.Sandbox, program string, l sandbox.Limits) (*Report, error) {
	return t.judge(ctx, s, program, l, true)
}

// JudgeEach gives every test a verdict of its own: an exception does not keep the next test from running, and a test that uses up l.CallCPU
// is skipped by starting the program anew; behind two in a row that hang, or eight in all, the rest counts as hanging too.
func (t *Tests) JudgeEach(ctx context.Context, s *sandbox.Sandbox, program string, l sandbox.Limits) (*Report, error) {
	return t.judge(ctx, s, program, l, false)
}

func (t *Tests) judge(ctx context.Context, s *sandbox.Sandbox, program string, l sandbox.Limits, stop bool) (*Report, error) {
	r := &Report{Tests: make([]sandbox.Verdict, len(t.tests))}
	why := make([]string, len(t.tests))
	all, data := t.Count()
	source := program
	if t.setup != "" {
		source += "\n" + t.setup
	}
	if data > 0 {
		if err := t.runData(ctx, s, sandbox.Program{Source: source, Calls: t.calls, Stop: stop, Limits: l}, r, why); err != nil {
			return nil, err
		}
	}
	if data < all {
		if err := t.runCode(ctx, s, source, l, stop, r, why); err != nil {
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

// restarts bounds how often a program whose tests are judged one by one is started again behind a test that hangs.
type restarts struct {
	all, idle int // starts, and those in a row that gave no answer
}

// again says whether one more start is worth it, behind one that gave so many answers.
func (r *restarts) again(answers int) bool {
	r.all++
	r.idle++
	if answers > 0 {
		r.idle = 1
	}
	return r.all <= 8 && r.idle <= 2
}

// runData runs the tests that are data and holds the answers against what they want.
func (t *Tests) runData(ctx context.Context, s *sandbox.Sandbox, p sandbox.Program, r *Report, why []string) error {
	answers := make([]sandbox.Answer, len(t.calls))
	var starts restarts
	hung := ""
	for {
		o, err := s.Run(ctx, p)
		if err != nil {
			return err
		}
		r.CPU += o.CPU
		at := p.Skip
		for at < len(answers) && o.Answers[at].Given {
			answers[at] = o.Answers[at]
			at++
		}
		if at < len(answers) && !p.Stop && o.End == sandbox.TimeoutCPU {
			hung = cmp.Or(o.Why, "out of CPU time")
			if more := starts.again(at - p.Skip); more && at+1 < len(answers) {
				p.Skip = at + 1
				continue
			}
		}
		if hung != "" && o.End == sandbox.Pass { // what has no answer is what hung
			o.End, o.Why = sandbox.TimeoutCPU, hung
		}
		o.Answers = answers
		for i, x := range t.tests {
			if x.want != nil {
				r.Tests[i], why[i] = want(x.want, o)
			}
		}
		return nil
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
	case errors.Is(err, errBeyond):
		return sandbox.HarnessError, err.Error()
	case err != nil:
		return sandbox.Exception, err.Error()
	case !truth(v):
		return sandbox.Wrong, "another value than expected"
	}
	return sandbox.Pass, ""
}

// runCode runs the tests that are code in a second process.
func (t *Tests) runCode(ctx context.Context, s *sandbox.Sandbox, program string, l sandbox.Limits, stop bool, r *Report, why []string) error {
	var snippets []string
	var at []int
	for i, x := range t.tests {
		if x.want == nil {
			snippets, at = append(snippets, x.source), append(at, i)
		}
	}
	names, imports := owned(program, t.code+"\n"+strings.Join(snippets, "\n"), t.helpers, t.entry)
	code := sandbox.TestCode{Helpers: imports + t.helpers, Source: t.code, Tests: snippets, Names: names, Stop: stop, Limits: l}
	var starts restarts
	for {
		p, o, err := s.Judge(ctx, sandbox.Program{Source: program, Limits: l}, code)
		if err != nil {
			return err
		}
		r.CPU += p.CPU
		if o.End == sandbox.Syntax || o.Raised.Type != "" {
			return fmt.Errorf("%w: %s", ErrTests, o.Why)
		}
		k := code.Skip
		for ; k < len(at) && o.Answers[k].Given; k++ {
			i := at[k]
			if r.Tests[i], why[i] = coded(o.Answers[k], o, p); r.Tests[i] == sandbox.Syntax {
				return fmt.Errorf("%w: test %d: %s", ErrTests, i+1, why[i])
			}
		}
		for j := k; j < len(at); j++ {
			r.Tests[at[j]], why[at[j]] = coded(o.Answers[j], o, p)
		}
		if hung := p.End == sandbox.TimeoutCPU || o.End == sandbox.TimeoutCPU; !hung || stop || !starts.again(k-code.Skip) || k+1 >= len(at) {
			return nil
		}
		code.Skip = k + 1
	}
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
