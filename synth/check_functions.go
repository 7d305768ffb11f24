package synth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/synth/verifier"
)

// functionsID is the instruction that constrain adds: its argument are functions that verify it.
const functionsID = "autoif:functions"

// functionArgs are its arguments.
type functionArgs struct {
	Instruction string   `json:"instruction"`
	Functions   []string `json:"functions"`
}

// readFunctions reads the functions of an instruction.
func readFunctions(raw []byte) ([]string, error) {
	var a functionArgs
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, fmt.Errorf("instruction %s: the arguments cannot be read: %w", functionsID, err)
	}
	if len(a.Functions) == 0 {
		return nil, errors.New("instruction " + functionsID + ": argument \"functions\" is missing or empty")
	}
	return a.Functions, nil
}

// runFunctions fills in the checks of instructions that functions verify.
func (c *CheckConstraints) runFunctions(ctx context.Context, d *stages.Document, found [][]stages.Check) error {
	for i, functions := range c.read.functions {
		if functions == nil || len(found) == 0 || i >= len(found[0]) {
			continue
		}
		if err := c.openBox(); err != nil {
			return err
		}
		answers := make([]string, len(d.Answers))
		for k := range d.Answers {
			answers[k] = d.Answers[k].Text
		}
		votes := make([][]verifier.Verdict, len(functions))
		for f, source := range functions {
			var err error
			if votes[f], err = verifier.Judge(ctx, c.box, source, answers, c.CPU); err != nil {
				return err
			}
		}
		for k := range answers {
			name := found[k][i].Name
			found[k][i] = poll(votes, k)
			found[k][i].Name = name
		}
	}
	return nil
}

func (c *CheckConstraints) openBox() error {
	if c.box != nil {
		return nil
	}
	if c.env == nil {
		return stages.Final(errors.New("functions need a sandbox, and the stage was not provisioned"))
	}
	box, err := openSandbox(c.env, c.Isolation)
	if err != nil {
		return stages.Final(err)
	}
	c.box = box
	return nil
}

// poll is what functions say of answer k together.
func poll(votes [][]verifier.Verdict, k int) stages.Check {
	yes, no, unsure := 0, 0, 0
	for _, v := range votes {
		switch v[k] {
		case verifier.True:
			yes++
		case verifier.False:
			no++
		case verifier.Unsure:
			unsure++
		}
	}
	c := stages.Check{Score: float64(yes) / float64(len(votes)), Why: fmt.Sprintf("%d of %d functions accept it, %d refuse it", yes, len(votes), no)}
	switch {
	case unsure > 0:
		c.Why += ", the sandbox failed"
	case 2*yes >= len(votes):
		c.Result = stages.Passed
	case yes == 0 && no > 0:
		c.Result = stages.Failed
	}
	return c
}
