package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Canonical writes the effective settings of the struct that ptr points to as JSON that is the same for the same settings: keys
// sorted, numbers in their shortest form, infinite bounds as ".inf" and "-.inf". It is part of a plan's keys.
//
// An [Unmarshaler] is written by its MarshalJSON, or as the struct it is; one with hidden fields and no MarshalJSON would lose them and panics.
func Canonical(ptr any) []byte {
	var b bytes.Buffer
	canonical(&b, structOf(ptr))
	return b.Bytes()
}

func canonical(b *bytes.Buffer, v reflect.Value) {
	if m, ok := marshaler(v); ok {
		raw, err := m.MarshalJSON()
		if err != nil {
			panic(fmt.Sprintf("settings: %s: %v", v.Type(), err))
		}
		b.Write(raw)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		canonicalStruct(b, v)
	case reflect.Slice, reflect.Array:
		b.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			canonical(b, v.Index(i))
		}
		b.WriteByte(']')
	case reflect.Map:
		b.WriteByte('{')
		for i, k := range sortedKeys(v) {
			if i > 0 {
				b.WriteByte(',')
			}
			writeString(b, k.String())
			b.WriteByte(':')
			canonical(b, v.MapIndex(k))
		}
		b.WriteByte('}')
	default:
		canonicalScalar(b, v)
	}
}

// flat puts what a map has taken of the keys that no other setting has beside the others, as it stands in a recipe.
func flat(fs []field) []field {
	at := slices.IndexFunc(fs, func(f field) bool { return f.rest })
	if at < 0 {
		return fs
	}
	rest := fs[at].value
	fs = slices.Delete(fs, at, at+1)
	for _, k := range sortedKeys(rest) {
		fs = append(fs, field{name: k.String(), value: rest.MapIndex(k)})
	}
	return fs
}

func canonicalStruct(b *bytes.Buffer, v reflect.Value) {
	if _, ok := hook(v); ok {
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				panic(fmt.Sprintf("settings: %s has hidden fields and needs MarshalJSON", v.Type()))
			}
		}
	}
	if !v.CanAddr() { // an element of a map
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		v = c
	}
	fs := flat(fields(v))
	slices.SortFunc(fs, func(a, b field) int { return strings.Compare(a.name, b.name) })
	b.WriteByte('{')
	first := true
	for _, f := range fs {
		if f.name == "by" && f.value.Kind() == reflect.Map && f.value.Len() == 0 {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		writeString(b, f.name)
		b.WriteByte(':')
		canonical(b, f.value)
	}
	b.WriteByte('}')
}

func canonicalScalar(b *bytes.Buffer, v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		b.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.String:
		writeString(b, v.String())
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Int16, reflect.Int8:
		b.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Float64, reflect.Float32:
		switch x := v.Float(); {
		case math.IsInf(x, 0):
			writeString(b, short(x))
		case math.IsNaN(x):
			panic("settings: a NaN among the settings")
		default:
			b.WriteString(strconv.FormatFloat(x+0, 'g', -1, 64)) // +0: one spelling of zero
		}
	default:
		panic(fmt.Sprintf("settings: %s cannot be a setting", v.Type()))
	}
}

func writeString(b *bytes.Buffer, s string) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(fmt.Sprintf("settings: %v", err))
	}
	b.Truncate(b.Len() - 1) // the encoder's line end
}

func marshaler(v reflect.Value) (json.Marshaler, bool) {
	if m, ok := v.Interface().(json.Marshaler); ok {
		return m, true
	}
	if v.CanAddr() {
		m, ok := v.Addr().Interface().(json.Marshaler)
		return m, ok
	}
	return nil, false
}

func sortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}
