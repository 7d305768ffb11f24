package gguf

import (
	"encoding/binary"
	"fmt"
	"math"
)

// A Kind is the type of a metadata value (enum gguf_metadata_value_type).
type Kind uint32

// The kinds.
const (
	Uint8 Kind = iota
	Int8
	Uint16
	Int16
	Uint32
	Int32
	Float32
	Bool
	String
	Array
	Uint64
	Int64
	Float64
)

var kindNames = [...]string{"uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "bool", "string", "array", "uint64", "int64", "float64"}

// sizes are the bytes of a value; 0 for strings and arrays.
var sizes = [...]int{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8}

// String returns the name of the kind.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint32(k))
}

// A Value is a metadata value as stored.
type Value struct {
	Key   string
	Kind  Kind
	Elem  Kind   // of an array
	Len   int    // of an array
	bytes []byte // the value, a copy: of a string without its length, of an array without kind and count
}

// scalar returns the kind of the value, or of its elements.
func (v Value) scalar() Kind {
	if v.Kind == Array {
		return v.Elem
	}
	return v.Kind
}

func (v Value) count() int {
	if v.Kind == Array {
		return v.Len
	}
	return 1
}

func integer(k Kind) bool {
	switch k {
	case Uint8, Int8, Uint16, Int16, Uint32, Int32, Uint64, Int64:
		return true
	}
	return false
}

func number(k Kind) bool { return integer(k) || k == Float32 || k == Float64 }

// intAt reads an integer; ok is false when it does not fit.
func intAt(k Kind, b []byte) (n int64, ok bool) {
	switch k {
	case Uint8:
		return int64(b[0]), true
	case Int8:
		return int64(int8(b[0])), true
	case Uint16:
		return int64(binary.LittleEndian.Uint16(b)), true
	case Int16:
		return int64(int16(binary.LittleEndian.Uint16(b))), true
	case Uint32:
		return int64(binary.LittleEndian.Uint32(b)), true
	case Int32:
		return int64(int32(binary.LittleEndian.Uint32(b))), true
	case Int64:
		return int64(binary.LittleEndian.Uint64(b)), true
	}
	u := binary.LittleEndian.Uint64(b)
	return int64(u), u <= math.MaxInt64
}

// floatAt reads any number.
func floatAt(k Kind, b []byte) float64 {
	switch k {
	case Float32:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	case Float64:
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	case Uint64:
		return float64(binary.LittleEndian.Uint64(b))
	}
	n, _ := intAt(k, b)
	return float64(n)
}
