package dedup

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/winnow-data/winnow/dedup/internal/signature"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

// DatatroveExact removes documents that are identical in their text, or in one field, and keeps the one that datatrove 0.10.1 keeps with its three
// steps of exact deduplication. It writes `duplicate_count` on those that stay: how many were removed in their favour.
//
// Equality is equality of the hash, as there. Of equal documents the one with the highest priority stays, of equal ones that with the lowest
// number in its file, where the peer's tasks read one file each. Where copies have the same number in different files, the state of the peer's
// queue decides, which is followed here, as one worker of its second step has it.
//
// `of` is the peer's `content_getter`, `priority` its `document_priority`: a field with a whole number, or the length of a field in characters.
//
//	dedup_exact@datatrove: {of: url, priority: {length: text}}
//
// Known differences:
//
//   - Priorities go from 1 to 65,535; what is less or no number counts as 1, what is more as 65,535, where the peer stops.
//
//   - A document without the field `of` is identical to none; the peer's function would raise.
//
//   - A text of white space alone never comes so far: rule `empty` drops it.
//
//   - The peer's index of earlier runs is left out.
type DatatroveExact struct {
	Of       string   // what must be identical: text, or a field such as url
	Priority Priority // who survives: first, the one with the greatest number in a FIELD, or the longest {length: FIELD}; of equals the first
	Hash     string   `allowed:"xxhash64,sha1_64,xxhash32,sha1_32"` // hash that is compared

	hash  func([]byte) uint64
	inner *Exact
}

var datatroveExact = DatatroveExact{Of: "text", Hash: "xxhash64"}

// Rules implements stages.Ruler.
func (e *DatatroveExact) Rules() []stages.Rule {
	return []stages.Rule{{
		Name: "duplicate", Keep: stages.AtMost(0),
		Doc: "1 for a document whose text or field has the hash of one that stays",
	}}
}

// Reads implements stages.Reader.
func (e *DatatroveExact) Reads() []string { return reads(Keep{Field: e.Priority.Field}, e.Of) }

// Writes implements stages.Writer.
func (e *DatatroveExact) Writes() []string { return []string{duplicateCount} }

// Types implements stages.Typed.
func (e *DatatroveExact) Types() map[string]string { return map[string]string{duplicateCount: "int"} }

const duplicateCount = "duplicate_count"

// Validate implements stages.Validator.
func (e *DatatroveExact) Validate() error {
	switch {
	case e.Of == "":
		return errors.New("of: no field named: text, or a field such as url")
	case signature.Hash(e.Hash) == nil:
		return fmt.Errorf("hash: %q is not one of %s", e.Hash, strings.Join(signature.Hashes, ", "))
	}
	return nil
}

// Provision implements stages.Provisioner.
func (e *DatatroveExact) Provision(*stages.Env) error {
	e.hash = signature.Hash(e.Hash)
	e.inner = &Exact{Of: e.Of, peer: e}
	return nil
}

// Phases implements stages.Barrier.
func (e *DatatroveExact) Phases() []stages.Phase {
	return []stages.Phase{
		{Name: "scan", Looks: true, Pass: e.inner.scan},
		{Name: "resolve", Work: e.resolve}, // one task, as the order of the peer's queue follows from all documents
		{Name: "cut", Pass: e.cut},
	}
}

func (e *DatatroveExact) cut(t *stages.Task) (stages.Stage, error) {
	inner, err := e.inner.cut(t)
	if err != nil {
		return nil, err
	}
	return newCountingCut(t, inner.(*cut))
}

// head begins the row of a document in the table of a scan: its hash, its priority, where it stands in its file.
func (e *DatatroveExact) head(dst []byte, d *stages.Document, value string, at filePlace) (_ []byte, ranked bool) {
	h := e.hash([]byte(value))
	if signature.Narrow(e.Hash) {
		h <<= 32 // tasks share the hashes by their first bytes
	}
	priority, ranked := e.Priority.of(d)
	dst = binary.BigEndian.AppendUint64(dst, h)
	dst = binary.BigEndian.AppendUint64(dst, 0)
	dst = append(dst, 1)
	dst = binary.BigEndian.AppendUint64(dst, math.MaxUint64-priority)
	dst = binary.BigEndian.AppendUint32(dst, at.run)
	dst = binary.BigEndian.AppendUint32(dst, at.ordinal)
	dst = binary.BigEndian.AppendUint64(dst, 0)
	return binary.BigEndian.AppendUint64(dst, 0), ranked
}

// A Priority says which of several identical documents stays.
type Priority struct {
	Field  string // empty: all are equal, and the first stays
	Length bool   // by the length of the field, in characters, not by the number in it
}

// UnmarshalSetting implements settings.Unmarshaler.
func (p *Priority) UnmarshalSetting(n *settings.Node) error {
	switch {
	case n.Kind == settings.Scalar:
		length, field, ok := strings.Cut(n.Text, ":") // `--set dedup_exact@datatrove.priority=length:id`
		if !ok {
			*p = Priority{}
			if n.Text != priorityFirst {
				p.Field = n.Text
			}
			return nil
		}
		if length == "length" {
			*p = Priority{Field: strings.TrimSpace(field), Length: true}
			return nil
		}
	case n.Kind == settings.Map && len(n.Pairs) == 1 && n.Pairs[0].Key.Text == "length" && n.Pairs[0].Value.Kind == settings.Scalar:
		*p = Priority{Field: n.Pairs[0].Value.Text, Length: true}
		return nil
	}
	return fmt.Errorf("%s: a priority is first, a field with a number, or {length: FIELD}", n.Is())
}

// DescribeSetting implements settings.Describer.
func (p *Priority) DescribeSetting() settings.Description {
	return settings.Description{
		Type: "who survives", Allowed: []string{priorityFirst, "FIELD", "{length: FIELD}"},
		Schema: map[string]any{"anyOf": []any{
			map[string]any{"type": "string"},
			map[string]any{
				"type": "object", "additionalProperties": false, "required": []string{"length"},
				"properties": map[string]any{"length": map[string]any{"type": "string"}},
			},
		}},
	}
}

// String returns the priority as it is written in a recipe.
func (p Priority) String() string {
	switch {
	case p.Length:
		return "{length: " + p.Field + "}"
	case p.Field == "":
		return priorityFirst
	}
	return p.Field
}

// priorityFirst is the word for no priority.
const priorityFirst = "first"

// of returns the priority of a document, 1 to 65,535; ok is false where it has none that is readable.
func (p Priority) of(d *stages.Document) (priority uint64, ok bool) {
	if p.Field == "" {
		return 1, true
	}
	s, ok := d.Field(p.Field)
	if !ok {
		return 1, false
	}
	x := float64(utf8.RuneCountInString(s))
	if !p.Length {
		var err error
		if x, err = strconv.ParseFloat(s, 64); err != nil || math.IsNaN(x) {
			return 1, false
		}
	}
	return uint64(min(max(x, 1), math.MaxUint16)), true
}

var (
	_ stages.Barrier     = (*DatatroveExact)(nil)
	_ stages.Validator   = (*DatatroveExact)(nil)
	_ stages.Provisioner = (*DatatroveExact)(nil)
	_ stages.Ruler       = (*DatatroveExact)(nil)
	_ stages.Reader      = (*DatatroveExact)(nil)
	_ stages.Writer      = (*DatatroveExact)(nil)
	_ stages.Typed       = (*DatatroveExact)(nil)
)
