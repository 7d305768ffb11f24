package code

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// errHole says that the program gave no value to a call that an expectation needs.
type errHole struct{ hole int }

func (e errHole) Error() string { return fmt.Sprintf("call %d gave no value", e.hole) }

// eval computes n as Python would; of returns what the program answered. Errors are what Python raises, or errHole.
func (n *node) eval(of func(int) (Value, bool)) (Value, error) {
	switch n.op {
	case "lit":
		return n.v, nil
	case "hole":
		v, ok := of(n.hole)
		if !ok {
			return nil, errHole{n.hole}
		}
		return v, nil
	case "and", "or":
		v, err := n.args[0].eval(of)
		if err != nil || truth(v) == (n.op == "or") {
			return v, err
		}
		return n.args[1].eval(of)
	case "if":
		c, err := n.args[0].eval(of)
		if err != nil {
			return nil, err
		}
		if truth(c) {
			return n.args[1].eval(of)
		}
		return n.args[2].eval(of)
	case "cmp":
		return n.compare(of)
	}
	args := make([]Value, len(n.args))
	for i, a := range n.args {
		v, err := a.eval(of)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	switch n.op {
	case "list":
		return List(args), nil
	case "tuple":
		return Tuple(args), nil
	case "set":
		return newSet(args), nil
	case "dict":
		return newDict(args), nil
	case "not":
		return !truth(args[0]), nil
	case "-x", "+x", "~x":
		return unary(n.op, args[0])
	case "call":
		return functions[n.name](args, n.kw)
	case "index":
		return index(args[0], args[1])
	}
	return arithmetic(n.op, args[0], args[1])
}

// newDict makes a dict of keys and values in turn. A key that comes again keeps its place and takes the later value.
func newDict(kvs []Value) Dict {
	d := Dict{}
	at := map[string]int{}
	for i := 0; i+1 < len(kvs); i += 2 {
		k := key(kvs[i])
		if j, ok := at[k]; ok {
			d[j].Value = kvs[i+1]
			continue
		}
		at[k] = len(d)
		d = append(d, Pair{kvs[i], kvs[i+1]})
	}
	return d
}

func (n *node) compare(of func(int) (Value, bool)) (Value, error) {
	a, err := n.args[0].eval(of)
	if err != nil {
		return nil, err
	}
	for i, o := range n.ops {
		b, err := n.args[i+1].eval(of)
		if err != nil {
			return nil, err
		}
		ok, err := related(o, a, b)
		if err != nil || !ok {
			return false, err
		}
		a = b
	}
	return true, nil
}

func related(o string, a, b Value) (bool, error) {
	switch o {
	case "==":
		return Equal(a, b), nil
	case "!=":
		return !Equal(a, b), nil
	case "is", "is not":
		return identical(a, b) == (o == "is"), nil
	case "in", "not in":
		in, err := member(a, b)
		return in == (o == "in"), err
	}
	if s, ok := a.(Set); ok {
		t, ok := b.(Set)
		if !ok {
			return false, errOrder
		}
		return subset(o, s, t), nil
	}
	c, ok, err := compare(a, b)
	if err != nil || !ok {
		return false, err
	}
	switch o {
	case "<":
		return c < 0, nil
	case "<=":
		return c <= 0, nil
	case ">":
		return c > 0, nil
	}
	return c >= 0, nil
}

func subset(o string, a, b Set) bool {
	switch o {
	case "<":
		return len(a) < len(b) && within(a, b)
	case "<=":
		return within(a, b)
	case ">":
		return len(b) < len(a) && within(b, a)
	}
	return within(b, a)
}

// identical is Python's `is` for values that came from another process: the singletons, and small values of one type.
func identical(a, b Value) bool {
	if x, ok := a.(bool); ok {
		y, ok := b.(bool)
		return ok && x == y
	}
	if _, ok := b.(bool); ok {
		return false
	}
	switch a.(type) {
	case nil, *big.Int, string:
		return fmt.Sprintf("%T", a) == fmt.Sprintf("%T", b) && Equal(a, b)
	}
	return false
}

func index(v, i Value) (Value, error) {
	if d, ok := v.(Dict); ok {
		k := key(i)
		for _, p := range d {
			if key(p.Key) == k {
				return p.Value, nil
			}
		}
		return nil, errors.New("KeyError")
	}
	var items []Value
	switch v := v.(type) {
	case List:
		items = v
	case Tuple:
		items = v
	case string:
		for _, r := range v {
			items = append(items, string(r))
		}
	default:
		return nil, errors.New("TypeError: not subscriptable")
	}
	at, ok := i.(*big.Int)
	if !ok || !at.IsInt64() {
		return nil, errors.New("TypeError: the index is no integer")
	}
	j := at.Int64()
	if j < 0 {
		j += int64(len(items))
	}
	if j < 0 || j >= int64(len(items)) {
		return nil, errors.New("IndexError: out of range")
	}
	return items[j], nil
}

// member is Python's `a in b`.
func member(a, b Value) (bool, error) {
	if s, ok := b.(string); ok {
		t, ok := a.(string)
		if !ok {
			return false, errors.New("TypeError: 'in' needs a string")
		}
		return strings.Contains(s, t), nil
	}
	l, err := items(b)
	switch b.(type) {
	case Set, Dict:
		switch a.(type) {
		case List, Dict:
			return false, errors.New("TypeError: unhashable")
		}
	}
	return slices.ContainsFunc(l, func(v Value) bool { return Equal(a, v) }), err
}
