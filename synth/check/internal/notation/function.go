package notation

import (
	"strings"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

func (p *Parser) call(name string, args ...*Node) *Node {
	n := p.node(Call, args...)
	if n != nil {
		n.Str = name
	}
	return n
}

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
