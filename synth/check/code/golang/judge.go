package golang

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/synth/check/code"
	"github.com/winnow-data/winnow/synth/sandbox"
)

// JudgeTwice judges a program, and one that passes a second time: if it does not pass again it is flaky.
func (t *Tests) JudgeTwice(ctx context.Context, s *sandbox.Sandbox, g *sandbox.Go, program string, l sandbox.Limits) (*code.Report, error) {
	binary, r, err := t.compile(ctx, g, program)
	if err != nil || r != nil {
		return r, err
	}
	return code.Twice(func() (*code.Report, error) { return t.run(ctx, s, g, binary, l) })
}

// Judge runs a program under the tests. An error wraps [code.ErrTests] or is the machine's.
func (t *Tests) Judge(ctx context.Context, s *sandbox.Sandbox, g *sandbox.Go, program string, l sandbox.Limits) (*code.Report, error) {
	binary, r, err := t.compile(ctx, g, program)
	if err != nil || r != nil {
		return r, err
	}
	return t.run(ctx, s, g, binary, l)
}

// Count returns the number of tests.
func (t *Tests) Count() int { return max(len(t.cases), len(t.names)) }

// failed is the report on a program that no test could run.
func (t *Tests) failed(v sandbox.Verdict, why string) *code.Report {
	return &code.Report{Verdict: v, Why: why, Tests: slices.Repeat([]sandbox.Verdict{v}, t.Count())}
}

// A program is compiled, and the functions that its tests call.
type program struct {
	binary []byte
	calls  []signature
}

// compile returns a program, or the report on one that does not compile.
func (t *Tests) compile(ctx context.Context, g *sandbox.Go, text string) (*program, *code.Report, error) {
	s, err := read(text)
	if err != nil {
		return nil, t.failed(sandbox.Syntax, err.Error()), nil
	}
	s.change(s.file.Name, "main")
	if t.prompt != nil {
		s.drop(t.prompt.imports())
	}
	p := &program{}
	files := []sandbox.File{{Name: "program.go"}}
	if t.cases == nil {
		if why := p.find(t, s); why != "" {
			return nil, t.failed(sandbox.Syntax, why), nil
		}
		for _, c := range p.calls {
			if c.generic {
				c.foreign = "type parameters"
			}
			if c.foreign != "" {
				return nil, t.failed(sandbox.HarnessError, fmt.Sprintf("function %s cannot be called from another process: its type has %s", c.name, c.foreign)), nil
			}
		}
		if f := s.functions()["main"]; f != nil {
			s.change(f.Name, "mainOfProgram")
		}
		files = append(files, sandbox.File{Name: "serve.go", Text: t.serve(p.calls)})
	}
	files[0].Text = s.String()
	o, binary, err := g.Build(ctx, files, sandbox.BuildLimits)
	if err != nil {
		return nil, nil, err
	}
	if o.End != sandbox.Pass {
		return nil, t.failed(o.End, o.Why), nil
	}
	p.binary = binary
	return p, nil, nil
}

// find says which functions the tests call; why is set if the program lacks one.
func (p *program) find(t *Tests, s *source) (why string) {
	declared := s.functions()
	for _, name := range t.needs {
		if t.prompt != nil {
			if f := t.prompt.functions()[name]; f != nil {
				known := t.prompt.declared()
				for i := range t.prompt.imports() {
					known[i] = true
				}
				p.calls = append(p.calls, t.prompt.signature(f, known))
				continue
			}
		}
		f := declared[name]
		if f == nil {
			return "the program does not declare " + name
		}
		p.calls = append(p.calls, s.signature(f, nil))
	}
	return ""
}

// serve spells the file that offers a program's functions.
func (t *Tests) serve(all []signature) string {
	var checks, offers strings.Builder
	for _, g := range all {
		fmt.Fprintf(&checks, "var _ %s = %s\n", g.text, g.name)
		fmt.Fprintf(&offers, "%q: %s, ", g.name, g.name)
	}
	imports, know := "", ""
	if t.prompt != nil {
		if s, err := read(checks.String()); err == nil {
			imports = importsFor(t.prompt.imports(), free(s.file))
		}
		know = t.know()
	}
	return fmt.Sprintf("package main\n\n%simport shimOfTests %q\n\n%s\nfunc main() {\n%s\tshimOfTests.Serve(map[string]any{%s})\n}\n", imports, sandbox.Shim, checks.String(), know, offers.String())
}

// tests returns the binary of the tests for a program.
func (t *Tests) tests(ctx context.Context, g *sandbox.Go, p *program) ([]byte, error) {
	var k strings.Builder
	for _, c := range p.calls {
		k.WriteString(c.name + c.text + "\n")
	}
	t.mu.Lock()
	b := t.built[k.String()]
	if b == nil {
		b = &build{}
		t.built[k.String()] = b
	}
	t.mu.Unlock()
	b.once.Do(func() {
		o, binary, err := g.Build(ctx, t.files(p.calls), sandbox.BuildLimits)
		if err == nil && o.End != sandbox.Pass {
			err = fmt.Errorf("%w: %s", code.ErrTests, o.Why)
		}
		b.binary, b.err = binary, err
	})
	return b.binary, b.err
}

func (t *Tests) run(ctx context.Context, s *sandbox.Sandbox, g *sandbox.Go, p *program, l sandbox.Limits) (*code.Report, error) {
	if t.cases != nil {
		return t.runCases(ctx, s, p, l)
	}
	binary, err := t.tests(ctx, g, p)
	if err != nil {
		return nil, err
	}
	o, tests, err := s.Judge(ctx, sandbox.Program{Binary: p.binary, Limits: l}, sandbox.TestCode{Binary: binary, Tests: t.names, Limits: l})
	if err != nil {
		return nil, err
	}
	r := &code.Report{Verdict: sandbox.Pass, CPU: o.CPU + tests.CPU, Tests: make([]sandbox.Verdict, len(t.names))}
	for i, a := range tests.Answers {
		v, why := judge(a, tests, o)
		if r.Tests[i] = v; v != sandbox.Pass && r.Verdict == sandbox.Pass {
			r.Verdict, r.Why = v, fmt.Sprintf("test %d of %d: %s: %s", i+1, len(t.names), t.names[i], why)
		}
	}
	return r, nil
}

// judge judges one test by its record and by how both processes ended.
func judge(a sandbox.Answer, tests, program sandbox.Outcome) (sandbox.Verdict, string) {
	switch {
	case a.Given && a.Type == "":
		return sandbox.Pass, ""
	case a.Given && a.Type == "AssertionError":
		return sandbox.Wrong, complaint(tests.Stdout)
	case a.Given && a.Type == "Unsendable":
		return sandbox.HarnessError, a.Message
	case a.Given && a.Type == "protocol":
		return sandbox.Protocol, a.Message
	case a.Given:
		return a.Verdict(), a.Raised.String()
	case program.End != sandbox.Pass:
		return program.End, program.Why
	case tests.End == sandbox.Exception: // in a goroutine of the tests, such as a subtest
		return sandbox.Exception, "in the tests: " + tests.Why
	case tests.End == sandbox.TimeoutCPU || tests.End == sandbox.TimeoutWall:
		return tests.End, "in the tests: " + tests.Why
	case tests.End != sandbox.Pass:
		return sandbox.HarnessError, "in the tests: " + tests.Why
	}
	return sandbox.Protocol, "no record of the test"
}

// complaint is the first line that a test has written about what it found.
func complaint(out []byte) string {
	for line := range strings.Lines(string(out)) {
		if _, said, ok := strings.Cut(strings.TrimSpace(line), "tests.go:"); ok {
			_, said, _ = strings.Cut(said, ": ")
			return said[:min(len(said), 200)]
		}
	}
	return "another value than expected"
}

// runCases runs a program once for each case, up to the first that is wrong.
func (t *Tests) runCases(ctx context.Context, s *sandbox.Sandbox, p *program, l sandbox.Limits) (*code.Report, error) {
	r := &code.Report{Verdict: sandbox.Pass, Tests: make([]sandbox.Verdict, len(t.cases))}
	for i, c := range t.cases {
		o, err := s.Run(ctx, sandbox.Program{Binary: p.binary, Stdin: []byte(c.Input), Limits: l})
		if err != nil {
			return nil, err
		}
		r.CPU += o.CPU
		v, why := o.End, o.Why
		switch {
		case v == sandbox.Pass && o.Printed > int64(len(o.Stdout)+len(o.Stderr)):
			v, why = sandbox.OutputLimit, fmt.Sprintf("%d bytes of output", o.Printed)
		case v == sandbox.Pass && printed(string(o.Stdout)) != printed(c.Output):
			v, why = sandbox.Wrong, "another output than expected"
		}
		if r.Tests[i] = v; v != sandbox.Pass && r.Verdict == sandbox.Pass {
			r.Verdict, r.Why = v, fmt.Sprintf("test %d of %d: %s", i+1, len(t.cases), why)
		}
	}
	return r, nil
}

// printed is a text without the white space that does not count.
func printed(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	return strings.Join(lines, "\n")
}
