package schema

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

const person = `{"$schema": "x", "type": "object", "title": "t", "required": ["name"], "additionalProperties": false, "properties": {
	"name": {"type": "string", "minLength": 1, "maxLength": 3},
	"age": {"type": "integer", "minimum": 0, "exclusiveMaximum": 150},
	"tags": {"type": "array", "maxItems": 2, "items": {"enum": ["a", "b", 1]}},
	"note": {"type": ["string", "null"]},
	"size": {"anyOf": [{"type": "number", "minimum": 1}, {"const": "none"}]}}}`

func TestCheck(t *testing.T) {
	s, err := Parse([]byte(person))
	if err != nil {
		t.Fatal(err)
	}
	if !s.Object() || !slices.Equal(s.Properties(), []string{"name", "age", "tags", "note", "size"}) {
		t.Errorf("properties %v", s.Properties())
	}
	for value, want := range map[string]string{
		`{"name":"Bo"}`: "", `{"name":"世界人","age":149,"tags":["a",1.0],"note":null}`: "", `{"name":"x","age":3.0}`: "",
		`[]`: "not of type object", `{}`: `no "name"`, `{"name":""}`: "0 characters", `{"name":"abcd"}`: "4 characters", `{"name":1}`: "not of type string",
		`{"name":"x","age":150}`: "out of bounds", `{"name":"x","age":-1}`: "out of bounds", `{"name":"x","age":1.5}`: "not of type integer",
		`{"name":"x","tags":["c"]}`: "reply.tags[0] is none", `{"name":"x","tags":["a","a","a"]}`: "3 items", `{"name":"x","more":1}`: `has "more"`,
		`{"name":"x"} {}`: "no JSON", `{`: "no JSON", `{"name":"x","note":3}`: "string or null", `{"name":"x","size":"none"}`: "", `{"name":"x","size":1.5}`: "", `{"name":"x","size":0}`: "reply.size fits none",
	} {
		err := s.Check([]byte(value))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", value, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		``: "no JSON", `[]`: "want a JSON object", `{"type":"text"}`: "no type", `{"anyOf":[]}`: "want a list of schemas", `{"oneOf":[]}`: "oneOf: the keyword", `{"anyOf":[{},{"type":"x"}]}`: "anyOf[1].type", `{"properties":{"a":{"pattern":"x"}}}`: "properties.a.pattern",
		`{"type":"object","type":"array"}`: "stands twice", `{"required":["a"],"additionalProperties":false}`: "not among the properties",
		`{"items":` + strings.Repeat(`{"items":`, 40) + `{}` + strings.Repeat(`}`, 41): "nested deeper",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %q", text, err, want)
		}
	}
	s, err := Parse([]byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check([]byte(strings.Repeat("[", 40) + strings.Repeat("]", 40))); err == nil {
		t.Error("nesting without end is allowed")
	}
}

func FuzzSchema(f *testing.F) {
	f.Add(person, `{"name":"Bo"}`)
	f.Add(`{"const":{"a":[1]}}`, `{"a":[1.0]}`)
	f.Fuzz(func(t *testing.T, schema, value string) {
		s, err := Parse([]byte(schema))
		if err != nil {
			return
		}
		if s.Check([]byte(value)) == nil && !json.Valid([]byte(value)) {
			t.Errorf("%q is no JSON and fits", value)
		}
	})
}
