package sandbox

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// A goTarget is what attacks in Go are judged with.
type goTarget struct {
	g       *Go
	tests   []byte // calls f(7) in another process and wants the number
	control []byte // harmless
}

const (
	goTests = `package main

import (
	"testing"

	shimOfTests "` + Shim + `"
	runOfTests "` + Shim + `/tests"
)

func f(x int) (r any) {
	shimOfTests.Call("f", []any{&x}, []any{&r})
	return r
}

func TestF(t *testing.T) {
	if f(7) != any(` + wanted + `) {
		t.Error("another value")
	}
}

func main() { runOfTests.Run(testing.InternalTest{Name: "TestF", F: TestF}) }
`
	goServe = `package main

import shimOfTests "` + Shim + `"

var _ func(int) any = f

func main() { shimOfTests.Serve(map[string]any{"f": f}) }
`
	goControl = `package main

import (
	"fmt"
	"os"
)

func main() {
	e, _ := os.ReadDir(".")
	fmt.Print(7, e, " ", len(os.Args))
}
`
)

func (g *Go) aim(ctx context.Context) (*goTarget, error) {
	t := &goTarget{g: g}
	for _, x := range []struct {
		source string
		binary *[]byte
	}{{goTests, &t.tests}, {goControl, &t.control}} {
		o, binary, err := g.Build(ctx, []File{{"main.go", x.source}}, BuildLimits)
		if err == nil && o.End != Pass {
			err = fmt.Errorf("make a target for the attacks in Go: %s: %s", o.End, o.Why)
		}
		if err != nil {
			return nil, err
		}
		*x.binary = binary
	}
	return t, nil
}

// attackGo compiles and runs a program of Go. It returns what the program has said.
func (f *Finding) attackGo(ctx context.Context, s *Sandbox, t *goTarget, source string) ([]byte, error) {
	l := BuildLimits
	l.CPU, l.Memory = l.CPU/4, l.Memory/2
	if slices.Contains(f.Want, TimeoutCPU) {
		l.CPU = time.Second
	}
	o, binary, err := t.g.Build(ctx, []File{{"program.go", "package main\n\n" + source}, {"serve.go", goServe}}, l)
	if err != nil {
		return nil, err
	}
	if f.Got, f.Why = o.End, o.Why; o.End != Pass {
		return o.Stdout, nil
	}
	p, tests, err := s.Judge(ctx, Program{Binary: binary, Limits: f.limits()}, TestCode{Binary: t.tests, Tests: []string{"TestF"}, Limits: DefaultLimits})
	if err != nil {
		return nil, err
	}
	said := append(p.Stdout, p.Stderr...)
	a := tests.Answers[0]
	switch {
	case a.Given && a.Type == "AssertionError":
		f.Got, f.Why = Wrong, "answered another value"
	case a.Given && a.Type == "Unsendable":
		f.Got, f.Why = HarnessError, a.Message
	case a.Given && a.Type == "protocol":
		f.Got, f.Why = Protocol, a.Message
	case a.Given:
		f.Got, f.Why = a.Verdict(), a.Raised.String()
	case p.End != Pass:
		f.Got, f.Why = p.End, p.Why
	default:
		f.Got, f.Why = HarnessError, "in the tests: "+tests.Why
	}
	return append(said, a.Message...), nil
}
