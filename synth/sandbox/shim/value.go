package shim

import (
	"encoding/hex"
	"math"
	"reflect"
	"strconv"
	"unicode/utf8"
	"unsafe"
)

// unsendable is panicked with for values that are no data: functions, channels, rings.
type unsendable string

const deepest = 500

// write writes a value as JSON. Both sides know its type; only what stands in an interface names its own.
func write(v reflect.Value) string { return string(appendValue(nil, v, 0)) }

func appendValue(b []byte, v reflect.Value, depth int) []byte {
	if depth > deepest {
		panic(unsendable("a value that is nested too deeply"))
	}
	switch v.Kind() {
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.AppendUint(b, v.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		return appendFloat(b, v.Float())
	case reflect.Complex64, reflect.Complex128:
		b = append(appendFloat(append(b, '['), real(v.Complex())), ',')
		return append(appendFloat(b, imag(v.Complex())), ']')
	case reflect.String:
		return append(b, quote(v.String())...)
	case reflect.Slice, reflect.Map, reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return append(b, "null"...)
		}
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		return appendList(b, v.Len(), v.Index, depth)
	case reflect.Struct:
		return appendList(b, v.NumField(), v.Field, depth)
	case reflect.Pointer:
		return append(appendValue(append(b, '['), v.Elem(), depth+1), ']')
	case reflect.Map:
		b = append(b, '[')
		for i, k := range v.MapKeys() {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendValue(append(b, '['), k, depth+1), ',')
			b = append(appendValue(b, v.MapIndex(k), depth+1), ']')
		}
		return append(b, ']')
	case reflect.Interface:
		return appendAny(b, v.Elem(), depth)
	}
	panic(unsendable("a value of type " + v.Type().String()))
}

func appendList(b []byte, n int, at func(int) reflect.Value, depth int) []byte {
	b = append(b, '[')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendValue(b, at(i), depth+1)
	}
	return append(b, ']')
}

// appendAny writes what stands in an interface: its type and itself. An error of a type that the other side does not know is its text.
func appendAny(b []byte, v reflect.Value, depth int) []byte {
	name := v.Type().String()
	if _, ok := typeOf(name); !ok {
		if e, ok := field(v).Interface().(error); ok {
			return append(append(append(b, `["error",`...), quote(e.Error())...), ']')
		}
		panic(unsendable("a value of type " + name))
	}
	b = append(append(append(b, '['), quote(name)...), ',')
	return append(appendValue(b, v, depth+1), ']')
}

// field returns v so that it may be read even if it is an unexported field.
func field(v reflect.Value) reflect.Value {
	if !v.CanInterface() && v.CanAddr() {
		return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	return v
}

func appendFloat(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(b, quote(strconv.FormatFloat(f, 'g', -1, 64))...)
	}
	if f == 0 && math.Signbit(f) {
		return append(b, "-0.0"...)
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}

// quote writes a string; one that is no UTF-8 as its bytes.
func quote(s string) string {
	if !utf8.ValidString(s) {
		return `{"b":"` + hex.EncodeToString([]byte(s)) + `"}`
	}
	b := []byte{'"'}
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029:
			b = append(b, `\u`...)
			h := strconv.FormatInt(int64(r)+0x10000, 16)
			b = append(b, h[1:]...)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return string(append(b, '"'))
}
