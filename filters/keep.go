package filters

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// Keep cuts on any fields of documents: those stay of which every field named lies within its bounds, or is one of its values.
//
//	keep: {judge_score: {min: 3}, language: [en, zh]}
//
// A field takes one of four forms:
//
//   - {min: X, max: Y}: a number within bounds, both inside, with `by:` for languages. A string that is spelled as JSON spells numbers is
//     one ("3.5", not "NaN", "1_000" or "0x1F"). Anything else under bounds is a fault: the record is quarantined, not dropped.
//   - [VALUE, …]: one of these. Numbers are compared as numbers (3 is 3.0), strings by their characters, true and false as they are
//     spelled. Of a list one element must be among them.
//   - {not: [VALUE, …]}: none of these.
//   - {match: REGEX}: a regular expression, as in pattern, matches the value somewhere; of a list, an element.
//
// A document without the field, or with null or an empty list there, goes, with "absent" as its reason; {…, absent: keep} lets it stay.
// FIELD.KEY names what is in a map, unless a field has that very name. id, source, kind and text are the document's own.
//
//	keep: {metadata.stars: {min: 10, absent: keep}, license: {not: [proprietary, unknown]}, url: {match: '^https://'}}
//
// The stage's own keys (only, drop, without, label) and `fields` cannot be fields at this place; under `fields` they can.
//
//	keep: {fields: {label: [good, fair]}}
type Keep struct {
	Fields map[string]Cut // fields whose names are keys of the stage, with their cuts
	Cuts   map[string]Cut `yaml:"FIELD,inline"` // what stays by that field: bounds, or a list of values

	names []string
	cuts  map[string]*Cut
	found []float64 // by name: of the document at hand
}

var keepDefaults = Keep{}

// all joins what stands under fields and beside it.
func (k *Keep) all() map[string]Cut {
	out := maps.Clone(k.Cuts)
	if out == nil {
		out = map[string]Cut{}
	}
	maps.Copy(out, k.Fields)
	return out
}

// Validate implements [stages.Validator].
func (k *Keep) Validate() error {
	all := k.all()
	if len(all) == 0 {
		return errors.New("no field to cut on: write FIELD: {min: X}, or FIELD: [VALUE, …]")
	}
	if len(all) < len(k.Cuts)+len(k.Fields) {
		return errors.New("fields: a field stands both under fields and beside it")
	}
	for name, c := range all {
		if name == "" {
			return errors.New("a field without a name")
		}
		if err := c.check(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// Provision implements [stages.Provisioner].
func (k *Keep) Provision(*stages.Env) error {
	all := k.all()
	k.names, k.cuts, k.found = slices.Sorted(maps.Keys(all)), map[string]*Cut{}, make([]float64, len(all))
	for name, c := range all {
		if c.Match != "" {
			re, err := compile(c.Match)
			if err != nil {
				return fmt.Errorf("%s: match: %w", name, err)
			}
			c.re = re
		}
		k.cuts[name] = &c
	}
	return nil
}

// Reads implements [stages.Reader]: the fields, of nested ones the first part.
func (k *Keep) Reads() []string {
	var out []string
	for name, c := range k.all() {
		if c.Absent != "keep" {
			top, _, _ := strings.Cut(name, ".")
			out = append(out, top)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Rules implements [stages.Ruler]: one for each field, in the order of their names.
func (k *Keep) Rules() []stages.Rule {
	all := k.all()
	var rules []stages.Rule
	for _, name := range slices.Sorted(maps.Keys(all)) {
		c := all[name]
		setting := name
		if _, under := k.Fields[name]; under {
			setting = "fields." + name
		}
		rules = append(rules, stages.Rule{Name: name, Keep: c.Range, Setting: setting, Doc: "The field " + name + " is " + c.String() + "."})
	}
	return rules
}

// Switches implements [stages.Switcher]: a field can be left out.
func (k *Keep) Switches() []string { return slices.Sorted(maps.Keys(k.all())) }

// Without implements [stages.Switcher].
func (k *Keep) Without(name string) {
	k.Cuts, k.Fields = maps.Clone(k.Cuts), maps.Clone(k.Fields)
	for _, m := range []map[string]Cut{k.Cuts, k.Fields} {
		if c, ok := m[name]; ok {
			c.off = true
			m[name] = c
		}
	}
}

// Map implements [stages.Mapper]. What is behind the first field by which a document goes is looked at too, for [Keep.Measured]; a fault there is none of the document's.
func (k *Keep) Map(d *stages.Document, t *text.View) (stages.Verdict, error) {
	verdict := stages.Verdict{}
	for i, name := range k.names {
		v, x, err := k.judge(d, name, t.Language())
		if err != nil && verdict.Rule == "" {
			return verdict, fmt.Errorf("field %s: %w", name, err)
		}
		k.found[i] = x
		if verdict.Rule == "" {
			verdict = v
		}
	}
	return verdict, nil
}

// judge holds a field of a document against its cut, and returns the number there: NaN of what no other bound lets stay, stages.NA of what stays without one.
func (k *Keep) judge(d *stages.Document, name, language string) (v stages.Verdict, x float64, err error) {
	c := k.cuts[name]
	if c.off {
		return v, stages.NA, nil
	}
	raw, err := fieldRaw(d, name)
	if err != nil {
		return v, math.NaN(), err
	}
	fit, x, err := c.judge(raw, language)
	switch {
	case err != nil:
		return v, math.NaN(), err
	case fit == fieldMissing:
		return stages.Verdict{Rule: name, Why: "absent"}, math.NaN(), nil
	case fit == fieldMisfits && c.Open():
		return stages.Verdict{Rule: name, Why: shown(string(raw))}, math.NaN(), nil
	case fit == fieldMisfits:
		v = stages.Verdict{Rule: name, Value: x}
	case c.Open():
		x = stages.NA
	}
	return v, x, nil
}

// Measures implements [stages.Noter].
func (k *Keep) Measures() int { return len(k.all()) }

// Measured implements [stages.Measurer]: the number in a field under bounds, and NaN where a field is absent or holds no value that stays.
func (k *Keep) Measured(m []float64) {
	for i, x := range k.found {
		if !stages.IsNA(x) {
			m[i] = x
		}
	}
}

// Interface guards.
var (
	_ stages.Mapper      = (*Keep)(nil)
	_ stages.Validator   = (*Keep)(nil)
	_ stages.Provisioner = (*Keep)(nil)
	_ stages.Reader      = (*Keep)(nil)
	_ stages.Ruler       = (*Keep)(nil)
	_ stages.Measurer    = (*Keep)(nil)
	_ stages.Switcher    = (*Keep)(nil)
)
