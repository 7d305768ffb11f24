package code

import (
	"cmp"
	"errors"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// Equal is Python's a == b: numbers by value across types, sequences by type and order, sets and dicts by content. An object of
// another type equals nothing, whatever its __eq__ says.
func Equal(a, b Value) bool {
	if x, ok := rational(a); ok {
		y, ok := rational(b)
		return ok && x.Cmp(y) == 0
	}
	switch a := a.(type) {
	case nil:
		return b == nil
	case float64: // not finite: the others are rational
		b, ok := b.(float64)
		return ok && a == b
	case complex128:
		b, ok := b.(complex128)
		return ok && a == b
	case string:
		b, ok := b.(string)
		return ok && a == b
	case Bytes:
		b, ok := b.(Bytes)
		return ok && a == b
	case List:
		b, ok := b.(List)
		return ok && slices.EqualFunc(a, b, Equal)
	case Tuple:
		b, ok := b.(Tuple)
		return ok && slices.EqualFunc(a, b, Equal)
	case Set:
		b, ok := b.(Set)
		return ok && len(a) == len(b) && within(a, b)
	case Dict:
		b, ok := b.(Dict)
		return ok && equalDicts(a, b)
	}
	return false
}

func equalDicts(a, b Dict) bool {
	if len(a) != len(b) {
		return false
	}
	values := make(map[string]Value, len(b))
	for _, p := range b {
		values[key(p.Key)] = p.Value
	}
	for _, p := range a {
		v, ok := values[key(p.Key)]
		if !ok || !Equal(p.Value, v) {
			return false
		}
	}
	return true
}

// within says whether every member of a is one of b.
func within(a, b Set) bool {
	in := make(map[string]bool, len(b))
	for _, v := range b {
		in[key(v)] = true
	}
	for _, v := range a {
		if !in[key(v)] {
			return false
		}
	}
	return true
}

// newSet drops doubles.
func newSet(vs []Value) Set {
	seen := make(map[string]bool, len(vs))
	s := Set{}
	for _, v := range vs {
		if k := key(v); !seen[k] {
			seen[k] = true
			s = append(s, v)
		}
	}
	return s
}

// rational returns the exact value of a finite number.
func rational(v Value) (*big.Rat, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return big.NewRat(1, 1), true
		}
		return new(big.Rat), true
	case *big.Int:
		return new(big.Rat).SetInt(v), true
	case *big.Rat:
		return v, true
	case float64:
		r := new(big.Rat).SetFloat64(v)
		return r, r != nil
	case complex128:
		if imag(v) == 0 {
			r := new(big.Rat).SetFloat64(real(v))
			return r, r != nil
		}
	}
	return nil, false
}

// key is a string that equal hashable values share and others do not.
func key(v Value) string {
	if r, ok := rational(v); ok {
		return "n" + r.RatString()
	}
	switch v := v.(type) {
	case nil:
		return "-"
	case float64:
		return "f" + strconv.FormatFloat(v, 'g', -1, 64)
	case complex128:
		return "c" + strconv.FormatComplex(v, 'g', -1, 128)
	case string:
		return "s" + strconv.Quote(v)
	case Bytes:
		return "b" + strconv.Quote(string(v))
	case List:
		return "l" + keys(v)
	case Tuple:
		return "t" + keys(v)
	case Set:
		all := make([]string, len(v))
		for i, x := range v {
			all[i] = key(x)
		}
		slices.Sort(all)
		return "{" + strings.Join(all, ",") + "}"
	case Opaque:
		return "o" + strconv.Quote(string(v))
	}
	return "?"
}

func keys(vs []Value) string {
	var b strings.Builder
	b.WriteByte('(')
	for _, v := range vs {
		b.WriteString(key(v))
		b.WriteByte(',')
	}
	b.WriteByte(')')
	return b.String()
}

// errOrder is what Python raises as TypeError.
var errOrder = errors.New("TypeError: these values have no order")

// compare orders a and b: -1, 0, 1. NaN is ordered against nothing; ok is false then.
func compare(a, b Value) (c int, ok bool, err error) {
	if x, isNumber := real64(a); isNumber {
		y, isNumber := real64(b)
		if !isNumber {
			return 0, false, errOrder
		}
		p, pok := rational(a)
		q, qok := rational(b)
		if pok && qok {
			return p.Cmp(q), true, nil
		}
		if math.IsNaN(x) || math.IsNaN(y) {
			return 0, false, nil
		}
		if pok { // an integer may round to infinity, and is still less
			x = 0
		}
		if qok {
			y = 0
		}
		return cmp.Compare(x, y), true, nil
	}
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b), true, nil
		}
	case Bytes:
		if b, ok := b.(Bytes); ok {
			return strings.Compare(string(a), string(b)), true, nil
		}
	case List:
		if b, ok := b.(List); ok {
			return compareAll(a, b)
		}
	case Tuple:
		if b, ok := b.(Tuple); ok {
			return compareAll(a, b)
		}
	}
	return 0, false, errOrder
}

func compareAll(a, b []Value) (int, bool, error) {
	for i := range min(len(a), len(b)) {
		if !Equal(a[i], b[i]) {
			return compare(a[i], b[i])
		}
	}
	return len(a) - len(b), true, nil
}

// real64 returns a number's value, rounded; ok is false for what is no real number.
func real64(v Value) (float64, bool) {
	if f, ok := v.(float64); ok {
		return f, true
	}
	if _, ok := v.(complex128); ok {
		return 0, false
	}
	if r, ok := rational(v); ok {
		f, _ := r.Float64()
		return f, true
	}
	return 0, false
}

// truth is Python's bool(v).
func truth(v Value) bool {
	if r, ok := rational(v); ok {
		return r.Sign() != 0
	}
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case Bytes:
		return v != ""
	case List:
		return len(v) > 0
	case Tuple:
		return len(v) > 0
	case Set:
		return len(v) > 0
	case Dict:
		return len(v) > 0
	}
	return true
}
