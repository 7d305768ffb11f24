package code

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
)

// A Value is a Python value: nil (None), bool, *big.Int, float64, complex128, string, or one of the types below. Strings hold
// surrogates as the three bytes of their UTF-8-like encoding.
type Value any

type (
	// Bytes are bytes or a bytearray.
	Bytes string
	// List is a list.
	List []Value
	// Tuple is a tuple.
	Tuple []Value
	// Set is a set, a frozenset, or the view of a dict's keys or items, without doubles.
	Set []Value
	// Dict is a dict, in order, without doubles.
	Dict []Pair
	// Pair is an item of a dict.
	Pair struct{ Key, Value Value }
	// Opaque is an object of another type. It equals nothing.
	Opaque string
)

// maxDepth bounds the nesting of values and expressions.
const maxDepth = 220

// Decode reads a value as the sandbox sends it: JSON with tags, see zygote.py.
func Decode(raw []byte) (Value, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var x any
	if err := d.Decode(&x); err != nil {
		return nil, fmt.Errorf("read a value: %w", err)
	}
	if d.More() {
		return nil, errors.New("read a value: more than one")
	}
	return untag(x, 0)
}

func untag(x any, depth int) (Value, error) {
	if depth > maxDepth {
		return nil, errors.New("read a value: nested too deeply")
	}
	switch x := x.(type) {
	case nil, bool, string:
		return x, nil
	case json.Number:
		return readNumber(string(x))
	case []any:
		l, err := untagAll(x, depth)
		return List(l), err
	case map[string]any:
		if len(x) != 1 {
			return nil, errors.New("read a value: an object has one tag")
		}
		for tag, y := range x {
			return untagged(tag, y, depth)
		}
	}
	return nil, errors.New("read a value: unknown form")
}

func untagAll(xs []any, depth int) ([]Value, error) {
	l := make([]Value, len(xs))
	for i, x := range xs {
		v, err := untag(x, depth+1)
		if err != nil {
			return nil, err
		}
		l[i] = v
	}
	return l, nil
}

func readNumber(s string) (Value, error) {
	if i, ok := new(big.Int).SetString(s, 10); ok {
		return i, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil, fmt.Errorf("read a value: %w", err)
	}
	return f, nil
}

func untagged(tag string, x any, depth int) (Value, error) {
	wrong := fmt.Errorf("read a value: tag %q holds something else", tag)
	if s, ok := x.(string); ok {
		switch tag {
		case "i":
			i, ok := new(big.Int).SetString(s, 16)
			if !ok {
				return nil, wrong
			}
			return i, nil
		case "f":
			return strconv.ParseFloat(s, 64)
		case "u", "b":
			b, err := hex.DecodeString(s)
			if tag == "b" {
				return Bytes(b), err
			}
			return string(b), err
		case "o":
			return Opaque(s), nil
		}
		return nil, wrong
	}
	xs, ok := x.([]any)
	if !ok {
		return nil, wrong
	}
	switch tag {
	case "t", "s":
		l, err := untagAll(xs, depth)
		if tag == "s" {
			return newSet(l), err
		}
		return Tuple(l), err
	case "d":
		return untagDict(xs, depth, wrong)
	case "c":
		l, err := untagAll(xs, depth)
		if err != nil || len(l) != 2 {
			return nil, errors.Join(wrong, err)
		}
		re, ok1 := l[0].(float64)
		im, ok2 := l[1].(float64)
		if !ok1 || !ok2 {
			return nil, wrong
		}
		return complex(re, im), nil
	case "q":
		if len(xs) != 2 {
			return nil, wrong
		}
		n, ok1 := xs[0].(string)
		d, ok2 := xs[1].(string)
		num, ok3 := new(big.Int).SetString(n, 16)
		den, ok4 := new(big.Int).SetString(d, 16)
		if !ok1 || !ok2 || !ok3 || !ok4 || den.Sign() == 0 {
			return nil, wrong
		}
		return new(big.Rat).SetFrac(num, den), nil
	}
	return nil, fmt.Errorf("read a value: unknown tag %q", tag)
}

func untagDict(xs []any, depth int, wrong error) (Value, error) {
	d := make(Dict, 0, len(xs))
	for _, x := range xs {
		pair, ok := x.([]any)
		if !ok || len(pair) != 2 {
			return nil, wrong
		}
		kv, err := untagAll(pair, depth)
		if err != nil {
			return nil, err
		}
		d = append(d, Pair{kv[0], kv[1]})
	}
	return d, nil
}
