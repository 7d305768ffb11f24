package notation

import "github.com/winnow-data/winnow/synth/check/internal/exact"

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

// argument reads what \frac, \sqrt and \binom take: a group, or one digit or letter.
// root reads what stands behind √ or \sqrt; index is 0 for a square root.
// functionCall reads sin x, \sin^2 x, \log_2 8, exp(x), gcd(4, 6).
// arguments reads (a, b) or the factors up to the next sign or function.
// suffixed reads the degree sign behind a bracketed argument; an exponent there belongs to the function's value only in \sin(x)^2,
// which writers use for both, so it is taken as the argument's.
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
