package synth

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/lingua"
	"github.com/winnow-data/winnow/synth/check/constraint"
	"github.com/winnow-data/winnow/synth/verifier"
)

// CheckConstraints judges whether an answer follows instructions about its form, such as those of IFEval: one check for each instruction, in their order.
//
//	check_constraints: {mode: loose}
//
// A document names its instructions in a list, `instruction_id_list`, and their arguments in a list of objects of the same length, `kwargs`; both names can be set. The check of
// an instruction bears the stage's label and the instruction's name: check_constraints/punctuation:no_comma.
//
// The 25 instructions of IFEval have the verdicts of lm_eval 0.4.13, but for language, which winnow's own detector tells. Added are
// detectable_format:json_schema with the argument `schema`, the relations at most, more than and exactly, and Chinese (zh, zh-Hans, zh-Hant). Read loosely,
// an answer passes that follows an instruction without its first line, its last line or asterisks. An instruction that is not known, or whose arguments
// make no sense, is unknown: neither passed nor failed.
//
// What constrain has added, autoif:functions, is verified by functions that a model wrote. They run in the sandbox of check_code: an answer passes that half of them
// accept and fails that all refuse; between the two it is unknown.
type CheckConstraints struct {
	Mode   string `allowed:"strict,loose"` // how answers are read
	IDs    string `yaml:"ids"`             // field with the list of instructions
	Kwargs string // field with the list of their arguments

	CPU       time.Duration `yaml:"cpu"`                               // CPU time of a function for one answer
	Isolation string        `allowed:"any,namespaces,landlock,unsafe"` // what must hold functions; any: the strongest there is, unsafe: none, on your own risk

	env      *stages.Env
	box      verifier.Box
	label    string
	detector *lingua.Detector
	read     instructionList // of the last document
	parsed   map[string]parsedInstruction
}

// instructionList are those of a document.
type instructionList struct {
	ids, kwargs []byte // the fields they were read from
	names       []string
	constraints []*constraint.Constraint // nil where there are functions or an error
	functions   [][]string
	errs        []error
}

// parsedInstruction is an instruction with its arguments, read once for all documents that have it.
type parsedInstruction struct {
	constraint *constraint.Constraint
	err        error
}

// maxParsed bounds how many instructions are kept.
const maxParsed = 4096

func (c *CheckConstraints) parse(id string, args []byte) (*constraint.Constraint, error) {
	key := id + string(args)
	p, ok := c.parsed[key]
	if !ok {
		p.constraint, p.err = constraint.Parse(id, args)
		if len(c.parsed) >= maxParsed || c.parsed == nil {
			c.parsed = map[string]parsedInstruction{}
		}
		c.parsed[key] = p
	}
	return p.constraint, p.err
}

var checkConstraintsDefaults = CheckConstraints{Mode: string(constraint.Strict), IDs: "instruction_id_list", Kwargs: "kwargs", CPU: 2 * time.Second, Isolation: "any"}

// Placed implements [stages.Placed].
func (c *CheckConstraints) Placed(label, _ string) { c.label = label }

// Validate implements [stages.Validator].
func (c *CheckConstraints) Validate() error {
	switch {
	case c.IDs == "":
		return fmt.Errorf("ids: it must name the field that lists the instructions")
	case c.Kwargs == "":
		return fmt.Errorf("kwargs: it must name the field that lists the arguments of the instructions")
	case c.IDs == c.Kwargs:
		return fmt.Errorf("ids and kwargs name the same field %q, want two", c.IDs)
	}
	return verifier.Limits(c.CPU, 1).Validate()
}

// Provision implements [stages.Provisioner]. The sandbox is opened when the first function needs it.
func (c *CheckConstraints) Provision(env *stages.Env) error {
	c.env = env
	return nil
}

// Reads implements [stages.Reader].
func (c *CheckConstraints) Reads() []string { return []string{c.IDs} }

// Apply implements [stages.Stage].
func (c *CheckConstraints) Apply(ctx context.Context, b *stages.Batch) error {
	n := map[stages.Result]int64{}
	for _, d := range b.Live() {
		if d.Kind != "" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		found := make([][]stages.Check, len(d.Answers))
		for k := range d.Answers {
			found[k] = c.Checks(d, &d.Answers[k])
		}
		if err := c.runFunctions(ctx, d, found); err != nil {
			return err
		}
		for k := range d.Answers {
			for i := range found[k] {
				n[found[k][i].Result]++
			}
			a := &d.Answers[k]
			a.Checks = append(slices.DeleteFunc(slices.Clone(a.Checks), c.ours), found[k]...)
		}
	}
	b.Count("passed", n[stages.Passed])
	b.Count("failed", n[stages.Failed])
	b.Count("unknown", n[stages.Unknown])
	return nil
}

// ours says whether a check was made by this stage, in an earlier run.
func (c *CheckConstraints) ours(k stages.Check) bool {
	return stageOf(k.Name) == c.name()
}

func (c *CheckConstraints) name() string {
	if c.label == "" {
		return "check_constraints"
	}
	return c.label
}

// Checks judges one answer: a check for each instruction of its document, in their order; those of functions are left unknown. A document whose instructions cannot be read has one, unknown.
func (c *CheckConstraints) Checks(d *stages.Document, a *stages.Answer) []stages.Check {
	if err := c.readFrom(d); err != nil {
		return []stages.Check{{Name: c.name(), Why: err.Error()}}
	}
	if c.detector == nil {
		c.detector = lingua.New()
		c.detector.Alone = true // the large models for short texts cost up to 1 GB
	}
	t := constraint.NewText(a.Text, c.detector)
	found := make([]stages.Check, len(c.read.names))
	for i := range found {
		found[i] = c.one(i, t)
		found[i].Name = c.name() + "/" + c.read.names[i]
	}
	return found
}

// one judges by one instruction. A panic says nothing about the answer.
func (c *CheckConstraints) one(i int, t *constraint.Text) (k stages.Check) {
	defer func() {
		if p := recover(); p != nil {
			k = stages.Check{Why: fmt.Sprintf("panic: %v", p)}
		}
	}()
	if err := c.read.errs[i]; err != nil {
		return stages.Check{Why: err.Error()}
	}
	if c.read.functions[i] != nil {
		return stages.Check{Why: "its functions have not run"}
	}
	f := c.read.constraints[i].Verify(t, constraint.Mode(c.Mode))
	k = stages.Check{Result: f.Result, Why: f.Why}
	if f.Result == stages.Passed {
		k.Score = 1
	}
	return k
}

// readFrom reads the instructions of a document, unless they are those of the one before.
func (c *CheckConstraints) readFrom(d *stages.Document) error {
	ids, ok := d.Fields.Raw(c.IDs)
	if !ok {
		return fmt.Errorf("there is no field %q with a list of instructions", c.IDs)
	}
	kwargs, _ := d.Fields.Raw(c.Kwargs)
	if c.read.names != nil && bytes.Equal(ids, c.read.ids) && bytes.Equal(kwargs, c.read.kwargs) {
		return nil
	}
	c.read = instructionList{}
	names, err := listOf[string](ids)
	if err != nil || len(names) == 0 {
		return fmt.Errorf("field %q is %.60s, want a list of instructions such as [\"punctuation:no_comma\"]", c.IDs, ids)
	}
	args, err := listOf[json.RawMessage](kwargs)
	switch {
	case err != nil:
		return fmt.Errorf("field %q is %.60s, want a list of objects, one for each instruction", c.Kwargs, kwargs)
	case args == nil:
		args = make([]json.RawMessage, len(names))
	case len(args) != len(names):
		return fmt.Errorf("field %q lists %d objects, field %q %d instructions", c.Kwargs, len(args), c.IDs, len(names))
	}
	r := instructionList{ids: bytes.Clone(ids), kwargs: bytes.Clone(kwargs)}
	used, again := make(map[string]bool, len(names)), map[string]int{}
	for i, id := range names {
		var k *constraint.Constraint
		var functions []string
		var err error
		if id == functionsID {
			functions, err = readFunctions(args[i])
		} else {
			k, err = c.parse(id, args[i])
		}
		r.constraints, r.functions, r.errs = append(r.constraints, k), append(r.functions, functions), append(r.errs, err)
		for used[id] {
			again[names[i]]++
			id = names[i] + "#" + strconv.Itoa(again[names[i]]+1)
		}
		used[id] = true
		r.names = append(r.names, id)
	}
	c.read = r
	return nil
}

// listOf reads a list, also one that is held as text; nil for none.
func listOf[T any](raw []byte) (list []T, err error) {
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, err
		}
		raw = []byte(s)
	}
	if len(raw) == 0 {
		return nil, nil
	}
	err = json.Unmarshal(raw, &list)
	return list, err
}
