// Package syntax tells when two programs are the same: when their syntax trees are, but for comments, white space, and strings that stand alone, such as docstrings.
//
//	keys, err := syntax.Python(ctx, box, programs) // equal keys: equal programs; "": the program does not parse
//	key := syntax.Go(program)
//
// Brackets that group nothing, quotes, spellings of numbers, line ends and semicolons are no part of a tree; names, order and literals are. Nothing is said of programs that do the
// same in other words.
//
// Python's tree is the interpreter's own (the module ast), taken in a sandbox: a program is parsed and never run, and one that breaks the parser does not parse. Go's is that of
// go/parser.
package syntax

import (
	"bytes"
	"context"
	_ "embed"
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

//go:embed tree.py
var tree string

// most is the CPU time in which a program parses: that of the longest answer, 1 MiB, several times. longest is that of all.
const (
	most    = 10 * time.Second
	longest = 20 * time.Minute
)

// Python returns a key for each program: equal where the trees are, "" where a program does not parse. The error is the sandbox's.
func Python(ctx context.Context, box Box, programs []string) ([]string, error) {
	calls := make([]string, len(programs))
	for i, p := range programs {
		calls[i] = "tree(" + literal(p) + ")"
	}
	limits := sandbox.DefaultLimits.WithCPU(min(most*time.Duration(len(programs))+time.Second, longest))
	limits.CallCPU = most
	keys := make([]string, len(programs))
	for next := 0; next < len(programs); next++ {
		o, err := box.Run(ctx, sandbox.Program{Source: tree, Calls: calls, Skip: next, Limits: limits})
		if err != nil {
			return nil, fmt.Errorf("parse programs: %w", err)
		}
		for next < len(programs) && o.Answers[next].Given {
			if err := json.Unmarshal(o.Answers[next].Value, &keys[next]); err != nil {
				keys[next] = "" // it raised: too deep, or too large
			}
			next++
		}
		if next < len(programs) && (o.End == sandbox.HarnessError || o.End == sandbox.TimeoutWall) {
			return nil, fmt.Errorf("parse programs: the sandbox failed: %s", o.Why)
		}
	}
	return keys, nil
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
