package gguf

import (
	"encoding/binary"
	"fmt"
	"math"
)

func appendString(b []byte, s string) []byte {
	return append(binary.LittleEndian.AppendUint64(b, uint64(len(s))), s...)
}

// appendPair adds a key, the kind of its value, and the value.
func appendPair(b []byte, p Pair) ([]byte, error) {
	b = appendString(b, p.Key)
	if kind, ok := scalarKind(p.Value); ok {
		return appendScalar(binary.LittleEndian.AppendUint32(b, uint32(kind)), p.Value), nil
	}
	switch v := p.Value.(type) {
	case []string:
		return appendArray(b, v), nil
	case []bool:
		return appendArray(b, v), nil
	case []int32:
		return appendArray(b, v), nil
	case []uint32:
		return appendArray(b, v), nil
	case []float32:
		return appendArray(b, v), nil
	}
	return nil, fmt.Errorf("key %s: a %T cannot be stored", p.Key, p.Value)
}

func appendArray[T any](b []byte, values []T) []byte {
	var zero T
	kind, _ := scalarKind(zero)
	b = binary.LittleEndian.AppendUint32(b, uint32(Array))
	b = binary.LittleEndian.AppendUint32(b, uint32(kind))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(values)))
	for _, v := range values {
		b = appendScalar(b, v)
	}
	return b
}

// scalarKind returns the kind of a Go value that is no slice.
func scalarKind(v any) (Kind, bool) {
	switch v.(type) {
	case uint8:
		return Uint8, true
	case int8:
		return Int8, true
	case uint16:
		return Uint16, true
	case int16:
		return Int16, true
	case uint32:
		return Uint32, true
	case int32:
		return Int32, true
	case float32:
		return Float32, true
	case bool:
		return Bool, true
	case string:
		return String, true
	case uint64:
		return Uint64, true
	case int64:
		return Int64, true
	case float64:
		return Float64, true
	}
	return 0, false
}

func appendScalar(b []byte, v any) []byte {
	switch v := v.(type) {
	case uint8:
		return append(b, v)
	case int8:
		return append(b, byte(v))
	case uint16:
		return binary.LittleEndian.AppendUint16(b, v)
	case int16:
		return binary.LittleEndian.AppendUint16(b, uint16(v))
	case uint32:
		return binary.LittleEndian.AppendUint32(b, v)
	case int32:
		return binary.LittleEndian.AppendUint32(b, uint32(v))
	case float32:
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	case bool:
		if v {
			return append(b, 1)
		}
		return append(b, 0)
	case string:
		return appendString(b, v)
	case uint64:
		return binary.LittleEndian.AppendUint64(b, v)
	case int64:
		return binary.LittleEndian.AppendUint64(b, uint64(v))
	case float64:
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	panic(fmt.Sprintf("gguf: no kind for a %T", v)) // scalarKind names them all
}
