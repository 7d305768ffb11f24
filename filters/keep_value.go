package filters

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// A fieldValue is what a field holds, or one element of a list there.
type fieldValue struct {
	text     string
	number   float64
	isNumber bool // a JSON number, or a string that is spelled like one
	isString bool
}

// fieldValues reads raw JSON: one value of a string, number, true or false; all of a list; none of null, an empty list, and nil.
func fieldValues(raw []byte) ([]fieldValue, error) {
	if len(raw) == 0 || raw[0] == 'n' {
		return nil, nil
	}
	switch raw[0] {
	case '{':
		return nil, errors.New("a map, want a value or a list of values; FIELD.KEY names what is in it")
	case '[':
		var items []json.RawMessage
		if err := json.Unmarshal(raw, &items); err != nil {
			return nil, err
		}
		var out []fieldValue
		for _, item := range items {
			v, err := fieldValues(item)
			if err != nil || len(v) > 1 || item[0] == '[' {
				return nil, errors.New("a list of lists or maps, want a list of values")
			}
			out = append(out, v...)
		}
		return out, nil
	}
	f := stages.Fields{{Name: "v", Raw: raw}}
	s, ok := f.Text("v")
	if !ok {
		return nil, fmt.Errorf("%s is no JSON value", shown(string(raw)))
	}
	v := fieldValue{text: s, isString: raw[0] == '"'}
	if isJSONNumber(s) {
		x, err := strconv.ParseFloat(s, 64)
		v.number, v.isNumber = x, err == nil || math.IsInf(x, 0) // beyond float64 is beyond every bound
	}
	return []fieldValue{v}, nil
}

// isJSONNumber says whether s is spelled as JSON spells numbers, so that "0x1p4", "1_000", " 5" and "NaN" are none.
func isJSONNumber(s string) bool {
	return s != "" && (s[0] == '-' || '0' <= s[0] && s[0] <= '9') && json.Valid([]byte(s))
}

// in says whether v is one of the values. Numbers are compared as such, so that 3 is 3.0; a string is compared by its characters.
func (v fieldValue) in(values []string) bool {
	for _, s := range values {
		if v.text == s {
			return true
		}
		if v.isNumber && !v.isString && isJSONNumber(s) {
			if x, err := strconv.ParseFloat(s, 64); err == nil && x == v.number {
				return true
			}
		}
	}
	return false
}

// fieldRaw returns the raw JSON of a field by the name that a recipe gives: a field of that name, or else the value on the path that the
// name is with its dots; nil if there is none. id, source, kind and text mean the document's own.
func fieldRaw(d *stages.Document, name string) ([]byte, error) {
	if raw, ok := d.Fields.Raw(name); ok {
		return raw, nil
	}
	if s, ok := d.Field(name); ok { // the document's own
		return json.Marshal(s)
	}
	top, path, nested := strings.Cut(name, ".")
	if !nested {
		return nil, nil
	}
	raw, ok := d.Fields.Raw(top)
	for ok && path != "" {
		if len(raw) == 0 || raw[0] != '{' {
			return nil, nil
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(raw, &object); err != nil {
			return nil, fmt.Errorf("%s: %w", top, err)
		}
		if whole, is := object[path]; is {
			return whole, nil
		}
		var key string
		key, path, _ = strings.Cut(path, ".")
		raw, ok = object[key], object[key] != nil
	}
	return raw, nil
}
