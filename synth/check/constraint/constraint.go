package constraint

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

// A Constraint is one instruction with its arguments. It is safe for concurrent use.
type Constraint struct {
	ID    string
	want  string // what the arguments ask for: "at least 300 words"
	holds func(t *Text) found
}

// found is what a verifier found in one text.
type found struct {
	result stages.Result
	count  int    // where the instruction is about a number
	unit   string // of count: "words"; "" where there is none
	note   string // in words
}

// A Finding is the verdict on one answer.
type Finding struct {
	Result stages.Result
	Why    string
}

// Mode says how an answer is read.
type Mode string

// The modes of IFEval.
const (
	Strict Mode = "strict" // as it stands
	Loose  Mode = "loose"  // also without its first line, its last line, both, and each without asterisks
)

// Verify judges an answer. A blank one fails.
func (c *Constraint) Verify(t *Text, m Mode) Finding {
	if t.trimmed() == "" {
		return Finding{stages.Failed, "the answer is blank"}
	}
	first := c.holds(t)
	if first.result != stages.Passed && m == Loose {
		for _, v := range t.variants() {
			if f := c.holds(v); f.result == stages.Passed {
				return Finding{stages.Passed, c.why(f) + ", read loosely"}
			}
		}
	}
	return Finding{first.result, c.why(first)}
}

// why says what was wanted and what was found.
func (c *Constraint) why(f found) string {
	got := f.note
	if f.unit != "" {
		got = fmt.Sprintf("%d %s", f.count, f.unit)
	}
	switch {
	case got == "":
		return c.want
	case c.want == "":
		return got
	}
	return c.want + ": " + got
}

func is(ok bool) found {
	if ok {
		return found{result: stages.Passed}
	}
	return found{result: stages.Failed}
}

// noted is is(ok) with a reason where it fails.
func noted(ok bool, note string) found {
	if ok {
		return found{result: stages.Passed}
	}
	return found{result: stages.Failed, note: note}
}

// An instruction makes a verifier of arguments.
type instruction struct {
	args []string // the names it knows
	make func(a *args) (want string, holds func(t *Text) found)
}

// IDs lists the instructions that can be verified, sorted.
func IDs() []string {
	ids := make([]string, 0, len(instructions))
	for id := range instructions {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// Parse makes the verifier of an instruction from its arguments, a JSON object; arguments that are null count as absent. The error says what the
// instruction or an argument should be.
func Parse(id string, kwargs json.RawMessage) (*Constraint, error) {
	in, ok := instructions[id]
	if !ok {
		return nil, fmt.Errorf("unknown instruction %q%s", id, didYouMean(settings.Nearest(id, IDs())))
	}
	a, err := readArgs(kwargs, in.args)
	if err != nil {
		return nil, fmt.Errorf("instruction %s: %w", id, err)
	}
	want, holds := in.make(a)
	if a.err != nil {
		return nil, fmt.Errorf("instruction %s: %w", id, a.err)
	}
	return &Constraint{ID: id, want: want, holds: holds}, nil
}

func didYouMean(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return ", did you mean " + strings.Join(near, " or ") + "?"
}
