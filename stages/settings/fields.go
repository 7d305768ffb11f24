package settings

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/winnow-data/winnow/stages"
)

// A Setting describes one setting of a component, for docs, `winnow stages NAME` and the editor schema.
type Setting struct {
	Name    string
	Field   string         // the Go field, to find its comment; empty for what a type describes itself
	Type    string         // in words: "bounds", "a count such as 10k"
	Default string         // as a recipe would spell it
	Allowed []string       // the values, or the bounds
	Schema  map[string]any // JSON Schema 2020-12
	Rest    bool           // stands for every key that no other setting has
}

// Fields lists the settings of the struct that ptr points to, in the order of the struct; its values are the defaults.
func Fields(ptr any) []Setting {
	fs := fields(structOf(ptr))
	out := make([]Setting, len(fs))
	for i, f := range fs {
		v, value := f.value, spelled(f.value)
		if f.rest {
			v, value = fresh(f.value.Type().Elem()), ""
		}
		d := describe(v, f.allowed)
		out[i] = Setting{f.name, f.goName, d.Type, value, d.Allowed, d.Schema, f.rest}
		if f.owner != nil && f.name == "by" {
			out[i].Type, out[i].Schema = "bounds by language", bySchema()
		}
	}
	return out
}

// Paths lists the files that the settings name, in the order of the struct; empty ones are left out.
func Paths(ptr any) []stages.Path {
	var out []stages.Path
	walk(structOf(ptr), func(v reflect.Value) {
		if v.Type() == pathType && v.String() != "" {
			out = append(out, stages.Path(v.String()))
		}
	})
	return out
}

func walk(v reflect.Value, visit func(reflect.Value)) {
	visit(v)
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("yaml") != "-" {
				walk(v.Field(i), visit)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), visit)
		}
	case reflect.Map:
		for _, k := range sortedKeys(v) {
			walk(v.MapIndex(k), visit)
		}
	}
}

type kind struct {
	words  string
	schema map[string]any
}

const (
	numberPattern = `^[-+]?[0-9.]+(e[-+]?[0-9]+)?[%kMBT]?$|^[-+]?\.(inf|Inf|INF)$|^0[xo][0-9a-fA-F]+$`
	countPattern  = `^\+?[0-9.]+[kMBT]?$`
	bytesPattern  = `^\+?[0-9.]+(B|[kMGT]B|[KMGT]iB)?$`
	sharePattern  = `^\+?[0-9.]+%?$`
	timePattern   = `^\+?([0-9.]+(ns|us|µs|μs|ms|s|m|h))+$|^0$`
)

// oneOf is a number or a string of the given form: how YAML hands a value with a unit to an editor's validator.
func oneOf(number, pattern string) map[string]any {
	return map[string]any{"anyOf": []any{map[string]any{"type": number}, map[string]any{"type": "string", "pattern": pattern}}}
}

// kindOf names the kinds that are written as one value.
func kindOf(t reflect.Type) kind {
	switch t {
	case countType:
		return kind{"a count such as 10k", oneOf("integer", countPattern)}
	case bytesType:
		return kind{"a size such as 256MiB", oneOf("integer", bytesPattern)}
	case shareType:
		return kind{"a share such as 1% or 0.01", oneOf("number", sharePattern)}
	case timeType:
		return kind{"a time span such as 30s", map[string]any{"anyOf": []any{map[string]any{"const": 0}, map[string]any{"type": "string", "pattern": timePattern}}}}
	case pathType:
		return kind{"a file", map[string]any{"type": []any{"string", "number"}}}
	}
	switch t.Kind() {
	case reflect.Bool:
		return kind{"true or false", map[string]any{"type": "boolean"}}
	case reflect.String:
		return kind{"text", map[string]any{"type": []any{"string", "number"}}}
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Int16, reflect.Int8:
		return kind{"a whole number", map[string]any{"type": "integer"}}
	case reflect.Float64, reflect.Float32:
		return kind{"a number", oneOf("number", numberPattern)}
	}
	panic(fmt.Sprintf("settings: %s cannot be a setting", t))
}

func describe(v reflect.Value, allowed string) Description {
	if _, ok := hook(v); ok {
		if v.Addr().Type().Implements(describeType) {
			d := v.Addr().Interface().(Describer).DescribeSetting()
			if d.Schema == nil {
				d.Schema = map[string]any{}
			}
			return d
		}
		return Description{Type: "a value", Schema: map[string]any{}}
	}
	t := v.Type()
	if t == rangeType {
		return Description{Type: "bounds", Allowed: ifBounds(allowed), Schema: rangeSchema()}
	}
	switch t.Kind() {
	case reflect.Struct:
		return Description{Type: "a map", Schema: ObjectSchema(fieldsOf(v))}
	case reflect.Slice:
		e := describe(fresh(t.Elem()), allowed)
		return Description{Type: "a list of " + e.Type, Allowed: e.Allowed, Schema: map[string]any{"type": "array", "items": e.Schema}}
	case reflect.Map:
		e := describe(fresh(t.Elem()), allowed)
		return Description{Type: "a map from names to " + e.Type, Allowed: e.Allowed, Schema: map[string]any{"type": "object", "additionalProperties": e.Schema}}
	}
	k := kindOf(t)
	d := Description{Type: k.words, Schema: k.schema}
	if t.Kind() == reflect.String {
		if d.Allowed = values(allowed); d.Allowed != nil {
			d.Schema = map[string]any{"enum": d.Allowed}
		}
		return d
	}
	d.Allowed = ifBounds(allowed)
	return d
}

func ifBounds(allowed string) []string {
	if allowed == "" {
		return nil
	}
	return []string{interval(bounds(allowed))}
}

func fieldsOf(v reflect.Value) []Setting { return Fields(v.Addr().Interface()) }

// ObjectSchema is the schema of a map that has these settings and no other key, unless one of them stands for the others.
func ObjectSchema(fs []Setting) map[string]any {
	properties := map[string]any{}
	var others any = false
	for _, f := range fs {
		if f.Rest {
			others = f.Schema
			continue
		}
		properties[f.Name] = f.Schema
	}
	return map[string]any{"type": "object", "properties": properties, "additionalProperties": others}
}

func rangeSchema() map[string]any {
	number := oneOf("number", numberPattern)
	return map[string]any{
		"type":                 "object",
		"properties":           map[string]any{"min": number, "max": number, "by": bySchema()},
		"additionalProperties": false,
	}
}

func bySchema() map[string]any {
	number := oneOf("number", numberPattern)
	return map[string]any{
		"type":          "object",
		"propertyNames": map[string]any{"pattern": "^[a-z]{2,3}$"},
		"additionalProperties": map[string]any{
			"type":                 "object",
			"properties":           map[string]any{"min": number, "max": number},
			"additionalProperties": false,
		},
	}
}

// spelled writes a value as a recipe would.
func spelled(v reflect.Value) string {
	if v.CanAddr() {
		if s, ok := v.Addr().Interface().(fmt.Stringer); ok && v.Type() != timeType {
			return s.String()
		}
	}
	switch v.Type() {
	case countType:
		return counted(v.Int(), []unit{{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "k"}})
	case bytesType:
		return counted(v.Int(), []unit{{1 << 40, "TiB"}, {1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}})
	case timeType:
		return shortTime(time.Duration(v.Int()))
	case rangeType:
		return spelledRange(v.Interface().(stages.Range))
	}
	return yamlOf(v)
}

type unit struct {
	size int64
	name string
}

func counted(x int64, units []unit) string {
	for _, u := range units {
		if x != 0 && x%u.size == 0 {
			return strconv.FormatInt(x/u.size, 10) + u.name
		}
	}
	return strconv.FormatInt(x, 10)
}

func shortTime(d time.Duration) string {
	for _, u := range []struct {
		size time.Duration
		name string
	}{{time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if d != 0 && d%u.size == 0 {
			return strconv.FormatInt(int64(d/u.size), 10) + u.name
		}
	}
	return d.String()
}

func spelledRange(r stages.Range) string {
	s := ""
	add := func(part string) {
		if s != "" {
			s += ", "
		}
		s += part
	}
	if !math.IsInf(r.Min, -1) {
		add("min: " + short(r.Min))
	}
	if !math.IsInf(r.Max, 1) {
		add("max: " + short(r.Max))
	}
	if len(r.By) > 0 {
		by := ""
		for _, k := range sortedKeys(reflect.ValueOf(r.By)) {
			if by != "" {
				by += ", "
			}
			by += k.String() + ": " + spelledRange(stages.Range{Min: r.By[k.String()].Min, Max: r.By[k.String()].Max})
		}
		add("by: {" + by + "}")
	}
	return "{" + s + "}"
}

// short writes a number as YAML does, whole ones without an exponent.
func short(x float64) string {
	switch {
	case math.IsInf(x, 1):
		return ".inf"
	case math.IsInf(x, -1):
		return "-.inf"
	case x == math.Trunc(x) && math.Abs(x) < 1e15:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
