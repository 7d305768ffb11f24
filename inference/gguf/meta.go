package gguf

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"github.com/winnow-data/winnow/inference/tensor"
)

// Meta is the metadata of a file in its order. It owns its memory and outlives the file. Lookups that fail wrap [tensor.ErrMissing];
// a value of another kind is an error that says both kinds.
type Meta struct {
	path   string
	values []Value
	byKey  map[string]int
}

// parseMeta reads count keys and values.
func parseMeta(r *reader, count uint64) (*Meta, error) {
	const smallest = 8 + 4 + 1 // empty key, a byte
	if left := len(r.data) - r.at; count > uint64(left)/smallest {
		return nil, fmt.Errorf("metadata_kv_count is %d, but only %d bytes are left", count, left)
	}
	m := &Meta{byKey: map[string]int{}}
	for i := range int(count) {
		v, err := r.value(i)
		if err != nil {
			return nil, err
		}
		if _, twice := m.byKey[v.Key]; twice {
			return nil, fmt.Errorf("key %s: is there twice", printable(v.Key))
		}
		m.byKey[v.Key] = i
		m.values = append(m.values, v)
	}
	return m, nil
}

// value reads pair i.
func (r *reader) value(i int) (Value, error) {
	v := Value{Key: r.name(fmt.Sprintf("metadata key %d", i))}
	if r.err != nil {
		return v, r.err
	}
	field := "key " + printable(v.Key)
	v.Kind = Kind(r.u32(field))
	switch {
	case r.err != nil:
	case int(v.Kind) >= len(sizes):
		return v, fmt.Errorf("%s: kind %d is not known", field, uint32(v.Kind))
	case v.Kind == String:
		v.bytes = r.bytes(field)
	case v.Kind == Array:
		return r.array(v, field)
	default:
		v.bytes = r.take(sizes[v.Kind], field)
	}
	v.bytes = append([]byte(nil), v.bytes...)
	return v, r.err
}

// array reads an array's kind, count and elements.
func (r *reader) array(v Value, field string) (Value, error) {
	v.Elem = Kind(r.u32(field))
	n := r.u64(field)
	if r.err != nil {
		return v, r.err
	}
	if int(v.Elem) >= len(sizes) || v.Elem == Array {
		return v, fmt.Errorf("%s: an array of %s cannot be read", field, v.Elem)
	}
	least := max(sizes[v.Elem], 1)
	if v.Elem == String {
		least = 8
	}
	if left := len(r.data) - r.at; n > uint64(left/least) {
		return v, fmt.Errorf("%s: an array of %d %ss, but only %d bytes are left", field, n, v.Elem, left)
	}
	v.Len = int(n)
	from := r.at
	if v.Elem == String {
		for range v.Len {
			r.bytes(field)
		}
	} else {
		r.take(v.Len*sizes[v.Elem], field)
	}
	if r.err != nil {
		return v, r.err
	}
	v.bytes = append([]byte(nil), r.data[from:r.at]...)
	return v, nil
}

// Values returns all values in the order of the file. The slice is the Meta's own.
func (m *Meta) Values() []Value { return m.values }

// Has says whether the key is there.
func (m *Meta) Has(key string) bool {
	_, ok := m.byKey[key]
	return ok
}

// find returns the value of a key, if its kind is one of those wanted.
func (m *Meta) find(key, want string, ok func(Value) bool) (Value, error) {
	i, there := m.byKey[key]
	if !there {
		return Value{}, m.errorf(key, "%w", tensor.ErrMissing)
	}
	v := m.values[i]
	if ok(v) {
		return v, nil
	}
	kind := "a " + v.Kind.String()
	if v.Kind == Array {
		kind = fmt.Sprintf("an array of %d %ss", v.Len, v.Elem)
	}
	return Value{}, m.errorf(key, "holds %s, want %s", kind, want)
}

// errorf names the file and the key.
func (m *Meta) errorf(key, format string, args ...any) error {
	err := fmt.Errorf("key %s: "+format, append([]any{key}, args...)...)
	if m.path == "" {
		return err // while the file is being opened, its name comes from there
	}
	return fmt.Errorf("%s: %w", m.path, err)
}

// String returns a string.
func (m *Meta) String(key string) (string, error) {
	v, err := m.find(key, "a string", func(v Value) bool { return v.Kind == String })
	return string(v.bytes), err
}

// Strings returns an array of strings. They share one piece of memory: asking for 150,000 tokens costs one allocation and a walk.
func (m *Meta) Strings(key string) ([]string, error) {
	v, err := m.find(key, "an array of strings", func(v Value) bool { return v.Kind == Array && v.Elem == String })
	if err != nil {
		return nil, err
	}
	out := make([]string, v.Len)
	b := v.bytes
	for i := range out {
		n := binary.LittleEndian.Uint64(b)
		if n > 0 {
			out[i] = unsafe.String(&b[8], int(n)) // the Meta's own bytes, which nothing writes to
		}
		b = b[8+n:]
	}
	return out, nil
}

// Uint returns an integer of any kind that is not negative.
func (m *Meta) Uint(key string) (uint64, error) {
	n, err := m.Int(key)
	if err == nil && n < 0 {
		return 0, m.errorf(key, "is %d, want 0 or more", n)
	}
	return uint64(n), err
}

// Int returns an integer of any kind below 2^63.
func (m *Meta) Int(key string) (int64, error) {
	v, err := m.find(key, "an integer", func(v Value) bool { return integer(v.Kind) })
	if err != nil {
		return 0, err
	}
	n, ok := intAt(v.Kind, v.bytes)
	if !ok {
		return 0, m.errorf(key, "is 2^63 or more")
	}
	return n, nil
}

// Ints returns an array of integers of any kind, or an integer as an array of one.
func (m *Meta) Ints(key string) ([]int64, error) {
	v, err := m.find(key, "an array of integers", func(v Value) bool { return integer(v.scalar()) })
	if err != nil {
		return nil, err
	}
	out := make([]int64, v.count())
	size := sizes[v.scalar()]
	for i := range out {
		n, ok := intAt(v.scalar(), v.bytes[i*size:])
		if !ok {
			return nil, m.errorf(key, "element %d is 2^63 or more", i)
		}
		out[i] = n
	}
	return out, nil
}

// Float returns a number of any kind.
func (m *Meta) Float(key string) (float64, error) {
	v, err := m.find(key, "a number", func(v Value) bool { return number(v.Kind) })
	if err != nil {
		return 0, err
	}
	return floatAt(v.Kind, v.bytes), nil
}

// Floats returns an array of numbers of any kind, or a number as an array of one.
func (m *Meta) Floats(key string) ([]float64, error) {
	v, err := m.find(key, "an array of numbers", func(v Value) bool { return number(v.scalar()) })
	if err != nil {
		return nil, err
	}
	out := make([]float64, v.count())
	for i := range out {
		out[i] = floatAt(v.scalar(), v.bytes[i*sizes[v.scalar()]:])
	}
	return out, nil
}

// Bool returns a boolean.
func (m *Meta) Bool(key string) (bool, error) {
	v, err := m.find(key, "a bool", func(v Value) bool { return v.Kind == Bool })
	return err == nil && v.bytes[0] != 0, err
}
