package code

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// errArguments are arguments that Python may know what to do with.
var errArguments = errBeyond

var errNumber = errors.New("TypeError: must be a real number")

// functions are the builtins that expectations may use; nil ones only around an answer, where the program's process applies them.
var functions = map[string]func(args []Value, named []string) (Value, error){
	"abs": plain(1, 1, absolute), "round": plain(1, 2, round), "set": plain(0, 1, toSet), "frozenset": plain(0, 1, toSet),
	"list": plain(0, 1, toList), "tuple": plain(0, 1, toTuple), "sorted": plain(1, 1, sorted), "len": plain(1, 1, length),
	"float": plain(1, 1, toFloat), "bool": plain(1, 1, func(a []Value) (Value, error) { return truth(a[0]), nil }), "dict": plain(0, 0, emptyDict),
	"max": plain(1, 99, func(a []Value) (Value, error) { return extreme(a, 1) }), "min": plain(1, 99, func(a []Value) (Value, error) { return extreme(a, -1) }),
	"range": plain(1, 3, spread), "isclose": isClose,
	"str": nil, "int": nil, "sum": nil, "next": nil, "iter": nil, "repr": nil, "any": nil, "all": nil, "type": nil, "reversed": nil, "enumerate": nil, "zip": nil, "map": nil,
	"filter": nil, "isinstance": nil, "complex": nil, "bytes": nil, "ord": nil, "chr": nil, "hex": nil, "bin": nil, "pow": nil, "divmod": nil, "print": nil, "open": nil,
	"eval": nil, "exec": nil, "getattr": nil, "callable": nil, "hash": nil, "id": nil, "input": nil, "vars": nil, "globals": nil, "locals": nil,
}

// plain wraps a builtin without named arguments.
func plain(least, most int, f func([]Value) (Value, error)) func([]Value, []string) (Value, error) {
	return func(args []Value, named []string) (Value, error) {
		if len(named) > 0 || len(args) < least || len(args) > most {
			return nil, errArguments
		}
		return f(args)
	}
}

func absolute(a []Value) (Value, error) {
	if i, ok := integer(a[0]); ok {
		return new(big.Int).Abs(i), nil
	}
	if r, ok := a[0].(*big.Rat); ok {
		return new(big.Rat).Abs(r), nil
	}
	if c, ok := a[0].(complex128); ok {
		return math.Hypot(real(c), imag(c)), nil
	}
	f, ok := real64(a[0])
	if !ok {
		return nil, errors.New("TypeError: bad operand type for abs()")
	}
	return math.Abs(f), nil
}

// round is Python's: correctly rounded in decimal, ties to even.
func round(a []Value) (Value, error) {
	if i, ok := integer(a[0]); ok && len(a) == 1 {
		return i, nil
	}
	if _, ok := real64(a[0]); !ok {
		return nil, errNumber
	}
	f, ok := a[0].(float64)
	if !ok {
		return nil, errArguments
	}
	if len(a) == 1 || a[1] == nil {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, errors.New("ValueError: cannot round")
		}
		i, _ := big.NewFloat(math.RoundToEven(f)).Int(nil)
		return i, nil
	}
	n, ok := integer(a[1])
	if !ok || !n.IsInt64() || n.Int64() < 0 || n.Int64() > 300 {
		return nil, errArguments
	}
	g, err := strconv.ParseFloat(strconv.FormatFloat(f, 'f', int(n.Int64()), 64), 64)
	return g, err
}

// items lists what an iteration over v gives.
func items(v Value) ([]Value, error) {
	switch v := v.(type) {
	case List:
		return v, nil
	case Tuple:
		return v, nil
	case span:
		return v, nil
	case Set:
		return v, nil
	case Dict:
		l := make([]Value, len(v))
		for i, p := range v {
			l[i] = p.Key
		}
		return l, nil
	case string:
		var l []Value
		for _, r := range v {
			l = append(l, string(r))
		}
		return l, nil
	}
	return nil, errors.New("TypeError: not iterable")
}

func itemsOf(a []Value) ([]Value, error) {
	if len(a) == 0 {
		return nil, nil
	}
	return items(a[0])
}

func toSet(a []Value) (Value, error) {
	l, err := itemsOf(a)
	for _, v := range l {
		switch v.(type) {
		case List, Dict:
			return nil, errors.New("TypeError: unhashable")
		}
	}
	return newSet(l), err
}

func toList(a []Value) (Value, error) {
	l, err := itemsOf(a)
	return List(l), err
}

func toTuple(a []Value) (Value, error) {
	l, err := itemsOf(a)
	return Tuple(l), err
}

func emptyDict([]Value) (Value, error) { return Dict{}, nil }

func sorted(a []Value) (Value, error) {
	l, err := items(a[0])
	if err != nil {
		return nil, err
	}
	l = slices.Clone(l)
	slices.SortStableFunc(l, func(x, y Value) int {
		c, ok, e := compare(x, y)
		if e != nil || !ok {
			err = errOrder
		}
		return c
	})
	return List(l), err
}

func length(a []Value) (Value, error) {
	if s, ok := a[0].(string); ok {
		return big.NewInt(int64(len([]rune(s)))), nil
	}
	l, err := items(a[0])
	return big.NewInt(int64(len(l))), err
}

func toFloat(a []Value) (Value, error) {
	if s, ok := a[0].(string); ok {
		f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil && !math.IsInf(f, 0) {
			return nil, errors.New("ValueError: could not convert string to float")
		}
		return f, nil
	}
	f, ok := real64(a[0])
	if !ok {
		return nil, errNumber
	}
	return f, nil
}

func extreme(a []Value, sign int) (Value, error) {
	l := a
	if len(a) == 1 {
		var err error
		if l, err = items(a[0]); err != nil {
			return nil, err
		}
	}
	if len(l) == 0 {
		return nil, errors.New("ValueError: empty")
	}
	best := l[0]
	for _, v := range l[1:] {
		c, ok, err := compare(v, best)
		if err != nil {
			return nil, err
		}
		if ok && c*sign > 0 {
			best = v
		}
	}
	return best, nil
}

// A span is a range(): it can be iterated, and equals no list.
type span []Value

func spread(a []Value) (Value, error) {
	var n [3]int64
	for i, v := range a {
		x, ok := integer(v)
		if !ok || !x.IsInt64() {
			return nil, errArguments
		}
		n[i] = x.Int64()
	}
	from, to, step := int64(0), n[0], int64(1)
	if len(a) > 1 {
		from, to = n[0], n[1]
	}
	if len(a) > 2 {
		step = n[2]
	}
	const far = 1 << 40
	if step == 0 || max(from, to, step) > far || min(from, to, step) < -far || (to-from)/step > maxItems {
		return nil, errArguments
	}
	l := span{}
	for x := from; step > 0 && x < to || step < 0 && x > to; x += step {
		l = append(l, big.NewInt(x))
	}
	return l, nil
}

// isClose is math.isclose.
func isClose(args []Value, named []string) (Value, error) {
	relative, absolute := 1e-9, 0.0
	if len(args)-len(named) != 2 {
		return nil, errArguments
	}
	var x [4]float64
	for i, v := range args {
		f, ok := real64(v)
		if !ok {
			return nil, errNumber
		}
		if i >= len(x) {
			return nil, errArguments
		}
		x[i] = f
	}
	for i, k := range named {
		switch k {
		case "rel_tol":
			relative = x[2+i]
		case "abs_tol":
			absolute = x[2+i]
		default:
			return nil, errArguments
		}
	}
	a, b := x[0], x[1]
	if a == b {
		return true, nil
	}
	if math.IsInf(a, 0) || math.IsInf(b, 0) {
		return false, nil
	}
	d := math.Abs(a - b)
	return d <= math.Abs(relative*b) || d <= math.Abs(relative*a) || d <= absolute, nil
}
