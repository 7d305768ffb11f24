package notation

import (
	"strings"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// A token is the next thing to read. Operators are their own kind; the rest are letters.
type token struct {
	kind       byte
	space      bool // white space stands before it
	bare       bool
	base       uint8
	num        exact.Rat
	str        string
	start, end int
}

// The kinds of tokens that are no operators. Relations and operators are = < > l g # ~ E + - * / ^ ! % ( ) [ ] { } | , : U N \ P M.
const (
	tokEnd      = 0
	tokNumber   = 'n'
	tokName     = 'v' // one unknown
	tokWord     = 'w' // letters outside of formulas
	tokText     = 't' // \text{…}
	tokFunction = 'f'
	tokPi       = 'p'
	tokInf      = 'i'
	tokSpace    = 'R' // ℝ
	tokEmpty    = '0'
	tokFrac     = 'F'
	tokRoot     = 'Q'
	tokBinom    = 'B'
	tokBegin    = 'X'
	tokFinish   = 'Y' // \end{…}
	tokColumn   = '&'
	tokRow      = 'L' // \\
	tokSet      = 'S' // \{
	tokSetEnd   = 'Z'
	tokAnd      = 'A'
	tokOr       = 'O'
	tokDegree   = 'd'
	tokMoney    = '$'
	tokScale    = 'm' // thousand, million
	tokDots     = '.'
	tokOver     = 'o'
	tokChoose   = 'c'
	tokBad      = '?'
)

// next reads the token at p.i.
func (p *Parser) next() {
	t := &p.tok
	prev := t.kind
	*t = token{}
	for {
		r, n := p.at(p.i)
		switch r {
		case ' ', '\t', '\n', '\r':
			t.space = true
			p.i += n
			continue
		case '$':
			p.i += n
			if p.dollars&1 == 0 && p.amount() {
				continue
			}
			p.dollars++
			if p.i < len(p.s) && p.s[p.i] == '$' {
				p.i++
			}
			continue
		case '~':
			t.space = true
			p.i += n
			continue
		case '`':
			p.i += n
			continue
		}
		t.start = p.i
		switch {
		case n == 0:
			t.end = p.i
			return
		case digit(r):
			t.kind, p.lexBase = tokNumber, 0
			t.num, t.end, t.bare = p.number(p.i)
			t.base = p.lexBase
			if t.end < len(p.s) && (p.s[t.end] >= 0x80 || p.s[t.end] == ' ' && p.hanScale(t.end+1)) {
				t.num, t.end = p.scaled(t.num, t.end)
				p.parts()
			}
		case letter(r):
			p.letters(prev)
		case r == '\\':
			if !p.command() {
				continue
			}
		default:
			p.symbol(r, n)
		}
		p.i = t.end
		return
	}
}

// amount says whether the dollar sign before the point of reading is a currency: digits follow, and no sign that closes a formula.
func (p *Parser) amount() bool {
	r, _ := p.at(p.i)
	return digit(r) && strings.IndexByte(p.s[p.i:], '$') < 0
}

// parts reads 分之 behind a number: the number before it is the denominator.
func (p *Parser) parts() {
	t := &p.tok
	if !strings.HasPrefix(p.s[t.end:], "分之") {
		return
	}
	i := t.end + len("分之")
	v, end := exact.Rat{}, i
	if r, _ := p.at(i); digit(r) {
		v, end, _ = p.number(i)
	} else {
		v, end = p.hanNumber(i)
	}
	if end > i && t.num.Sign() != 0 {
		t.num, t.end, t.bare = v.Div(t.num), end, false
	}
}

// symbol reads what is neither letter nor digit nor command.
func (p *Parser) symbol(r rune, n int) {
	t := &p.tok
	t.kind, t.end = tokBad, p.i+n
	two := func(s string, kind byte) bool {
		if strings.HasPrefix(p.s[p.i:], s) {
			t.kind, t.end = kind, p.i+len(s)
			return true
		}
		return false
	}
	switch r {
	case '+':
		if !two("+/-", 'P') {
			t.kind = '+'
		}
	case '-':
		if !two("->", tokBad) {
			t.kind = '-'
		}
	case '*':
		if !two("**", '^') {
			t.kind = '*'
		}
	case '/':
		if !two("//", '/') {
			t.kind = '/'
		}
	case '^', '(', ')', '[', ']', '{', '}', '|', '%', ':':
		t.kind = byte(r)
	case ',', ';', '、':
		t.kind = ','
	case '!':
		if !two("!=", '#') {
			t.kind = '!'
		}
	case '=':
		if !two("=<", 'l') && !two("==", '=') && !two("=>", tokBad) {
			t.kind = '='
		}
	case '<':
		if !two("<=", 'l') && !two("<>", '#') {
			t.kind = '<'
		}
	case '>':
		if !two(">=", 'g') {
			t.kind = '>'
		}
	case '&':
		t.kind = tokColumn
	case '.':
		if next, _ := p.at(p.i + n); digit(next) {
			t.kind = tokNumber
			t.num, t.end, t.bare = p.number(p.i)
		} else if strings.HasPrefix(p.s[p.i:], "...") {
			t.kind, t.end = tokDots, p.i+3
		}
	case '_':
		t.kind = '_'
	default:
		p.sign(r)
	}
}

// sign reads a mathematical sign beyond ASCII.
func (p *Parser) sign(r rune) {
	t := &p.tok
	if n, d := vulgar(r); d != 0 {
		t.kind, t.num, t.str = tokNumber, exact.Frac(n, d), "vulgar"
		return
	}
	if v := circled(r); v >= 0 {
		t.kind, t.num = tokNumber, exact.Int(v)
		return
	}
	if r == '〇' {
		t.kind = tokNumber
		t.num, t.end = p.hanNumber(p.i)
		return
	}
	if raised(r) >= 0 || r == '⁻' {
		t.kind, t.str = '^', "raised"
		v := int64(0)
		i := p.i
		if r == '⁻' {
			i += len("⁻")
		}
		for k, n := p.at(i); raised(k) >= 0 && v < 1<<40; k, n = p.at(i) {
			v, i = v*10+raised(k), i+n
		}
		if r == '⁻' {
			v = -v
		}
		t.num, t.end = exact.Int(v), i
		return
	}
	switch r {
	case '≤', '≦', '⩽':
		t.kind = 'l'
	case '≥', '≧', '⩾':
		t.kind = 'g'
	case '≠':
		t.kind = '#'
	case '≈', '≃', '≅':
		t.kind = '~'
	case '≡':
		t.kind = '='
	case '∈':
		t.kind = 'E'
	case '∪':
		t.kind = 'U'
	case '∩':
		t.kind = 'N'
	case '∖':
		t.kind = '\\'
	case '±':
		t.kind = 'P'
	case '∓':
		t.kind = 'M'
	case '∞':
		t.kind = tokInf
	case '∅':
		t.kind = tokEmpty
	case '√':
		t.kind = tokRoot
	case '∛':
		t.kind, t.num = tokRoot, exact.Int(3)
	case '°', '˚':
		t.kind = tokDegree
	case '€', '£', '¥', '₹', '₽', '₩', '￥', '￡':
		t.kind, t.str = tokMoney, p.s[t.start:t.end]
	case '…':
		t.kind = tokDots
	case '‰':
		t.kind, t.str = '%', "mille"
	case '→', '⇒', '∴':
		t.kind = tokBad
	}
}
