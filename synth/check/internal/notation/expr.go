package notation

import "github.com/winnow-data/winnow/synth/check/internal/exact"

// sum reads terms.
func (p *Parser) sum() *Node {
	if !p.down() {
		return nil
	}
	defer func() { p.levels-- }()
	left := p.signed()
	for !p.fail {
		op := p.tok.kind
		if op != '+' && op != '-' && op != 'P' && op != 'M' {
			break
		}
		m := p.mark()
		p.next()
		right := p.signed()
		if p.fail {
			p.back(m)
			return left
		}
		switch op {
		case '-':
			right = p.node(Neg, right)
			fallthrough
		case '+':
			left = p.node(Add, left, right)
		default:
			left = p.plusMinus(op, left, right)
		}
	}
	return left
}

func (p *Parser) plusMinus(op byte, kids ...*Node) *Node {
	n := p.node(PlusMinus, kids...)
	if n != nil {
		n.Open = '+'
		if op == 'M' {
			n.Open = '-'
		}
	}
	return n
}

// signed reads a product with the signs before it.
func (p *Parser) signed() *Node {
	switch op := p.tok.kind; op {
	case '+', '-', 'P', 'M':
		if !p.down() {
			return nil
		}
		p.next()
		n := p.signed()
		p.levels--
		if p.fail {
			return nil
		}
		switch op {
		case '+':
			n.Bare = false
			return n
		case '-':
			return p.node(Neg, n)
		}
		return p.plusMinus(op, n)
	}
	return p.product()
}

// product reads factors; two that stand beside each other are multiplied.
func (p *Parser) product() *Node {
	left := p.power()
	for !p.fail {
		op := p.tok.kind
		switch {
		case op == '*' || op == '/':
			m := p.mark()
			p.next()
			right := p.factor()
			if p.fail {
				p.back(m)
				return left
			}
			k := Mul
			if op == '/' {
				k = Div
			}
			left = p.node(k, left, right)
		case left.Kind == Num && left.Bare && (op == tokNumber || op == tokFrac):
			mixed, ok := p.mixed(left)
			if !ok {
				return left
			}
			left = p.suffixes(mixed)
		case p.beside():
			m := p.mark()
			applied := left.Kind == Sym && p.tok.kind == '('
			right := p.power()
			if p.fail {
				p.back(m)
				return left
			}
			if left = p.node(Mul, left, right); applied && left != nil {
				left.Open = '('
			}
		default:
			return left
		}
	}
	return left
}

// factor reads a factor behind an operator; it may have a sign.
func (p *Parser) factor() *Node {
	switch op := p.tok.kind; op {
	case '-', '+':
		if !p.down() {
			return nil
		}
		p.next()
		n := p.factor()
		p.levels--
		if p.fail || op == '+' {
			return n
		}
		return p.node(Neg, n)
	case 'P', 'M':
		p.next()
		n := p.power()
		if p.fail {
			return nil
		}
		return p.plusMinus(op, n)
	}
	return p.power()
}

// beside says whether the next token begins a factor that needs no operator.
func (p *Parser) beside() bool {
	switch p.tok.kind {
	case tokName, tokPi, tokFunction, tokFrac, tokRoot, tokBinom, '{', tokInf, tokBegin:
		return true
	case '(':
		return (p.tok.str == "" || p.tok.str[0] == 'l') && !p.remark()
	case '|':
		return p.bars == 0 && p.opensBar()
	case tokNumber:
		return !p.afterNumber()
	}
	return false
}

// remark says whether the bracket that is next holds words: 4 (four).
func (p *Parser) remark() bool {
	if p.inMath() || !p.tok.space {
		return false
	}
	r, n := p.at(p.tok.end)
	next, _ := p.at(p.tok.end + n)
	return letter(r) && letter(next)
}

// afterNumber says whether a digit stands before the token: 5 6 is no product.
func (p *Parser) afterNumber() bool {
	for i := p.tok.start - 1; i >= 0; i-- {
		switch c := p.s[i]; c {
		case ' ', '$', '\n', '\t', '\r':
		default:
			return c-'0' <= 9 || c >= 0x80 || !p.inMath() && p.tok.space
		}
	}
	return true
}

// opensBar says whether the bar that is next has a partner.
func (p *Parser) opensBar() bool {
	for i := p.tok.end; i < len(p.s); i++ {
		if p.s[i] == '|' {
			return true
		}
	}
	return false
}

// mixed reads the fraction behind the integer whole: 2 3/4, 2\frac{3}{4}, 2½.
func (p *Parser) mixed(whole *Node) (*Node, bool) {
	m := p.mark()
	var f *Node
	switch {
	case p.tok.kind == tokFrac:
		f = p.primary()
		if p.fail || f.Kind != Div || !f.Kids[0].Bare || !f.Kids[1].Bare {
			p.back(m)
			if f = p.power(); p.fail {
				p.back(m)
				return nil, false
			}
			return p.node(Mul, whole, f), true
		}
	case p.tok.str == "vulgar":
		f = p.node(Num)
		if f != nil {
			f.Num = p.tok.num
		}
		p.next()
	case p.tok.bare && p.tok.space:
		a := p.tok.num
		p.next()
		if p.tok.kind != '/' {
			p.back(m)
			return nil, false
		}
		p.next()
		if p.tok.kind != tokNumber || !p.tok.bare || p.tok.num.Sign() == 0 {
			p.back(m)
			return nil, false
		}
		if f = p.node(Num); f != nil {
			f.Num = a.Div(p.tok.num)
		}
		p.next()
	default:
		return nil, false
	}
	if p.fail {
		return nil, false
	}
	return p.node(Add, whole, f), true
}

// power reads a factor.
func (p *Parser) power() *Node { return p.suffixes(p.primary()) }

// suffixes reads what stands behind n: exponents, !, %, °, multipliers.
func (p *Parser) suffixes(n *Node) *Node {
	for !p.fail {
		switch p.tok.kind {
		case '^':
			if p.tok.str == "raised" {
				e := p.node(Num)
				if e != nil {
					e.Num, e.Bare = p.tok.num, true
				}
				p.next()
				n = p.node(Pow, n, e)
				continue
			}
			m := p.mark()
			p.next()
			if e, degree := p.exponentNode(); p.fail {
				p.back(m)
				return n
			} else if degree {
				n = p.node(Degree, n)
			} else {
				n = p.node(Pow, n, e)
			}
		case '!':
			p.next()
			n = p.node(Fact, n)
		case '%':
			mille := p.tok.str == "mille"
			p.next()
			n = p.node(Percent, n)
			if mille {
				tenth := p.node(Num)
				if tenth != nil {
					tenth.Num = exact.Frac(1, 10)
				}
				n = p.node(Mul, n, tenth)
			}
		case tokDegree:
			p.next()
			n = p.node(Degree, n)
		case tokScale:
			by := p.node(Num)
			if by != nil {
				by.Num = p.tok.num
			}
			p.next()
			n = p.node(Mul, n, by)
		case tokDots:
			if n.Kind != Num {
				return n
			}
			p.next()
			n = p.node(Approx, n)
		default:
			return n
		}
	}
	return nil
}

// exponentNode reads an exponent; degree says that it was the sign for degrees.
func (p *Parser) exponentNode() (e *Node, degree bool) {
	if !p.down() {
		return nil, false
	}
	defer func() { p.levels-- }()
	switch p.tok.kind {
	case tokDegree:
		p.next()
		return nil, true
	case '-', '+':
		op := p.tok.kind
		p.next()
		if e, degree = p.exponentNode(); p.fail || degree || op == '+' {
			return e, degree
		}
		return p.node(Neg, e), false
	case '{':
		depth := p.depth
		p.depth = 0
		p.next()
		if p.tok.kind == tokDegree {
			p.next()
			degree = true
		} else if e = p.sum(); p.fail {
			return nil, false
		}
		p.depth = depth
		if p.tok.kind != '}' {
			return p.none(), false
		}
		p.next()
		return e, degree
	}
	e = p.primary()
	if !p.fail && p.tok.kind == '^' && p.tok.str == "" { // 2^3^2
		p.next()
		top, _ := p.exponentNode()
		if p.fail || top == nil {
			return p.none(), false
		}
		e = p.node(Pow, e, top)
	}
	return e, false
}
