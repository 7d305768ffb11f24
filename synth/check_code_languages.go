package synth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/synth/check/code"
	"github.com/winnow-data/winnow/synth/check/code/golang"
	"github.com/winnow-data/winnow/synth/sandbox"
)

// python is a suite of tests of Python.
type python struct {
	*code.Tests
	of *CheckCode
}

func (p python) JudgeTwice(ctx context.Context, program string) (*code.Report, error) {
	return p.Tests.JudgeTwice(ctx, p.of.box, program, limits(p.of.CPU, p.of.Memory))
}

func (python) Program(d *stages.Document, answer, entry string) string {
	return code.Program(d.Body(), answer, entry)
}

// python reads asserts, or code that defines check(candidate).
func (c *CheckCode) python(d *stages.Document, entry string, raw json.RawMessage) (suite, error) {
	s := code.Source{Entry: entry}
	s.Setup, _ = d.Fields.Text(c.Setup)
	if code.IsCode(d.Body(), entry) {
		s.Helpers = d.Body()
	}
	texts, err := textOrTexts(raw)
	switch {
	case err != nil:
		return nil, err
	case raw[0] == '"' && code.DefinesCheck(texts[0]):
		s.Check = texts[0]
	default:
		s.Asserts = texts
	}
	t, err := code.Parse(s)
	if err == nil {
		err = t.Vain()
	}
	return python{t, c}, err
}

// textOrTexts reads a text or a list of texts.
func textOrTexts(raw json.RawMessage) (texts []string, err error) {
	if json.Unmarshal(raw, &texts) == nil {
		return texts, nil
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}, nil
	}
	return nil, errors.New("it is neither text nor a list of texts")
}

// goSuite is a suite of tests of Go.
type goSuite struct {
	*golang.Tests
	of *CheckCode
}

func (g goSuite) JudgeTwice(ctx context.Context, program string) (*code.Report, error) {
	return g.Tests.JudgeTwice(ctx, g.of.box, g.of.toolchain, program, limits(g.of.CPU, g.of.Memory))
}

func (goSuite) Program(d *stages.Document, answer, entry string) string {
	return golang.Program(d.Body(), answer, entry)
}

// golang reads test functions, or a list of inputs and outputs.
func (c *CheckCode) golang(d *stages.Document, entry string, raw json.RawMessage) (suite, error) {
	var cases []struct{ Input, Output *string }
	if json.Unmarshal(raw, &cases) == nil && len(cases) > 0 {
		var all []golang.Case
		for i, x := range cases {
			if x.Input == nil || x.Output == nil {
				return nil, fmt.Errorf("test %d needs the texts input and output", i+1)
			}
			all = append(all, golang.Case{Input: *x.Input, Output: *x.Output})
		}
		t, err := golang.Cases(all)
		return goSuite{t, c}, err
	}
	texts, err := textOrTexts(raw)
	if err != nil {
		return nil, err
	}
	t, err := golang.Parse(d.Body(), entry, strings.Join(texts, "\n"))
	return goSuite{t, c}, err
}

// openGo makes the Go toolchain ready that all stages of a run share.
func openGo(env *stages.Env, isolation string, s *sandbox.Sandbox) (*sandbox.Go, error) {
	name := "go toolchain in sandbox " + isolation
	env.Provide(name, func() (any, error) { return s.Go("") })
	return stages.Resource[*sandbox.Go](env, name)
}
