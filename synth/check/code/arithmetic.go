package code

import (
	"errors"
	"math"
	"math/big"
)

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
