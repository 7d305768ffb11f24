package filters

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	re2 "github.com/wasilibs/go-re2"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

// A Cut says which documents stay by one field: bounds for a number, or a list of values; and what becomes of those without the field.
type Cut struct {
	cut
	re  *re2.Regexp
	off bool // left out by `without`
}

type cut struct {
	stages.Range
	Values []string `yaml:"-"`
	Not    []string
	Match  string
	Absent string `allowed:"drop,keep"`
}

var cutForms = []string{"{min: X, max: Y}", "[VALUE, …]", "{not: [VALUE, …]}", "{match: REGEX}"}

// UnmarshalSetting implements [settings.Unmarshaler].
func (c *Cut) UnmarshalSetting(n *settings.Node) error {
	c.cut = cut{Range: stages.Any, Absent: "drop"}
	switch n.Kind {
	case settings.Scalar:
		return fmt.Errorf("%s, want bounds or a list of values: write [%s]", n.Is(), n.Raw)
	case settings.Null:
		return errors.New("nothing, want bounds or a list of values")
	case settings.List:
		for _, item := range n.Items {
			if item.Kind != settings.Scalar {
				return settings.ErrorAt(item, "%s in the list, want a value; what documents without the field do, {absent: keep} says", item.Is())
			}
			c.Values = append(c.Values, item.Text)
		}
		if len(c.Values) == 0 {
			return errors.New("no values: no document would stay")
		}
		return nil
	}
	if err := settings.AsError(settings.Decode(n, &c.cut)); err != nil {
		return err
	}
	return c.check()
}

// check says whether exactly one of bounds, not and match is given.
func (c *Cut) check() error {
	given := 0
	for _, is := range []bool{!c.Open(), len(c.Not) > 0, c.Match != ""} {
		if is {
			given++
		}
	}
	switch {
	case given == 0 && len(c.Values) == 0:
		return errors.New("no bound, no value and no expression: every document that has the field would stay")
	case given > 1:
		return errors.New("bounds, not and match exclude each other: a number has bounds, a text has the others")
	case c.Match != "":
		if _, err := compile(c.Match); err != nil {
			return fmt.Errorf("match: %w", err)
		}
	}
	return nil
}

// DescribeSetting implements [settings.Describer].
func (c *Cut) DescribeSetting() settings.Description {
	shape := cut{Range: stages.Any, Absent: "drop"}
	scalar := map[string]any{"type": []string{"string", "number", "boolean"}}
	return settings.Description{
		Type: "bounds, or a list of values", Allowed: cutForms,
		Schema: map[string]any{"anyOf": []any{
			map[string]any{"type": "array", "minItems": 1, "items": scalar},
			settings.ObjectSchema(settings.Fields(&shape)),
		}},
	}
}

// MarshalJSON writes the cut for a plan's key.
func (c Cut) MarshalJSON() ([]byte, error) {
	if len(c.Values) > 0 {
		return json.Marshal(c.Values)
	}
	return settings.Canonical(&c.cut), nil
}

// String is the cut as a recipe spells it.
func (c *Cut) String() string {
	switch {
	case len(c.Values) > 0:
		return "[" + strings.Join(c.Values, ", ") + "]"
	case len(c.Not) > 0:
		return "{not: [" + strings.Join(c.Not, ", ") + "]}"
	case c.Match != "":
		return fmt.Sprintf("{match: %q}", c.Match)
	}
	var bounds []string
	if !math.IsInf(c.Min, -1) {
		bounds = append(bounds, fmt.Sprintf("min: %v", c.Min))
	}
	if !math.IsInf(c.Max, 1) {
		bounds = append(bounds, fmt.Sprintf("max: %v", c.Max))
	}
	return "{" + strings.Join(bounds, ", ") + "}"
}

// What the field of one document is to a cut.
type fieldFit uint8

const (
	fieldFits fieldFit = iota
	fieldMisfits
	fieldMissing
)

// judge says whether a value stays, and which number it is, if the cut has bounds; stages.NA of none that stays. raw is JSON; nil is a field that is not there.
// An error says that the value is of a type that the cut cannot judge.
func (c *Cut) judge(raw []byte, language string) (fit fieldFit, x float64, err error) {
	v, err := fieldValues(raw)
	switch {
	case err != nil:
		return fieldFits, 0, err
	case len(v) == 0 && c.Absent == "keep":
		return fieldFits, stages.NA, nil
	case len(v) == 0:
		return fieldMissing, 0, nil
	}
	switch {
	case len(c.Values) > 0:
		return fitOf(slices.ContainsFunc(v, func(f fieldValue) bool { return f.in(c.Values) })), 0, nil
	case len(c.Not) > 0:
		return fitOf(!slices.ContainsFunc(v, func(f fieldValue) bool { return f.in(c.Not) })), 0, nil
	case c.re != nil:
		return fitOf(slices.ContainsFunc(v, func(f fieldValue) bool { return c.re.MatchString(f.text) })), 0, nil
	case raw[0] == '[':
		return fieldFits, 0, errors.New("a list, want a number for bounds")
	}
	if !v[0].isNumber {
		return fieldFits, 0, fmt.Errorf("%q is no number, want one for bounds", shown(v[0].text))
	}
	return fitOf(c.For(language).Has(v[0].number)), v[0].number, nil
}

func fitOf(stays bool) fieldFit {
	if stays {
		return fieldFits
	}
	return fieldMisfits
}
