package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Compile returns the grammar of the JSON texts that a schema allows, or an error that names the place in the schema and what is wrong there.
func Compile(raw []byte) (*Grammar, error) {
	if len(raw) > maxBytes {
		return nil, fmt.Errorf("schema: %d bytes, over %d", len(raw), maxBytes)
	}
	if !json.Valid(raw) {
		var v any
		return nil, fmt.Errorf("schema: not JSON: %w", json.Unmarshal(raw, &v))
	}
	c := &compiler{root: raw}
	start, err := c.value(raw, "#", 0)
	if err != nil {
		return nil, err
	}
	return c.grammar(start)
}

type compiler struct {
	builder
	root json.RawMessage
}

// A schemaObject is one schema with its keywords, nil where absent.
type schemaObject struct {
	keys map[string]json.RawMessage
	at   string
}

var annotations = []string{
	"$comment", "$defs", "$id", "$schema", "default", "definitions", "deprecated", "description", "examples", "readOnly", "title", "writeOnly",
}

// keywords lists what each type understands besides type itself.
var keywords = map[string][]string{
	"object":  {"properties", "required", "additionalProperties"},
	"array":   {"items", "minItems", "maxItems"},
	"string":  {"minLength", "maxLength"},
	"number":  {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
	"integer": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
	"boolean": nil,
	"null":    nil,
}

var typeNames = []string{"object", "array", "string", "number", "integer", "boolean", "null"}

func (o schemaObject) errorf(format string, args ...any) error {
	return fmt.Errorf("schema: at %s: %w", o.at, fmt.Errorf(format, args...))
}

// decode reads a keyword into v where it stands there.
func (o schemaObject) decode(key string, v any) (bool, error) {
	raw, ok := o.keys[key]
	if !ok {
		return false, nil
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return false, o.errorf("%s: %w", key, err)
	}
	return true, nil
}

// only refuses keywords other than these and annotations.
func (o schemaObject) only(allowed ...string) error {
	var bad []string
	for k := range o.keys {
		if !slices.Contains(annotations, k) && !slices.Contains(allowed, k) {
			bad = append(bad, k)
		}
	}
	if len(bad) == 0 {
		return nil
	}
	slices.Sort(bad)
	return o.errorf("keyword %q is not supported here; allowed are %s", bad[0], strings.Join(allowed, ", "))
}

// value compiles one schema.
func (c *compiler) value(raw json.RawMessage, at string, depth int) (int32, error) {
	o := schemaObject{at: at}
	if c.err != nil {
		return 0, c.err // too many parts
	}
	if depth > maxDepth {
		return 0, o.errorf("deeper than %d schemas; a $ref must not lead back to itself", maxDepth)
	}
	if err := json.Unmarshal(raw, &o.keys); err != nil || o.keys == nil {
		return 0, o.errorf("a schema must be an object")
	}
	for _, special := range []struct {
		key     string
		compile func(schemaObject, int) (int32, error)
		with    []string
	}{
		{"$ref", c.reference, []string{"$ref"}},
		{"anyOf", c.anyOf, []string{"anyOf"}},
		{"const", c.constant, []string{"const", "type"}},
		{"enum", c.enum, []string{"enum", "type"}},
	} {
		if _, ok := o.keys[special.key]; ok {
			if err := o.only(special.with...); err != nil {
				return 0, err
			}
			return special.compile(o, depth)
		}
	}
	return c.typed(o, depth)
}

// reference compiles the definition that $ref names.
func (c *compiler) reference(o schemaObject, depth int) (int32, error) {
	var ref string
	if _, err := o.decode("$ref", &ref); err != nil {
		return 0, err
	}
	for _, place := range []string{"$defs", "definitions"} {
		name, ok := strings.CutPrefix(ref, "#/"+place+"/")
		if !ok {
			continue
		}
		var root map[string]json.RawMessage
		var defs map[string]json.RawMessage
		if err := json.Unmarshal(c.root, &root); err != nil {
			return 0, o.errorf("$ref: %w", err)
		}
		if root[place] != nil {
			if err := json.Unmarshal(root[place], &defs); err != nil {
				return 0, o.errorf("%s: %w", place, err)
			}
		}
		if def, ok := defs[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]; ok {
			return c.value(def, ref, depth+1)
		}
	}
	return 0, o.errorf("$ref %q names nothing; allowed are #/$defs/NAME and #/definitions/NAME", ref)
}

func (c *compiler) anyOf(o schemaObject, depth int) (int32, error) {
	var of []json.RawMessage
	if _, err := o.decode("anyOf", &of); err != nil {
		return 0, err
	}
	if len(of) == 0 {
		return 0, o.errorf("anyOf is empty")
	}
	var kids []int32
	for i, raw := range of {
		k, err := c.value(raw, fmt.Sprintf("%s/anyOf/%d", o.at, i), depth+1)
		if err != nil {
			return 0, err
		}
		kids = append(kids, k)
	}
	return c.choice(kids...), nil
}

func (c *compiler) constant(o schemaObject, _ int) (int32, error) {
	return c.values(o, []json.RawMessage{o.keys["const"]})
}

func (c *compiler) enum(o schemaObject, _ int) (int32, error) {
	var of []json.RawMessage
	if _, err := o.decode("enum", &of); err != nil {
		return 0, err
	}
	return c.values(o, of)
}

// values allows the given JSON values, written compactly, as far as they are of the schema's types.
func (c *compiler) values(o schemaObject, of []json.RawMessage) (int32, error) {
	types, err := o.types()
	if err != nil {
		return 0, err
	}
	var kids []int32
	for _, raw := range of {
		if len(types) > 0 && !slices.ContainsFunc(types, func(t string) bool { return isType(raw, t) }) {
			continue
		}
		text, err := compact(raw)
		if err != nil {
			return 0, o.errorf("%w", err)
		}
		kids = append(kids, c.literal(text))
	}
	if len(kids) == 0 {
		return 0, o.errorf("no value is left; the values must be of the schema's type")
	}
	return c.choice(kids...), nil
}

// compact is a JSON value without white space, its strings written as a model writes them: no \u003c for <.
func compact(raw json.RawMessage) (string, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	var out []byte
	var stack []byte // '{' or '['
	count := []int{0}
	dec.UseNumber()
	for {
		tok, err := dec.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return string(out), err
		}
		if d, ok := tok.(json.Delim); ok && (d == '}' || d == ']') {
			out = append(out, byte(d))
			stack, count = stack[:len(stack)-1], count[:len(count)-1]
			continue
		}
		n := &count[len(count)-1]
		if *n > 0 {
			if stack[len(stack)-1] == '{' && *n%2 == 1 {
				out = append(out, ':')
			} else {
				out = append(out, ',')
			}
		}
		*n++
		switch v := tok.(type) {
		case json.Delim:
			out = append(out, byte(v))
			stack, count = append(stack, byte(v)), append(count, 0)
		case string:
			out = append(out, quote(v)...)
		case json.Number:
			out = append(out, v...)
		default:
			out = fmt.Append(out, map[any]string{true: "true", false: "false", nil: "null"}[v])
		}
	}
}

// quote is the JSON string of s.
func quote(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}

var errSchemaType = errors.New("type must be one of " + strings.Join(typeNames, ", ") + ", or a list of these")

// types returns the schema's types, none where it says nothing.
func (o schemaObject) types() ([]string, error) {
	raw, ok := o.keys["type"]
	if !ok {
		return nil, nil
	}
	var list []string
	var one string
	if json.Unmarshal(raw, &one) == nil {
		list = []string{one}
	} else if err := json.Unmarshal(raw, &list); err != nil || len(list) == 0 {
		return nil, o.errorf("%w", errSchemaType)
	}
	for _, t := range list {
		if !slices.Contains(typeNames, t) {
			return nil, o.errorf("type %q: %w", t, errSchemaType)
		}
	}
	return list, nil
}

func isType(raw json.RawMessage, t string) bool {
	raw = bytes.TrimSpace(raw)
	switch t {
	case "object":
		return raw[0] == '{'
	case "array":
		return raw[0] == '['
	case "string":
		return raw[0] == '"'
	case "boolean":
		return raw[0] == 't' || raw[0] == 'f'
	case "null":
		return raw[0] == 'n'
	case "integer":
		return (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9') && !bytes.ContainsAny(raw, ".eE")
	}
	return raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9'
}
