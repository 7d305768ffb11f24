package notation

import (
	"strings"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// Bounds of what is read; longer or deeper text is no mathematics to us.
const (
	MaxBytes = 4096
	maxDepth = 120
)

// A Parser reads one text after another and keeps its memory. It is used by one goroutine.
type Parser struct {
	Formula  bool // letters outside of $…$ are unknowns, not words
	European bool // a comma before decimals, points between thousands
	Grouped  bool // (1,234) is a number in brackets
	Myriads  bool // commas stand before four digits: 1,2345

	s       string
	i       int
	tok     token
	dollars int // dollar signs passed
	depth   int // of brackets in which commas separate
	levels  int // of nesting
	bars    int // of |…| that are open
	unit    bool
	inSet   bool // directly within \{ \}, where a colon is no ratio
	fail    bool
	lexBase uint8
	scratch []byte
	slab    slab
}

// Whole reads s as one value. ok is false where s is no mathematics from end to end; a sentence that only begins with a number is none.
func (p *Parser) Whole(s string) (n *Node, ok bool) {
	n, rest := p.Prefix(s)
	return n, n != nil && strings.Trim(s[rest:], " .!?。*\"'`$\t\r\n~") == ""
}

// Prefix reads the longest value that s begins with, and says where it ends. n is nil where s begins with none.
func (p *Parser) Prefix(s string) (n *Node, rest int) {
	p.s, p.i, p.tok = s, 0, token{}
	p.dollars, p.depth, p.levels, p.bars, p.unit, p.inSet, p.fail = 0, 0, 0, 0, false, false, len(s) > MaxBytes
	p.slab.reset()
	if p.fail {
		return nil, 0
	}
	defer func() {
		if e := recover(); e != nil {
			if _, ok := e.(exact.Limit); !ok {
				panic(e)
			}
			n, rest = nil, 0
		}
	}()
	if v, end, bare := p.literal(); bare {
		return v, end
	}
	p.next()
	n = p.list()
	if p.fail {
		return nil, 0
	}
	return n, p.tok.start
}

// literal is the short way for a text of digits alone.
func (p *Parser) literal() (n *Node, end int, ok bool) {
	s := p.s
	i := 0
	if i < len(s) && s[i] == '-' {
		i++
	}
	v := int64(0)
	from := i
	for ; i < len(s) && i-from < 18 && s[i]-'0' <= 9; i++ {
		v = v*10 + int64(s[i]-'0')
	}
	if i != len(s) || i == from {
		return nil, 0, false
	}
	if from == 1 {
		v = -v
	}
	n = p.slab.node(Num)
	n.Num, n.Bare = exact.Int(v), true
	return n, i, true
}

// A mark is a place to come back to.
type mark struct {
	i, dollars, depth, levels, bars int
	unit, inSet                     bool
	tok                             token
}

func (p *Parser) mark() mark {
	return mark{p.i, p.dollars, p.depth, p.levels, p.bars, p.unit, p.inSet, p.tok}
}

// back takes up the reading at m: what came behind it was no operand.
func (p *Parser) back(m mark) {
	p.i, p.dollars, p.depth, p.levels, p.bars, p.unit, p.inSet, p.tok, p.fail = m.i, m.dollars, m.depth, m.levels, m.bars, m.unit, m.inSet, m.tok, false
}

// none marks the reading as failed.
func (p *Parser) none() *Node {
	p.fail = true
	return nil
}

func (p *Parser) node(k Kind, kids ...*Node) *Node {
	n := p.slab.node(k)
	if n == nil {
		return p.none()
	}
	if len(kids) > 0 {
		n.Kids = p.slab.list(kids...)
	}
	return n
}

// down enters a level of nesting; false where there are too many.
func (p *Parser) down() bool {
	p.levels++
	if p.levels > maxDepth {
		p.fail = true
	}
	return !p.fail
}

// list reads items and what separates them.
func (p *Parser) list() *Node {
	first := p.item()
	if p.fail || !p.separates() {
		return first
	}
	items := make([]*Node, 1, 8)
	items[0] = first
	open := byte(0)
	for p.separates() && !p.fail {
		m := p.mark()
		sep := byte(',')
		if p.tok.kind != ',' {
			sep = p.tok.kind | 0x20
		}
		p.next()
		if sep == ',' && (p.tok.kind == tokAnd || p.tok.kind == tokOr) {
			sep = p.tok.kind | 0x20
			p.next()
		}
		n := p.item()
		if p.fail || n.Kind == Text || n.Kind == Sym && n.Bare && sep != ',' && p.tok.kind == tokWord { // 12 and I am sure
			p.back(m)
			break
		}
		if open == 0 || sep != ',' {
			open = sep
		}
		items = append(items, n)
	}
	if len(items) == 1 {
		return first
	}
	if len(items) == 2 && open == 'a' && items[0].Bare && properFraction(items[1]) { // 2 and 3/4
		return p.node(Add, items...)
	}
	n := p.node(List, items...)
	if n != nil {
		n.Open = open
	}
	return n
}

func (p *Parser) separates() bool {
	return p.tok.kind == ',' || p.tok.kind == tokAnd || p.tok.kind == tokOr
}

func properFraction(n *Node) bool {
	return n.Kind == Div && n.Kids[0].Bare && n.Kids[1].Bare && n.Kids[0].Num.Cmp(n.Kids[1].Num) < 0
}

// item reads a relation and the unit behind it.
func (p *Parser) item() *Node {
	if p.tok.kind == tokMoney || p.tok.kind == '-' {
		if n, ok := p.money(); ok {
			return n
		}
	}
	if p.tok.kind == tokText && p.tok.str != "" && p.depth == 0 && !IsUnit(p.tok.str) {
		n := p.node(Text)
		if n != nil {
			n.Str = p.tok.str
		}
		p.next()
		return n
	}
	n := p.relation()
	if p.fail {
		return n
	}
	return p.units(n)
}

// money reads an amount with the currency in front of it.
func (p *Parser) money() (n *Node, ok bool) {
	m := p.mark()
	neg := p.tok.kind == '-'
	if neg {
		p.next()
	}
	if p.tok.kind != tokMoney {
		p.back(m)
		return nil, false
	}
	unit := p.tok.str
	p.next()
	n = p.relation()
	if p.fail {
		return nil, true
	}
	n = p.units(n)
	if neg && !p.fail {
		if n.Kind == Quantity {
			n.Kids[0] = p.node(Neg, n.Kids[0])
			return n, true
		}
		n = p.node(Neg, n)
	}
	if !p.fail && n.Kind != Quantity {
		n = p.node(Quantity, n)
		if n != nil {
			n.Str = unit
		}
	}
	return n, true
}

// relops are the tokens between the sides of a relation.
const relops = "=<>lg#~E"

// relation reads sides and what relates them.
func (p *Parser) relation() *Node {
	if !p.down() {
		return nil
	}
	defer func() { p.levels-- }()
	first := p.sets()
	if p.fail || strings.IndexByte(relops, p.tok.kind) < 0 {
		return first
	}
	var ops [16]byte
	var sides [17]*Node
	n := 0
	sides[0] = first
	for n < len(ops) && strings.IndexByte(relops, p.tok.kind) >= 0 {
		m := p.mark()
		ops[n] = p.tok.kind
		p.next()
		side := p.sets()
		if p.fail {
			p.back(m)
			break
		}
		n++
		sides[n] = side
	}
	if n == 0 {
		return first
	}
	r := p.node(Relation, sides[:n+1]...)
	if r != nil {
		r.Ops = operators(ops[:n])
	}
	return r
}

// operators returns the text of ops, without allocating for one.
func operators(ops []byte) string {
	if len(ops) == 1 {
		k := strings.IndexByte(relops, ops[0])
		return relops[k : k+1]
	}
	return string(ops)
}

// sets reads unions, intersections and differences.
func (p *Parser) sets() *Node {
	left := p.ratio()
	for !p.fail {
		var k Kind
		switch p.tok.kind {
		case 'U':
			k = Union
		case 'N':
			k = Meet
		case '\\':
			k = Without
		default:
			return left
		}
		m := p.mark()
		p.next()
		right := p.ratio()
		if p.fail {
			p.back(m)
			return left
		}
		left = p.node(k, left, right)
	}
	return left
}

// ratio reads 3:4 and "3 to 4".
func (p *Parser) ratio() *Node {
	first := p.sum()
	if p.fail || !p.colon() {
		return first
	}
	parts := [9]*Node{first}
	n := 1
	for n < len(parts) && p.colon() {
		m := p.mark()
		p.next()
		part := p.sum()
		if p.fail {
			p.back(m)
			break
		}
		parts[n] = part
		n++
	}
	if n == 1 {
		return first
	}
	return p.node(Ratio, parts[:n]...)
}

func (p *Parser) colon() bool {
	if p.tok.kind == ':' {
		return !p.inSet
	}
	return p.tok.kind == tokWord && (p.tok.str == "to" || p.tok.str == "比")
}
