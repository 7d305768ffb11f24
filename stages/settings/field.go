package settings

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/winnow-data/winnow/stages"
)

var (
	rangeType    = reflect.TypeFor[stages.Range]()
	countType    = reflect.TypeFor[stages.Count]()
	bytesType    = reflect.TypeFor[stages.Bytes]()
	shareType    = reflect.TypeFor[stages.Share]()
	pathType     = reflect.TypeFor[stages.Path]()
	timeType     = reflect.TypeFor[time.Duration]()
	hookType     = reflect.TypeFor[Unmarshaler]()
	describeType = reflect.TypeFor[Describer]()
)

// A field is one setting of a struct.
type field struct {
	name    string
	value   reflect.Value
	allowed string        // the tag
	goName  string        // for docs: the Go field
	owner   *stages.Range // the range whose bounds lie flat in the struct
	rest    bool          // a map that takes the keys that no other setting has
}

// fields lists the settings of a struct, inlined ones in their place.
func fields(v reflect.Value) []field {
	var out []field
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		name, inline := strings.CutSuffix(f.Tag.Get("yaml"), ",inline")
		if !f.IsExported() || name == "-" {
			continue
		}
		if inline || f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct {
			if f.Type.Kind() == reflect.Map {
				out = append(out, field{name: name, value: v.Field(i), allowed: f.Tag.Get("allowed"), goName: f.Name, rest: true})
				continue
			}
			if f.Type.Kind() != reflect.Struct {
				panic(fmt.Sprintf("settings: %s.%s: only a struct or a map can be inlined", t, f.Name))
			}
			inner := fields(v.Field(i))
			if f.Type == rangeType {
				for j := range inner {
					inner[j].owner, inner[j].allowed = v.Field(i).Addr().Interface().(*stages.Range), f.Tag.Get("allowed")
				}
			}
			out = append(out, inner...)
			continue
		}
		if name == "" {
			name = snake(f.Name)
		}
		out = append(out, field{name: name, value: v.Field(i), allowed: f.Tag.Get("allowed"), goName: f.Name})
	}
	return out
}

// snake is the name of a Go field in recipes: MeanWord → mean_word, MaxURLs → max_urls.
func snake(s string) string {
	var b strings.Builder
	r := []rune(s)
	for i, c := range r {
		if unicode.IsUpper(c) && i > 0 {
			plural := i+2 == len(r) && r[i+1] == 's'
			next := i+1 < len(r) && unicode.IsLower(r[i+1]) && !plural
			if !unicode.IsUpper(r[i-1]) || next {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

func hook(v reflect.Value) (Unmarshaler, bool) {
	if v.CanAddr() && v.Addr().Type().Implements(hookType) {
		return v.Addr().Interface().(Unmarshaler), true
	}
	return nil, false
}

// values are the strings that an allowed tag lists; nil without one.
func values(tag string) []string {
	if tag == "" {
		return nil
	}
	return strings.Split(tag, ",")
}

// bounds are the numbers of a tag "0..1"; either side may be missing.
func bounds(tag string) stages.Range {
	r := stages.Any
	if tag == "" {
		return r
	}
	lo, hi, ok := strings.Cut(tag, "..")
	if !ok {
		panic(fmt.Sprintf("settings: the tag allowed:%q is no interval such as 0..1", tag))
	}
	for s, p := range map[string]*float64{lo: &r.Min, hi: &r.Max} {
		if s == "" {
			continue
		}
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			panic(fmt.Sprintf("settings: the tag allowed:%q: %v", tag, err))
		}
		*p = x
	}
	return r
}

// structOf returns the settings struct that ptr points to, for the exported functions.
func structOf(ptr any) reflect.Value {
	v := reflect.ValueOf(ptr)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		panic(fmt.Sprintf("settings: %T is no pointer to a struct", ptr))
	}
	return v.Elem()
}

// fresh returns a new value of an element of a list or map: a range without bounds, zero otherwise.
func fresh(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	open(v)
	return v
}

func open(v reflect.Value) {
	if v.Type() == rangeType {
		v.Set(reflect.ValueOf(stages.Any))
		return
	}
	if v.Kind() == reflect.Struct {
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				open(v.Field(i))
			}
		}
	}
}
