package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// typed compiles a schema that says what type the value has.
func (c *compiler) typed(o schemaObject, depth int) (int32, error) {
	types, err := o.types()
	if err != nil {
		return 0, err
	}
	if len(types) == 0 {
		if _, ok := o.keys["properties"]; !ok {
			return 0, o.errorf("no type; needed is type, enum, const, anyOf or $ref")
		}
		types = []string{"object"}
	}
	allowed := []string{"type"}
	for _, t := range types {
		allowed = append(allowed, keywords[t]...)
	}
	if err := o.only(allowed...); err != nil {
		return 0, err
	}
	var kids []int32
	for _, t := range types {
		k, err := c.oneType(t, o, depth)
		if err != nil {
			return 0, err
		}
		kids = append(kids, k)
	}
	if len(kids) == 1 {
		return kids[0], nil
	}
	return c.choice(kids...), nil
}

func (c *compiler) oneType(t string, o schemaObject, depth int) (int32, error) {
	switch t {
	case "object":
		return c.object(o, depth)
	case "array":
		return c.array(o, depth)
	case "string":
		lo, hi, err := o.bounds("minLength", "maxLength")
		if err != nil {
			return 0, err
		}
		quote := c.literal(`"`)
		return c.sequence(quote, c.add(node{kind: chars, min: lo, max: hi}), quote), nil
	case "boolean":
		return c.choice(c.literal("true"), c.literal("false")), nil
	case "null":
		return c.literal("null"), nil
	}
	n, err := newNumber(o, t == "integer")
	if err != nil {
		return 0, err
	}
	return c.add(node{kind: digits, number: n}), nil
}

// bounds reads a lower and an upper bound, 0 and -1 where absent.
func (o schemaObject) bounds(low, high string) (lo, hi int32, err error) {
	var a, b float64
	if _, err := o.decode(low, &a); err != nil {
		return 0, 0, err
	}
	has, err := o.decode(high, &b)
	if err != nil {
		return 0, 0, err
	}
	for _, x := range []float64{a, b} {
		if x < 0 || x > 1<<30 || x != math.Trunc(x) {
			return 0, 0, o.errorf("%s and %s must be whole numbers from 0 to %d", low, high, 1<<30)
		}
	}
	if !has {
		return int32(a), -1, nil
	}
	if a > b {
		return 0, 0, o.errorf("%s %v exceeds %s %v", low, a, high, b)
	}
	return int32(a), int32(b), nil
}

func (c *compiler) array(o schemaObject, depth int) (int32, error) {
	lo, hi, err := o.bounds("minItems", "maxItems")
	if err != nil {
		return 0, err
	}
	raw, ok := o.keys["items"]
	if !ok {
		return 0, o.errorf("an array needs items, the schema of what is in it")
	}
	item, err := c.value(raw, o.at+"/items", depth+1)
	if err != nil {
		return 0, err
	}
	next := c.sequence(c.spaced(","), item)
	return c.sequence(c.literal("["), c.add(node{kind: array, kids: []int32{item, next}, min: lo, max: hi}), c.literal("]")), nil
}

// A property is a member that an object may or must have.
type property struct {
	name     string
	schema   json.RawMessage
	required bool
}

func (o schemaObject) properties() ([]property, error) {
	raw := o.keys["properties"]
	var ps []property
	if raw != nil {
		dec := json.NewDecoder(bytes.NewReader(raw))
		if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
			return nil, o.errorf("properties must be an object")
		}
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				return nil, o.errorf("properties: %w", err)
			}
			p := property{name: name.(string)}
			if err := dec.Decode(&p.schema); err != nil {
				return nil, o.errorf("properties: %w", err)
			}
			if slices.ContainsFunc(ps, func(q property) bool { return q.name == p.name }) {
				return nil, o.errorf("property %q stands there twice", p.name)
			}
			ps = append(ps, p)
		}
	}
	var required []string
	if _, err := o.decode("required", &required); err != nil {
		return nil, err
	}
	for _, r := range required {
		i := slices.IndexFunc(ps, func(p property) bool { return p.name == r })
		if i < 0 {
			return nil, o.errorf("required names %q, which is not in properties", r)
		}
		ps[i].required = true
	}
	return ps, nil
}

// object compiles the members from the last to the first: what may follow member i depends only on whether one was written before it.
func (c *compiler) object(o schemaObject, depth int) (int32, error) {
	var more bool
	if _, err := o.decode("additionalProperties", &more); err != nil {
		return 0, o.errorf("additionalProperties must be true or false")
	}
	ps, err := o.properties()
	if err != nil {
		return 0, err
	}
	first := c.literal("}") // what remains when no member was written yet
	later := first          // and when one was
	for i, p := range slices.Backward(ps) {
		value, err := c.value(p.schema, fmt.Sprintf("%s/properties/%s", o.at, p.name), depth+1)
		if err != nil {
			return 0, err
		}
		member := c.sequence(c.spaced(quote(p.name)+":"), value)
		here := c.sequence(member, later)
		behind := c.sequence(c.spaced(","), member, later)
		if !p.required {
			here, behind = c.choice(here, first), c.choice(behind, later)
		}
		first = here
		if i > 0 {
			later = behind
		}
	}
	return c.sequence(c.literal("{"), first), nil
}
