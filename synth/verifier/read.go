package verifier

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// An Output is what a model wrote for an instruction: a function and cases.
type Output struct {
	Function string
	Cases    []Case
}

// A Case is an answer with the verdict that a function should give on it.
type Case struct {
	Input string
	Want  bool
	Text  bool // the verdict was written as text, "True" or "False"
}

// What is wrong with a model's output.
var (
	ErrFence = errors.New("no fenced JSON")
	ErrJSON  = errors.New("invalid JSON")
	ErrKeys  = errors.New("keys are missing")
)

// maxFunction and maxInput bound what is taken, in bytes.
const (
	maxFunction = 20_000
	maxInput    = 20_000
)

// Read reads an output: a fenced JSON object with the keys func and cases, these with input and output. Cases that cannot be used are left out.
func Read(text string) (Output, error) {
	_, rest, ok := strings.Cut(text, "```json")
	if !ok {
		return Output{}, ErrFence
	}
	body, _, ok := strings.Cut(rest, "```")
	if !ok {
		return Output{}, ErrFence
	}
	var raw struct {
		Func  *string
		Cases *[]struct{ Input, Output json.RawMessage }
	}
	var any json.RawMessage
	if err := json.Unmarshal([]byte(body), &any); err != nil {
		return Output{}, fmt.Errorf("%w: %w", ErrJSON, err)
	}
	if err := json.Unmarshal(any, &raw); err != nil || raw.Func == nil || raw.Cases == nil {
		return Output{}, ErrKeys
	}
	o := Output{Function: strings.TrimSpace(*raw.Func)}
	if len(o.Function) > maxFunction {
		return Output{}, fmt.Errorf("a function of %d bytes, allowed are %d", len(o.Function), maxFunction)
	}
	for _, c := range *raw.Cases {
		if k, ok := readCase(c.Input, c.Output); ok {
			o.Cases = append(o.Cases, k)
		}
	}
	return o, nil
}

func readCase(input, output json.RawMessage) (c Case, ok bool) {
	if json.Unmarshal(input, &c.Input) != nil || len(input) == 0 || input[0] != '"' || len(c.Input) > maxInput {
		return c, false
	}
	switch strings.ToLower(string(output)) {
	case `true`, `"true"`:
		c.Want = true
	case `false`, `"false"`:
	default:
		return c, false
	}
	c.Text = output[0] == '"'
	return c, true
}

// A Set holds the functions and cases of several outputs, each once, in order.
type Set struct {
	Functions []string
	Cases     []Case
}

// Add joins an output.
func (s *Set) Add(o Output) {
	if o.Function != "" && !contains(s.Functions, o.Function) {
		s.Functions = append(s.Functions, o.Function)
	}
	for _, c := range o.Cases {
		if !contains(s.Cases, c) {
			s.Cases = append(s.Cases, c)
		}
	}
}

func contains[T comparable](list []T, x T) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}
