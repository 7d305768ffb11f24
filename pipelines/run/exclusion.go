package run

import (
	"math"
	"strconv"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/jsontext"
)

// An Exclusion is one line of _winnow/excluded: a document that was removed, by whom, and why.
type Exclusion struct {
	ID     string   `json:"id"`
	File   string   `json:"file"`
	Row    int64    `json:"row"`
	Source string   `json:"source"`
	Label  string   `json:"label"`
	Stage  string   `json:"stage"`
	Rule   string   `json:"rule"`
	Value  *float64 `json:"value"`
	Min    *float64 `json:"min,omitempty"`
	Max    *float64 `json:"max,omitempty"`
	Kept   string   `json:"kept,omitempty"`
	Why    string   `json:"why,omitempty"`
}

// An exclusionLine writes exclusions in memory that it uses again: most documents of a run may end here.
type exclusionLine struct {
	Exclusion
	value, min, max float64
	line            []byte
}

// describe describes a drop of d by s.
func (l *exclusionLine) describe(d *stages.Document, s *ruleSet, v stages.Verdict) {
	l.Exclusion = Exclusion{
		ID: d.ID, File: d.At.File, Row: d.At.Row, Source: d.Source,
		Label: s.label, Stage: s.name, Rule: v.Rule, Value: number(&l.value, v.Value), Kept: v.Kept, Why: v.Why,
	}
	for i := range s.rules {
		r := &s.rules[i]
		if r.Name == v.Rule {
			language, _ := d.Fields.Text("language")
			keep := r.Keep.For(language)
			l.Min, l.Max = number(&l.min, keep.Min), number(&l.max, keep.Max)
		}
	}
}

// number keeps x in to, or returns nil where JSON has no spelling for it.
func number(to *float64, x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	*to = x
	return to
}

// json returns the line, with its end. It is valid until the next.
func (l *exclusionLine) json() []byte {
	b := l.line[:0]
	text := func(name, s string) { b = jsontext.AppendHTML(append(b, name...), s) }
	text(`{"id":`, l.ID)
	text(`,"file":`, l.File)
	b = strconv.AppendInt(append(b, `,"row":`...), l.Row, 10)
	text(`,"source":`, l.Source)
	text(`,"label":`, l.Label)
	text(`,"stage":`, l.Stage)
	text(`,"rule":`, l.Rule)
	b = appendNumber(append(b, `,"value":`...), l.Value)
	if l.Min != nil {
		b = appendNumber(append(b, `,"min":`...), l.Min)
	}
	if l.Max != nil {
		b = appendNumber(append(b, `,"max":`...), l.Max)
	}
	if l.Kept != "" {
		text(`,"kept":`, l.Kept)
	}
	if l.Why != "" {
		text(`,"why":`, l.Why)
	}
	l.line = append(b, '}', '\n')
	return l.line
}

// appendNumber appends a finite number; nil is null.
func appendNumber(dst []byte, x *float64) []byte {
	if x == nil {
		return append(dst, "null"...)
	}
	return jsontext.AppendNumber(dst, *x)
}
