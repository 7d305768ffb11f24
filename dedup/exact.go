package dedup

import (
	"context"
	"errors"
	"fmt"

	"github.com/winnow-data/winnow/stages"
)

// Exact removes documents that are identical in their text, or in one field such as the url, and keeps one of each.
//
// Equality is equality of 128 bits of SHA-256: among n documents an accident has probability n²/2¹²⁹, and nobody can make one on purpose.
// Nothing is compared beyond that. A document without the field is identical to none.
type Exact struct {
	Of        string // what must be identical: text, or a field such as url
	Normalize bool   // compare in lower case and NFC, with every run of white space as one space
	Keep      Keep   // who survives: first, longest, {newest: FIELD} or {best: FIELD}
	Within    string // only documents with the same value of this field are compared; empty: all
	OnlyFrom  string // only documents of this source are removed, all others stay for reference; empty: all are removed

	peer *DatatroveExact // the preset that this works for
}

var exactDefaults = Exact{Of: "text", Keep: Keep{Policy: "first"}}

// Rules implements stages.Ruler.
func (e *Exact) Rules() []stages.Rule {
	return []stages.Rule{{
		Name: "duplicate", Keep: stages.AtMost(0),
		Doc: "1 for a document that is identical to one that stays, by SHA-256 of the text or field",
	}}
}

// Reads implements stages.Reader.
func (e *Exact) Reads() []string { return reads(e.Keep, e.Within, e.Of) }

// reads lists the fields among names that are no document's own.
func reads(k Keep, names ...string) (fields []string) {
	for _, f := range append(names, k.Field) {
		switch f {
		case "", "id", "source", "kind", "text":
		default:
			fields = append(fields, f)
		}
	}
	return fields
}

// Validate implements stages.Validator.
func (e *Exact) Validate() error {
	if e.Of == "" {
		return errors.New("of: no field named: text, or a field such as url")
	}
	return e.Keep.Validate()
}

// Phases implements stages.Barrier.
func (e *Exact) Phases() []stages.Phase {
	return []stages.Phase{
		{Name: "scan", Looks: true, Pass: e.scan},
		{Name: "resolve", Tasks: parts(64 << 20), Work: e.resolve},
		{Name: "cut", Pass: e.cut},
	}
}

func (e *Exact) cut(t *stages.Task) (stages.Stage, error) {
	counted, err := readScanned(t, t.Index)
	if err != nil {
		return nil, err
	}
	if t.Index == 0 {
		if err := e.report(t); err != nil {
			return nil, err
		}
	}
	return newCut(t, "resolve", "duplicate", counted.Documents)
}

// report puts the sums of all tasks into the facts of one.
func (e *Exact) report(t *stages.Task) error {
	total, _, err := totalScanned(t)
	if err != nil {
		return err
	}
	sum := newSummary()
	for i := range t.Files.Tasks("resolve") {
		var s Summary
		if err := readJSON(t, "resolve", i, summaryFile, &s); err != nil {
			return err
		}
		sum.add(&s)
	}
	sum.finish(total)
	t.Fact("duplicates", sum)
	return nil
}

// summaryFile holds the Summary of one resolving task.
const summaryFile = "summary"

// tooMany stops a task whose documents cannot be numbered.
func tooMany(n uint32) error {
	if n == ^uint32(0) {
		return fmt.Errorf("number documents: more than %d in one task", n)
	}
	return nil
}

var (
	_ stages.Barrier   = (*Exact)(nil)
	_ stages.Validator = (*Exact)(nil)
	_ stages.Ruler     = (*Exact)(nil)
	_ stages.Reader    = (*Exact)(nil)
)

// every returns ctx's error at every 65,536th call.
func every(ctx context.Context, n *int) error {
	*n++
	if *n&0xFFFF == 0 {
		return ctx.Err()
	}
	return nil
}
