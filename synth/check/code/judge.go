package code

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
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
// is skipped by starting the program anew. Tests behind one that hangs get an eighth of that time; behind three that hang the rest counts as hanging too.
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
	if data > 0 && len(t.calls) == 0 { // constants, beside tests that are code: nothing of the program is asked for
		t.hold(&dataRun{}, sandbox.Outcome{End: sandbox.Pass}, r, why)
	} else if data > 0 {
		if err := t.runData(ctx, s, sandbox.Program{Source: source, Calls: t.calls, Needs: t.needs(), Stop: stop, Limits: l}, r, why); err != nil {
			return nil, err
		}
	}
	if data < all {
		if err := t.runCode(ctx, s, source, l, stop, r, why); err != nil {
			return nil, err
		}
	}
	r.conclude(why)
	return r, nil
}

// conclude takes the verdict of the first test that is not passed.
func (r *Report) conclude(why []string) {
	r.Verdict = sandbox.Pass
	for i, v := range r.Tests {
		if v != sandbox.Pass {
			r.Verdict, r.Why = v, fmt.Sprintf("test %d of %d: %s", i+1, len(r.Tests), why[i])
			return
		}
	}
}

// needs says for each call which one must not have raised for Python to come to it: in f(1) == g(2) the left side.
func (t *Tests) needs() []int {
	all := slices.Repeat([]int{-1}, len(t.calls))
	for _, x := range t.tests {
		if n := x.want; n != nil && n.op == "cmp" && len(n.args) == 2 && n.args[0].op == "hole" {
			n.args[1].holes(func(i int) { all[i] = n.args[0].hole })
		}
	}
	return all
}

// holes calls f for each call in n.
func (n *node) holes(f func(int)) {
	if n.op == "hole" {
		f(n.hole)
	}
	for _, x := range n.args {
		x.holes(f)
	}
}

// A dataRun is a program under the tests that are data: what it has answered, and which of them hung.
type dataRun struct {
	program sandbox.Program
	answers []sandbox.Answer
	hung    int
	why     string // of the last that hung
}

// maxHung is how many tests of one program may hang before the rest counts as hanging.
const maxHung = 3

// hang leaves out the test that hung behind from answered ones, and says whether another start is worth it.
func (d *dataRun) hang(at int, why string) bool {
	d.hung++
	d.why = cmp.Or(why, "out of CPU time")
	d.program.Skip = at + 1
	d.program.Limits.CallCPU = laterCPU(d.program.Limits.CallCPU, d.hung)
	return d.hung < maxHung && d.program.Skip < len(d.answers)
}

// laterCPU is what a call may take behind one that hung.
func laterCPU(first time.Duration, hung int) time.Duration {
	if hung != 1 {
		return first
	}
	return min(first, max(first/8, 30*time.Millisecond))
}

// runData runs the tests that are data and holds the answers against what they want.
func (t *Tests) runData(ctx context.Context, s *sandbox.Sandbox, p sandbox.Program, r *Report, why []string) error {
	return t.finish(ctx, s, &dataRun{program: p, answers: make([]sandbox.Answer, len(t.calls))}, r, why)
}

// finish runs what is left of d.
func (t *Tests) finish(ctx context.Context, s *sandbox.Sandbox, d *dataRun, r *Report, why []string) error {
	for {
		o, err := s.Run(ctx, d.program)
		if err != nil {
			return err
		}
		r.CPU += o.CPU
		at := d.program.Skip
		for at < len(d.answers) && o.Answers[at].Given {
			d.answers[at] = o.Answers[at]
			at++
		}
		if at < len(d.answers) && !d.program.Stop && o.End == sandbox.TimeoutCPU && d.hang(at, o.Why) {
			continue
		}
		t.hold(d, o, r, why)
		return nil
	}
}

// hold holds answers against what the tests want; o says how the last run ended.
func (t *Tests) hold(d *dataRun, o sandbox.Outcome, r *Report, why []string) {
	if d.hung > 0 && o.End == sandbox.Pass { // what has no answer is what hung
		o.End, o.Why = sandbox.TimeoutCPU, d.why
	}
	o.Answers = d.answers
	for i, x := range t.tests {
		if x.want != nil {
			r.Tests[i], why[i] = want(x.want, o)
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
	hung := 0
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
		if hung++; p.End != sandbox.TimeoutCPU && o.End != sandbox.TimeoutCPU || stop || hung == maxHung || k+1 >= len(at) {
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
