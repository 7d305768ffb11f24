package notation

import (
	"strings"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// primary reads what no operator takes apart.
func (p *Parser) primary() *Node {
	if p.fail || !p.down() {
		return p.none()
	}
	defer func() { p.levels-- }()
	t := p.tok
	switch t.kind {
	case tokNumber:
		n := p.node(Num)
		if n != nil {
			n.Num, n.Bare, n.Base = t.num, t.bare, t.base
		}
		p.next()
		if t.str == "percent" {
			return p.node(Percent, n)
		}
		return n
	case tokName:
		return p.variable(t.str)
	case tokPi:
		p.next()
		return p.node(Pi)
	case tokInf:
		p.next()
		return p.node(Inf)
	case tokEmpty:
		p.next()
		return p.node(Set)
	case tokSpace:
		p.next()
		return p.space(t.str)
	case tokFrac:
		p.next()
		a := p.argument()
		b := p.argument()
		if p.fail {
			return nil
		}
		return p.node(Div, a, b)
	case tokBinom:
		p.next()
		a := p.argument()
		b := p.argument()
		if p.fail {
			return nil
		}
		return p.call("binom", a, b)
	case tokRoot:
		return p.root(t.num)
	case tokFunction:
		return p.functionCall(t.str)
	case '(', '[', ']', '<', tokSet:
		return p.bracket()
	case '{':
		return p.group()
	case '|':
		return p.absolute()
	case tokBegin:
		return p.matrix(t.str)
	case tokWord:
		if v, ok := numberWord(t.str); ok {
			return p.numberInWords(v)
		}
		if t.str == "half" {
			return p.numberInWords(1)
		}
	}
	return p.none()
}

// numberInWords reads what follows the number word v: twenty-one, two thirds, half.
func (p *Parser) numberInWords(v int64) *Node {
	n := p.node(Num)
	if n == nil {
		return nil
	}
	n.Num = exact.Int(v)
	if part := fractionWord(p.tok.str); part == 0 {
		p.next()
	}
	if m := p.mark(); p.tok.kind == '-' && !p.tok.space && v >= 20 {
		p.next()
		if unit, ok := numberWord(p.tok.str); ok && unit > 0 && unit < 10 && p.tok.kind == tokWord {
			n.Num = exact.Int(v + unit)
			p.next()
		} else {
			p.back(m)
		}
	}
	if p.tok.kind == '-' && !p.tok.space { // two-thirds
		m := p.mark()
		p.next()
		if p.tok.kind != tokWord || fractionWord(p.tok.str) == 0 {
			p.back(m)
		}
	}
	if part := fractionWord(p.tok.str); part > 0 && p.tok.kind == tokWord {
		n.Num = n.Num.Div(exact.Int(part))
		p.next()
	}
	return n
}

// space reads ℝ with a raised sign or number: ℝ^+, ℝ^2.
func (p *Parser) space(name string) *Node {
	n := p.node(Space)
	if n == nil {
		return nil
	}
	n.Str = name
	return n
}

func (p *Parser) variable(name string) *Node {
	math := p.inMath()
	p.next()
	switch name {
	case "e":
		return p.node(Euler)
	case "i":
		return p.node(Imag)
	}
	n := p.node(Sym)
	if n != nil {
		n.Str, n.Bare = name, !math
	}
	return n
}

func (p *Parser) call(name string, args ...*Node) *Node {
	n := p.node(Call, args...)
	if n != nil {
		n.Str = name
	}
	return n
}

// argument reads what \frac, \sqrt and \binom take: a group, or one digit or letter.
func (p *Parser) argument() *Node {
	if p.fail {
		return nil
	}
	if p.tok.kind != tokNumber {
		return p.primary()
	}
	if c := p.s[p.tok.start]; c-'0' > 9 {
		return p.primary()
	}
	n := p.node(Num)
	if n != nil {
		n.Num, n.Bare = exact.Int(int64(p.s[p.tok.start]-'0')), true
	}
	p.i = p.tok.start + 1
	p.next()
	return n
}

// root reads what stands behind √ or \sqrt; index is 0 for a square root.
func (p *Parser) root(index exact.Rat) *Node {
	latex := p.s[p.tok.start] == '\\'
	p.next()
	var k *Node
	if p.tok.kind == '[' && latex {
		p.next()
		k = p.sum()
		if p.fail || p.tok.kind != ']' {
			return p.none()
		}
		p.next()
	}
	var arg *Node
	if latex {
		arg = p.argument()
	} else {
		arg = p.primary()
	}
	if p.fail {
		return nil
	}
	one := p.node(Num)
	if one == nil {
		return nil
	}
	switch {
	case k != nil:
		one.Num = exact.Int(1)
		return p.node(Pow, arg, p.node(Div, one, k))
	case index.Sign() != 0:
		one.Num = index.Inv()
	default:
		one.Num = exact.Frac(1, 2)
	}
	return p.node(Pow, arg, one)
}

// functionCall reads sin x, \sin^2 x, \log_2 8, exp(x), gcd(4, 6).
func (p *Parser) functionCall(name string) *Node {
	p.next()
	var base, exponent *Node
	for p.tok.kind == '_' || p.tok.kind == '^' {
		op := p.tok.kind
		if op == '^' && p.tok.str == "raised" {
			exponent = p.node(Num)
			if exponent != nil {
				exponent.Num = p.tok.num
			}
			p.next()
			continue
		}
		p.next()
		var n *Node
		if op == '_' {
			n = p.argument()
		} else {
			n, _ = p.exponentNode()
		}
		if p.fail || n == nil {
			return p.none()
		}
		if op == '_' {
			base = n
		} else {
			exponent = n
		}
	}
	n := p.call(name)
	if n == nil {
		return nil
	}
	if args := p.arguments(); p.fail {
		return nil
	} else if base != nil {
		n.Kids = p.slab.list(args[0], base)
	} else {
		n.Kids = args
	}
	if exponent == nil {
		return n
	}
	if exponent.Kind == Neg && exponent.Kids[0].Bare && exponent.Kids[0].Num.IsOne() && strings.Contains("sin cos tan", name) {
		n.Str = "arc" + name // \sin^{-1} x
		return n
	}
	return p.node(Pow, n, exponent)
}

// arguments reads (a, b) or the factors up to the next sign or function.
func (p *Parser) arguments() []*Node {
	if p.tok.kind == '(' || p.tok.kind == '[' {
		n := p.bracket()
		if p.fail {
			return nil
		}
		if n.Kind == Tuple && n.Open == '(' {
			return n.Kids
		}
		for p.tok.kind == '^' && p.tok.str == "" || p.tok.kind == tokDegree {
			return p.slab.list(p.suffixed(n))
		}
		return p.slab.list(n)
	}
	arg := p.power()
	for !p.fail && (p.tok.kind != tokFunction && p.tok.kind != '(' && p.beside() || p.tok.kind == '/' && p.inMath()) {
		if p.tok.kind == '/' {
			p.next()
			d := p.power()
			if p.fail {
				return nil
			}
			arg = p.node(Div, arg, d)
			continue
		}
		right := p.power()
		if p.fail {
			return nil
		}
		arg = p.node(Mul, arg, right)
	}
	return p.slab.list(arg)
}

// suffixed reads the degree sign behind a bracketed argument; an exponent there belongs to the function's value only in \sin(x)^2,
// which writers use for both, so it is taken as the argument's.
func (p *Parser) suffixed(n *Node) *Node {
	for !p.fail {
		switch {
		case p.tok.kind == tokDegree:
			p.next()
			n = p.node(Degree, n)
		case p.tok.kind == '^' && p.tok.str == "":
			m := p.mark()
			p.next()
			_, degree := p.exponentNode()
			if p.fail || !degree {
				p.back(m)
				return n
			}
			n = p.node(Degree, n)
		default:
			return n
		}
	}
	return nil
}

// group reads {…}: braces that only bind, or a set in plain text.
func (p *Parser) group() *Node {
	depth, bars := p.depth, p.bars
	p.bars = 0
	p.next()
	if p.tok.kind == '}' {
		p.next()
		if p.inMath() {
			return p.none()
		}
		return p.node(Set)
	}
	n := p.list()
	if op := p.tok.kind; !p.fail && (op == tokOver || op == tokChoose) { // {a \over b}
		p.next()
		below := p.list()
		if p.fail {
			return nil
		}
		if op == tokOver {
			n = p.node(Div, n, below)
		} else {
			n = p.call("binom", n, below)
		}
	}
	p.depth, p.bars = depth, bars
	if p.fail || p.tok.kind != '}' {
		return p.none()
	}
	p.next()
	if n.Kind == List && n.Open == ',' {
		n.Kind = Set
	}
	return n
}

// absolute reads |…|.
func (p *Parser) absolute() *Node {
	p.bars++
	p.next()
	n := p.sum()
	p.bars--
	if p.fail || p.tok.kind != '|' {
		return p.none()
	}
	p.next()
	return p.node(Abs, n)
}

// matrix reads an environment of rows and columns.
func (p *Parser) matrix(env string) *Node {
	switch env {
	case "pmatrix", "bmatrix", "matrix", "array", "Bmatrix", "smallmatrix", "vmatrix":
	default:
		return p.none()
	}
	depth := p.depth
	p.depth++
	p.next()
	var rows, row []*Node
	for !p.fail {
		if p.tok.kind == tokFinish && len(row) == 0 && len(rows) > 0 {
			break
		}
		cell := p.sum()
		if p.fail {
			return nil
		}
		row = append(row, cell)
		switch p.tok.kind {
		case tokColumn:
			p.next()
			continue
		case tokRow, tokFinish:
			rows, row = append(rows, p.node(Tuple, row...)), row[:0]
		default:
			return p.none()
		}
		if p.tok.kind == tokFinish {
			break
		}
		p.next()
	}
	p.depth = depth
	p.next()
	if p.fail {
		return nil
	}
	n := p.node(Matrix, rows...)
	if n != nil && env == "vmatrix" {
		n.Open = '|'
	}
	return n
}
