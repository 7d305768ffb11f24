package shim

import (
	"encoding/hex"
	"errors"
	"reflect"
	"strconv"
	"strings"
)

// A node is a JSON value.
type node struct {
	kind byte   // '"', '[', '{', or the first of a bare word
	text string // of strings and bare words
	list []node // of lists; of objects names and values in turn
}

var errJSON = errors.New("no JSON")

func parse(s []byte) (node, error) {
	n, rest, err := parseValue(s, 0)
	if err == nil && len(blank(rest)) > 0 {
		err = errJSON
	}
	return n, err
}

func blank(s []byte) []byte {
	for len(s) > 0 && (s[0] == ' ' || s[0] == '\n' || s[0] == '\t' || s[0] == '\r') {
		s = s[1:]
	}
	return s
}

func parseValue(s []byte, depth int) (node, []byte, error) {
	if s = blank(s); len(s) == 0 || depth > 2*deepest+10 {
		return node{}, nil, errJSON
	}
	switch s[0] {
	case '"':
		text, rest, err := parseString(s)
		return node{kind: '"', text: text}, rest, err
	case '[', '{':
		return parseList(s, depth)
	}
	i := 0
	for i < len(s) && strings.IndexByte("+-.0123456789abcdefghijklmnopqrstuvwxyzE", s[i]) >= 0 {
		i++
	}
	if i == 0 {
		return node{}, nil, errJSON
	}
	return node{kind: s[0], text: string(s[:i])}, s[i:], nil
}

func parseList(s []byte, depth int) (n node, rest []byte, err error) {
	n.kind = s[0]
	end := s[0] + 2 // ] and } lie behind [ and { by two
	for s = blank(s[1:]); len(s) > 0 && s[0] != end; s = blank(s) {
		if len(n.list) > 0 {
			if s[0] != ',' && s[0] != ':' {
				return n, nil, errJSON
			}
			s = s[1:]
		}
		var x node
		if x, s, err = parseValue(s, depth+1); err != nil {
			return n, nil, err
		}
		n.list = append(n.list, x)
	}
	if len(s) == 0 {
		return n, nil, errJSON
	}
	return n, s[1:], nil
}

func parseString(s []byte) (string, []byte, error) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			text := string(s[1:i])
			if !strings.Contains(text, `\`) {
				return text, s[i+1:], nil
			}
			text, err := strconv.Unquote(`"` + strings.ReplaceAll(text, `\/`, "/") + `"`)
			return text, s[i+1:], err
		}
	}
	return "", nil, errJSON
}

// read sets v, which can be set, to what write wrote. What does not fit panics.
func read(n node, v reflect.Value, depth int) {
	v = field(v)
	var err error
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(n.text == "true")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		var x int64
		x, err = strconv.ParseInt(n.text, 10, v.Type().Bits())
		v.SetInt(x)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		var x uint64
		x, err = strconv.ParseUint(n.text, 10, v.Type().Bits())
		v.SetUint(x)
	case reflect.Float32, reflect.Float64:
		var x float64
		x, err = strconv.ParseFloat(n.text, 64)
		v.SetFloat(x)
	case reflect.Complex64, reflect.Complex128:
		var re, im float64
		read(n.at(0), reflect.ValueOf(&re).Elem(), depth+1)
		read(n.at(1), reflect.ValueOf(&im).Elem(), depth+1)
		v.SetComplex(complex(re, im))
	case reflect.String:
		v.SetString(n.string())
	default:
		readParts(n, v, depth)
	}
	if err != nil {
		panic(broken(err.Error()))
	}
}

func (n node) at(i int) node {
	if i >= len(n.list) {
		panic(broken("a value of another shape"))
	}
	return n.list[i]
}

func (n node) string() string {
	if n.kind != '{' {
		return n.text
	}
	data, err := hex.DecodeString(n.at(1).text)
	if err != nil {
		panic(broken(err.Error()))
	}
	return string(data)
}

func readParts(n node, v reflect.Value, depth int) {
	if n.kind == 'n' {
		v.SetZero()
		return
	}
	if n.kind != '[' {
		panic(broken("a value of another shape"))
	}
	t := v.Type()
	switch v.Kind() {
	case reflect.Slice:
		v.Set(reflect.MakeSlice(t, len(n.list), len(n.list)))
		for i := range n.list {
			read(n.list[i], v.Index(i), depth+1)
		}
	case reflect.Array:
		for i := range v.Len() {
			read(n.at(i), v.Index(i), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			read(n.at(i), v.Field(i), depth+1)
		}
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		read(n.at(0), v.Elem(), depth+1)
	case reflect.Map:
		v.Set(reflect.MakeMapWithSize(t, len(n.list)))
		for _, pair := range n.list {
			k, x := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
			read(pair.at(0), k, depth+1)
			read(pair.at(1), x, depth+1)
			v.SetMapIndex(k, x)
		}
	case reflect.Interface:
		readAny(n, v, depth)
	default:
		panic(unsendable("a value of type " + t.String()))
	}
}

func readAny(n node, v reflect.Value, depth int) {
	name := n.at(0).text
	if name == "error" {
		v.Set(reflect.ValueOf(errors.New(n.at(1).string())))
		return
	}
	t, ok := typeOf(name)
	if !ok || !t.AssignableTo(v.Type()) {
		panic(broken("a value of type " + name))
	}
	x := reflect.New(t).Elem()
	read(n.at(1), x, depth+1)
	v.Set(x)
}

// types are those that values in interfaces may have, and lists and maps of them.
var types = map[string]reflect.Type{}

func init() {
	for _, v := range []any{
		false, 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0), uintptr(0),
		float32(0), float64(0), complex64(0), complex128(0), "",
		struct{}{},
	} {
		types[reflect.TypeOf(v).String()] = reflect.TypeOf(v)
	}
	types["interface {}"] = reflect.TypeFor[any]()
	types["error"] = reflect.TypeFor[error]()
}

// Know makes types that both sides declare known; example is a value of each.
func Know(examples ...any) {
	for _, x := range examples {
		t := reflect.TypeOf(x).Elem()
		types[t.String()] = t
	}
}

// typeOf finds a type by its name.
func typeOf(name string) (reflect.Type, bool) {
	if t, ok := types[name]; ok {
		return t, true
	}
	if rest, ok := strings.CutPrefix(name, "[]"); ok {
		t, ok := typeOf(rest)
		if !ok {
			return nil, false
		}
		return reflect.SliceOf(t), true
	}
	if rest, ok := strings.CutPrefix(name, "*"); ok {
		t, ok := typeOf(rest)
		if !ok {
			return nil, false
		}
		return reflect.PointerTo(t), true
	}
	if rest, ok := strings.CutPrefix(name, "map["); ok {
		key, elem, ok1 := strings.Cut(rest, "]")
		k, ok2 := typeOf(key)
		e, ok3 := typeOf(elem)
		if !ok1 || !ok2 || !ok3 || !k.Comparable() {
			return nil, false
		}
		return reflect.MapOf(k, e), true
	}
	if rest, ok := strings.CutPrefix(name, "["); ok {
		n, elem, _ := strings.Cut(rest, "]")
		size, err := strconv.Atoi(n)
		t, ok := typeOf(elem)
		if err != nil || !ok || size < 0 || size > 1<<20 {
			return nil, false
		}
		return reflect.ArrayOf(size, t), true
	}
	return nil, false
}
