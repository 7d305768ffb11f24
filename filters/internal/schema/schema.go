// Package schema checks JSON values that a model has written against a JSON Schema, of the part of draft 2020-12 that says what a
// reply looks like: type, properties, required, additionalProperties (true or false), items, enum, const, anyOf, and the bounds of numbers, strings and
// lists. A keyword beyond these is an error when the schema is read, never passed over.
package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Schema says which values are allowed.
type Schema struct {
	types      []string
	properties []property
	required   []string
	closed     bool // no properties but those named
	items      *Schema
	any        []*Schema // anyOf
	values     []any     // enum, const
	min, max   *float64
	above      *float64 // exclusiveMinimum
	below      *float64 // exclusiveMaximum
	minLength  int
	maxLength  int // -1: none
	minItems   int
	maxItems   int // -1: none
}

type property struct {
	name   string
	schema *Schema
}

// maxDepth bounds the nesting of schemas and of values.
const maxDepth = 32

var types = []string{"object", "array", "string", "integer", "number", "boolean", "null"}

// Parse reads a schema.
func Parse(data []byte) (*Schema, error) {
	if !json.Valid(data) {
		var v any
		return nil, fmt.Errorf("no JSON: %w", json.Unmarshal(data, &v))
	}
	return parse(data, "", 0)
}

func parse(data []byte, at string, depth int) (*Schema, error) {
	where := at
	if where == "" {
		where = "the schema"
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("%s: nested deeper than %d", where, maxDepth)
	}
	members, err := object(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	s := &Schema{maxLength: -1, maxItems: -1}
	for _, m := range members {
		if err := s.keyword(m.name, m.raw, at, depth); err != nil {
			return nil, err
		}
	}
	for _, r := range s.required {
		if s.closed && !slices.ContainsFunc(s.properties, func(p property) bool { return p.name == r }) {
			return nil, fmt.Errorf("%s: %q is required and not among the properties", where, r)
		}
	}
	return s, nil
}

// keyword reads one member of a schema.
func (s *Schema) keyword(name string, raw []byte, at string, depth int) error {
	here := strings.TrimPrefix(at+"."+name, ".")
	fail := func(err error) error {
		if err == nil {
			return nil
		}
		return fmt.Errorf("%s: %w", here, err)
	}
	switch name {
	case "type":
		if json.Unmarshal(raw, &s.types) != nil {
			s.types = []string{""}
			if err := json.Unmarshal(raw, &s.types[0]); err != nil {
				return fail(err)
			}
		}
		for _, t := range s.types {
			if !slices.Contains(types, t) {
				return fail(fmt.Errorf("%q is no type: allowed are %s", t, strings.Join(types, ", ")))
			}
		}
	case "properties":
		members, err := object(raw)
		if err != nil {
			return fail(err)
		}
		for _, m := range members {
			p, err := parse(m.raw, here+"."+m.name, depth+1)
			if err != nil {
				return err
			}
			s.properties = append(s.properties, property{m.name, p})
		}
	case "required":
		return fail(json.Unmarshal(raw, &s.required))
	case "additionalProperties":
		open := true
		err := json.Unmarshal(raw, &open)
		s.closed = !open
		return fail(err)
	case "items":
		items, err := parse(raw, here, depth+1)
		s.items = items
		return err
	case "anyOf":
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil || len(list) == 0 {
			return fail(errors.New("want a list of schemas"))
		}
		for i, one := range list {
			a, err := parse(one, fmt.Sprintf("%s[%d]", here, i), depth+1)
			if err != nil {
				return err
			}
			s.any = append(s.any, a)
		}
	case "enum":
		return fail(unmarshal(raw, &s.values))
	case "const":
		s.values = make([]any, 1)
		return fail(unmarshal(raw, &s.values[0]))
	case "minimum":
		return fail(json.Unmarshal(raw, &s.min))
	case "maximum":
		return fail(json.Unmarshal(raw, &s.max))
	case "exclusiveMinimum":
		return fail(json.Unmarshal(raw, &s.above))
	case "exclusiveMaximum":
		return fail(json.Unmarshal(raw, &s.below))
	case "minLength":
		return fail(json.Unmarshal(raw, &s.minLength))
	case "maxLength":
		return fail(json.Unmarshal(raw, &s.maxLength))
	case "minItems":
		return fail(json.Unmarshal(raw, &s.minItems))
	case "maxItems":
		return fail(json.Unmarshal(raw, &s.maxItems))
	case "$schema", "$id", "$comment", "title", "description", "examples", "default":
	default:
		return fail(errors.New("the keyword is not understood: type, properties, required, additionalProperties, items, anyOf, enum, const and bounds are"))
	}
	return nil
}

// Object says whether all that is allowed is objects.
func (s *Schema) Object() bool { return len(s.types) == 1 && s.types[0] == "object" }

// Properties names the properties, in the schema's order.
func (s *Schema) Properties() []string {
	names := make([]string, len(s.properties))
	for i, p := range s.properties {
		names[i] = p.name
	}
	return names
}

// Types says which type a property has as a column: string, int, float or bool. Those with several types, or others, are left out.
func (s *Schema) Types() map[string]string {
	words := map[string]string{"string": "string", "integer": "int", "number": "float", "boolean": "bool"}
	out := map[string]string{}
	for _, p := range s.properties {
		if len(p.schema.types) == 1 && words[p.schema.types[0]] != "" {
			out[p.name] = words[p.schema.types[0]]
		}
	}
	return out
}

// Check says what is wrong with a value.
func (s *Schema) Check(raw []byte) error {
	var v any
	if err := unmarshal(raw, &v); err != nil {
		return fmt.Errorf("no JSON: %w", err)
	}
	return s.check(v, "the reply", 0)
}

func (s *Schema) check(v any, at string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%s is nested deeper than %d", at, maxDepth)
	}
	if len(s.types) > 0 && !slices.ContainsFunc(s.types, func(t string) bool { return is(v, t) }) {
		return fmt.Errorf("%s is not of type %s", at, strings.Join(s.types, " or "))
	}
	if s.values != nil && !slices.ContainsFunc(s.values, func(w any) bool { return same(v, w) }) {
		return fmt.Errorf("%s is none of the values allowed", at)
	}
	if s.any != nil && !slices.ContainsFunc(s.any, func(a *Schema) bool { return a.check(v, at, depth+1) == nil }) {
		return fmt.Errorf("%s fits none of anyOf", at)
	}
	switch v := v.(type) {
	case map[string]any:
		return s.members(v, at, depth)
	case []any:
		if len(v) < s.minItems || s.maxItems >= 0 && len(v) > s.maxItems {
			return fmt.Errorf("%s has %d items", at, len(v))
		}
		free := s.items
		if free == nil {
			free = anything
		}
		for i, item := range v {
			if err := free.check(item, fmt.Sprintf("%s[%d]", at, i), depth+1); err != nil {
				return err
			}
		}
	case string:
		if n := utf8.RuneCountInString(v); n < s.minLength || s.maxLength >= 0 && n > s.maxLength {
			return fmt.Errorf("%s has %d characters", at, n)
		}
	case json.Number:
		x, err := v.Float64()
		if err != nil || s.min != nil && x < *s.min || s.max != nil && x > *s.max || s.above != nil && x <= *s.above || s.below != nil && x >= *s.below {
			return fmt.Errorf("%s is %s: out of bounds", at, v)
		}
	}
	return nil
}

var anything = &Schema{maxLength: -1, maxItems: -1}

func (s *Schema) members(v map[string]any, at string, depth int) error {
	for _, r := range s.required {
		if _, ok := v[r]; !ok {
			return fmt.Errorf("%s has no %q", at, r)
		}
	}
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		k := slices.IndexFunc(s.properties, func(p property) bool { return p.name == name })
		of := anything
		switch {
		case k >= 0:
			of = s.properties[k].schema
		case s.closed:
			return fmt.Errorf("%s has %q, which the schema does not", at, name)
		}
		if err := of.check(v[name], at+"."+name, depth+1); err != nil {
			return err
		}
	}
	return nil
}
