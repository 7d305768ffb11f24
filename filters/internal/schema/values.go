package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
)

// A member is one of a JSON object's, in the order of the text.
type member struct {
	name string
	raw  json.RawMessage
}

// object takes a JSON object apart.
func object(data []byte) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("want a JSON object")
	}
	var out []member
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		m := member{name: t.(string)} // between braces a token before a value is a name
		if err := d.Decode(&m.raw); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(o member) bool { return o.name == m.name }) {
			return nil, fmt.Errorf("%q stands twice", m.name)
		}
		out = append(out, m)
	}
	return out, nil
}

// unmarshal keeps numbers as they are spelled.
func unmarshal(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows the value")
	}
	return nil
}

// is says whether a value is of a type.
func is(v any, typ string) bool {
	switch v := v.(type) {
	case map[string]any:
		return typ == "object"
	case []any:
		return typ == "array"
	case string:
		return typ == "string"
	case bool:
		return typ == "boolean"
	case json.Number:
		if typ == "integer" {
			x, err := v.Float64()
			return err == nil && x == float64(int64(x))
		}
		return typ == "number"
	}
	return v == nil && typ == "null"
}

// same compares values; numbers by what they are, not by how they are spelled.
func same(a, b any) bool {
	x, ok := a.(json.Number)
	y, ok2 := b.(json.Number)
	if ok && ok2 {
		p, err := x.Float64()
		q, err2 := y.Float64()
		return err == nil && err2 == nil && p == q
	}
	return reflect.DeepEqual(a, b)
}
