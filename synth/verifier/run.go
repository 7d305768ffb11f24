package verifier

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// A Box runs programs: [sandbox.Sandbox].
type Box interface {
	Run(ctx context.Context, p sandbox.Program) (sandbox.Outcome, error)
}

// A Verdict is what a function says of an answer.
type Verdict byte

// The verdicts.
const (
	True    Verdict = 't'
	False   Verdict = 'f'
	Raised  Verdict = 'e' // an exception, or another value
	Late    Verdict = 'T' // out of time or another bound
	Invalid Verdict = 'x' // the function does not load
	Unsure  Verdict = '?' // the sandbox failed
)

// Limits are what a function may use for one answer.
func Limits(cpu time.Duration, inputs int) sandbox.Limits {
	l := sandbox.DefaultLimits.WithCPU(cpu*time.Duration(inputs) + time.Second)
	l.CallCPU = cpu
	return l
}

// Judge lets a function judge answers, in one process as long as it behaves, each within cpu.
func Judge(ctx context.Context, box Box, function string, inputs []string, cpu time.Duration) ([]Verdict, error) {
	calls := make([]string, len(inputs))
	for i, s := range inputs {
		calls[i] = "evaluate(" + literal(s) + ")"
	}
	verdicts := make([]Verdict, len(inputs))
	for next := 0; next < len(inputs); {
		o, err := box.Run(ctx, sandbox.Program{Source: function, Calls: calls, Skip: next, Limits: Limits(cpu, len(inputs))})
		if err != nil {
			return nil, fmt.Errorf("run a verifier: %w", err)
		}
		if !o.Answers[next].Given && (o.End == sandbox.Syntax || o.Raised.Type != "") {
			for i := range verdicts {
				verdicts[i] = Invalid
			}
			return verdicts, nil
		}
		for next < len(inputs) && o.Answers[next].Given {
			verdicts[next] = read(o.Answers[next])
			next++
		}
		if next == len(inputs) {
			break
		}
		switch o.End { // it ended while it judged this one
		case sandbox.TimeoutCPU, sandbox.Memory, sandbox.OutputLimit, sandbox.ProcLimit, sandbox.FSLimit:
			verdicts[next] = Late
		case sandbox.HarnessError, sandbox.TimeoutWall:
			verdicts[next] = Unsure
		default:
			verdicts[next] = Raised
		}
		next++
	}
	return verdicts, nil
}

// literal writes s as a string of Python's, in a spelling that JSON shares.
func literal(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""`
	}
	return strings.TrimSpace(b.String())
}

// read takes what equals True or False in Python: 1 and 0 do.
func read(a sandbox.Answer) Verdict {
	switch string(a.Value) {
	case "true", "1", "1.0":
		return True
	case "false", "0", "0.0", "-0.0":
		return False
	}
	return Raised
}

// Results are what every function said of every case, and of every further answer.
type Results struct {
	Set      *Set
	Verdicts [][]Verdict // by function, then case
	Flaky    []bool      // by function: two runs differ
}

// Run runs every function on every case, twice.
func (s *Set) Run(ctx context.Context, box Box, cpu time.Duration) (*Results, error) {
	r := &Results{Set: s}
	inputs := make([]string, len(s.Cases))
	for i, c := range s.Cases {
		inputs[i] = c.Input
	}
	for _, f := range s.Functions {
		first, err := Judge(ctx, box, f, inputs, cpu)
		if err != nil {
			return nil, err
		}
		second, err := Judge(ctx, box, f, inputs, cpu)
		if err != nil {
			return nil, err
		}
		r.Verdicts = append(r.Verdicts, first)
		r.Flaky = append(r.Flaky, string(first) != string(second))
	}
	return r, nil
}
