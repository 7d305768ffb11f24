package check

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/lingua"
	"github.com/winnow-data/winnow/synth/check/constraint"
)

// Constraints judges whether an answer follows instructions about its form, such as those of IFEval: one check for each instruction, in their order.
//
//	check_constraints: {mode: loose}
//
// A document names its instructions in a list, `instruction_id_list`, and their arguments in a list of objects of the same length, `kwargs`; both names can be set. The check of
// an instruction bears the stage's label and the instruction's name: check_constraints/punctuation:no_comma.
//
// The 25 instructions of IFEval have the verdicts of lm_eval 0.4.13 (golden rows prove it), but for language, which winnow's own detector tells. Added are
// detectable_format:json_schema with the argument `schema`, the relations at most, more than and exactly, and Chinese (zh, zh-Hans, zh-Hant). Read loosely,
// an answer passes that follows an instruction without its first line, its last line or asterisks. An instruction that is not known, or whose arguments
// make no sense, is unknown: neither passed nor failed.
type Constraints struct {
	Mode   string `allowed:"strict,loose"` // how answers are read
	IDs    string `yaml:"ids"`             // field with the list of instructions
	Kwargs string // field with the list of their arguments

	label    string
	detector *lingua.Detector
	read     instructions // of the last document
	parsed   map[string]parsed
}

// instructions are those of a document.
type instructions struct {
	ids, kwargs []byte // the fields they were read from
	names       []string
	constraints []*constraint.Constraint // nil where there is an error
	errs        []error
}

// parsed is an instruction with its arguments, read once for all documents that have it.
type parsed struct {
	constraint *constraint.Constraint
	err        error
}

// maxParsed bounds how many instructions are kept.
const maxParsed = 4096

func (c *Constraints) parse(id string, args []byte) (*constraint.Constraint, error) {
	key := id + string(args)
	p, ok := c.parsed[key]
	if !ok {
		p.constraint, p.err = constraint.Parse(id, args)
		if len(c.parsed) >= maxParsed || c.parsed == nil {
			c.parsed = map[string]parsed{}
		}
		c.parsed[key] = p
	}
	return p.constraint, p.err
}

// ConstraintsDefaults are the defaults of check_constraints.
var ConstraintsDefaults = Constraints{Mode: string(constraint.Strict), IDs: "instruction_id_list", Kwargs: "kwargs"}

// Placed implements [stages.Placed].
func (c *Constraints) Placed(label, _ string) { c.label = label }

// Validate implements [stages.Validator].
func (c *Constraints) Validate() error {
	switch {
	case c.IDs == "":
		return fmt.Errorf("ids: it must name the field that lists the instructions")
	case c.Kwargs == "":
		return fmt.Errorf("kwargs: it must name the field that lists the arguments of the instructions")
	case c.IDs == c.Kwargs:
		return fmt.Errorf("ids and kwargs name the same field %q, want two", c.IDs)
	}
	return nil
}

// Reads implements [stages.Reader].
func (c *Constraints) Reads() []string { return []string{c.IDs} }

// Apply implements [stages.Stage].
func (c *Constraints) Apply(ctx context.Context, b *stages.Batch) error {
	n := map[stages.Result]int64{}
	for _, d := range b.Live() {
		if d.Kind != "" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		for k := range d.Answers {
			a := &d.Answers[k]
			found := c.Checks(d, a)
			for i := range found {
				n[found[i].Result]++
			}
			a.Checks = append(slices.DeleteFunc(slices.Clone(a.Checks), c.ours), found...)
		}
	}
	b.Count("passed", n[stages.Passed])
	b.Count("failed", n[stages.Failed])
	b.Count("unknown", n[stages.Unknown])
	return nil
}

// ours says whether a check was made by this stage, in an earlier run.
func (c *Constraints) ours(k stages.Check) bool {
	return k.Name == c.name() || len(k.Name) > len(c.name()) && k.Name[:len(c.name())+1] == c.name()+"/"
}

func (c *Constraints) name() string {
	if c.label == "" {
		return "check_constraints"
	}
	return c.label
}

// Checks judges one answer: a check for each instruction of its document, in their order. A document whose instructions cannot be read has one, unknown.
func (c *Constraints) Checks(d *stages.Document, a *stages.Answer) []stages.Check {
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
func (c *Constraints) one(i int, t *constraint.Text) (k stages.Check) {
	defer func() {
		if p := recover(); p != nil {
			k = stages.Check{Why: fmt.Sprintf("panic: %v", p)}
		}
	}()
	if err := c.read.errs[i]; err != nil {
		return stages.Check{Why: err.Error()}
	}
	f := c.read.constraints[i].Verify(t, constraint.Mode(c.Mode))
	k = stages.Check{Result: f.Result, Why: f.Why}
	if f.Result == stages.Passed {
		k.Score = 1
	}
	return k
}

// readFrom reads the instructions of a document, unless they are those of the one before.
func (c *Constraints) readFrom(d *stages.Document) error {
	ids, ok := d.Fields.Raw(c.IDs)
	if !ok {
		return fmt.Errorf("there is no field %q with a list of instructions", c.IDs)
	}
	kwargs, _ := d.Fields.Raw(c.Kwargs)
	if c.read.names != nil && bytes.Equal(ids, c.read.ids) && bytes.Equal(kwargs, c.read.kwargs) {
		return nil
	}
	c.read = instructions{}
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
	r := instructions{ids: bytes.Clone(ids), kwargs: bytes.Clone(kwargs)}
	for i, id := range names {
		k, err := c.parse(id, args[i])
		r.constraints, r.errs = append(r.constraints, k), append(r.errs, err)
		for n := 2; slices.Contains(r.names, id); n++ {
			id = names[i] + "#" + strconv.Itoa(n)
		}
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
