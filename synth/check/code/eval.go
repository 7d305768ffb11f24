package code

import (
	"errors"
	"fmt"
	"math"
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

func unary(o string, v Value) (Value, error) {
	if b, ok := v.(bool); ok {
		v = big.NewInt(0)
		if b {
			v = big.NewInt(1)
		}
	}
	switch x := v.(type) {
	case *big.Int:
		switch o {
		case "-x":
			return new(big.Int).Neg(x), nil
		case "~x":
			return new(big.Int).Not(x), nil
		}
		return x, nil
	case float64:
		if o == "-x" {
			return -x, nil
		} else if o == "+x" {
			return x, nil
		}
	case complex128:
		if o == "-x" {
			return -x, nil
		} else if o == "+x" {
			return x, nil
		}
	}
	return nil, errors.New("TypeError: bad operand of a sign")
}

var errOperands = errors.New("TypeError: unsupported operands")

// errBeyond is what Python can compute and this package does not: it says nothing about the program.
var errBeyond = errors.New("an expectation that cannot be computed here")

// maxBits bounds integers that an expectation may compute.
const maxBits = 1 << 16

func arithmetic(o string, a, b Value) (Value, error) {
	if o == "+" {
		if v, err := add(a, b); err == nil {
			return v, nil
		}
	}
	if o == "*" {
		for _, x := range [][2]Value{{a, b}, {b, a}} {
			if v, ok := repeat(x[0], x[1]); ok {
				if err, far := v.(error); far {
					return nil, err
				}
				return v, nil
			}
		}
	}
	switch x := a.(type) {
	case Set:
		y, ok := b.(Set)
		if !ok {
			return nil, errOperands
		}
		return setArithmetic(o, x, y)
	case bool:
		if y, ok := b.(bool); ok && (o == "&" || o == "|" || o == "^") {
			return o == "&" && x && y || o == "|" && (x || y) || o == "^" && x != y, nil
		}
	case Dict:
		if _, ok := b.(Dict); ok && o == "|" {
			return nil, errBeyond
		}
	case string, Bytes:
		if o == "%" {
			return nil, errBeyond
		}
	}
	x, xok := integer(a)
	y, yok := integer(b)
	if xok && yok {
		return integers(o, x, y)
	}
	if c, ok := a.(complex128); ok {
		return complexes(o, c, b)
	}
	if c, ok := b.(complex128); ok {
		if f, ok := real64(a); ok {
			return complexes(o, complex(f, 0), c)
		}
	}
	f, fok := real64(a)
	g, gok := real64(b)
	if !fok || !gok {
		return nil, errOperands
	}
	return floats(o, f, g)
}

func complexes(o string, a complex128, b Value) (Value, error) {
	c, ok := b.(complex128)
	if !ok {
		f, isReal := real64(b)
		if !isReal {
			return nil, errOperands
		}
		c = complex(f, 0)
	}
	switch o {
	case "+":
		return a + c, nil
	case "-":
		return a - c, nil
	}
	return nil, errBeyond
}

func setArithmetic(o string, a, b Set) (Value, error) {
	in := map[string]bool{}
	for _, v := range b {
		in[key(v)] = true
	}
	out := Set{}
	for _, v := range a {
		if in[key(v)] == (o == "&") || o == "|" {
			out = append(out, v)
		}
	}
	switch o {
	case "^":
		in := map[string]bool{}
		for _, v := range a {
			in[key(v)] = true
		}
		for _, v := range b {
			if !in[key(v)] {
				out = append(out, v)
			}
		}
		return out, nil
	case "|":
		return newSet(append(out, b...)), nil
	case "&", "-":
		return out, nil
	}
	return nil, errOperands
}

func integer(v Value) (*big.Int, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return big.NewInt(1), true
		}
		return new(big.Int), true
	case *big.Int:
		return v, true
	}
	return nil, false
}

var errZero = errors.New("ZeroDivisionError")

func integers(o string, x, y *big.Int) (Value, error) {
	z := new(big.Int)
	switch o {
	case "+":
		return z.Add(x, y), nil
	case "-":
		return z.Sub(x, y), nil
	case "*":
		if x.BitLen()+y.BitLen() > maxBits {
			return nil, errBeyond
		}
		return z.Mul(x, y), nil
	case "&":
		return z.And(x, y), nil
	case "|":
		return z.Or(x, y), nil
	case "^":
		return z.Xor(x, y), nil
	case "**":
		if y.Sign() < 0 {
			f, _ := real64(x)
			g, _ := real64(y)
			return floats(o, f, g)
		}
		if !y.IsInt64() || int64(x.BitLen())*y.Int64() > maxBits && x.BitLen() > 1 {
			return nil, errBeyond
		}
		return z.Exp(x, y, nil), nil
	case "<<", ">>":
		if !y.IsInt64() || y.Sign() < 0 || y.Int64() > maxBits {
			return nil, errBeyond
		}
		if o == "<<" {
			return z.Lsh(x, uint(y.Int64())), nil
		}
		return z.Rsh(x, uint(y.Int64())), nil
	}
	if y.Sign() == 0 {
		return nil, errZero
	}
	switch o {
	case "/":
		f, _ := new(big.Rat).SetFrac(x, y).Float64()
		return f, nil
	case "//", "%":
		q, r := new(big.Int).QuoRem(x, y, new(big.Int))
		if r.Sign() != 0 && r.Sign() != y.Sign() {
			q.Sub(q, big.NewInt(1))
			r.Add(r, y)
		}
		if o == "//" {
			return q, nil
		}
		return r, nil
	}
	return nil, errOperands
}

func floats(o string, f, g float64) (Value, error) {
	switch o {
	case "+":
		return f + g, nil
	case "-":
		return f - g, nil
	case "*":
		return f * g, nil
	case "**":
		if f == 0 && g < 0 {
			return nil, errZero
		}
		if f < 0 && g != math.Trunc(g) {
			return nil, errBeyond
		}
		return math.Pow(f, g), nil
	}
	if g == 0 {
		return nil, errZero
	}
	switch o {
	case "/":
		return f / g, nil
	case "//", "%":
		m := math.Mod(f, g)
		if m != 0 && (m < 0) != (g < 0) {
			m += g
		}
		if o == "%" {
			return m, nil
		}
		return math.Floor((f-m)/g + 0.5), nil
	}
	return nil, errOperands
}

// add joins texts and sequences, and adds numbers for the parser's strings.
func add(a, b Value) (Value, error) {
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return a + b, nil
		}
	case Bytes:
		if b, ok := b.(Bytes); ok {
			return a + b, nil
		}
	case List:
		if b, ok := b.(List); ok {
			return append(append(List{}, a...), b...), nil
		}
	case Tuple:
		if b, ok := b.(Tuple); ok {
			return append(append(Tuple{}, a...), b...), nil
		}
	}
	return nil, errOperands
}

// maxItems bounds what a repetition in an expectation may make.
const maxItems = 1 << 20

func repeat(a, b Value) (Value, bool) {
	n, ok := integer(b)
	if !ok {
		return nil, false
	}
	switch a.(type) {
	case string, List, Tuple:
	default:
		return nil, false
	}
	size := weight(a)
	if !n.IsInt64() || n.Int64() > int64(maxItems/max(size, 1)) {
		return errBeyond, true
	}
	times := int(max(n.Int64(), 0))
	switch a := a.(type) {
	case string:
		s := make([]byte, 0, len(a)*times)
		for range times {
			s = append(s, a...)
		}
		return string(s), true
	case List:
		l := List{}
		for range times {
			l = append(l, a...)
		}
		return l, true
	}
	l := Tuple{}
	for range times {
		l = append(l, a.(Tuple)...)
	}
	return l, true
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

// weight counts what a value holds, parts that it shares as often as they occur.
func weight(v Value) int {
	n := 1
	switch v := v.(type) {
	case string:
		return len(v) + 1
	case Bytes:
		return len(v) + 1
	case *big.Int:
		return v.BitLen()/64 + 1
	case Dict:
		for _, p := range v {
			n += weight(p.Key) + weight(p.Value)
		}
	default:
		if l, err := items(v); err == nil {
			for _, x := range l {
				n += weight(x)
			}
		}
	}
	return n
}
