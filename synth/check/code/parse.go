package code

import (
	"fmt"
	"slices"
)

// A node is an expression over literals and holes. A hole stands for what the program answers to a call.
type node struct {
	op   string // lit, hole, or, and, not, cmp, list, tuple, set, dict, call, index, if, -x, +x, ~x, or a binary operator
	args []*node
	v    Value    // lit
	hole int      // hole: index of its call
	ops  []string // cmp
	name string   // call
	kw   []string // call: names of the last arguments
	// from and to are the node's tokens
	from, to int
}

// A parser reads one expression of a test.
type parser struct {
	source string
	t      []token
	i      int
	depth  int
	names  map[string]string // names by which a test knows the program's function → its own
	entry  string            // the program's function; the first one called where nobody has named it
	calls  []string
}

// all reads an expression that the tokens are. The calls that it needs are appended to p.calls.
func (p *parser) all() (*node, error) {
	n, err := p.ternary()
	if err != nil {
		return nil, err
	}
	if p.i < len(p.t) {
		return nil, fmt.Errorf("%q is more than an expression", p.t[p.i].text)
	}
	return n, nil
}

func (p *parser) peek() string {
	if p.i < len(p.t) && p.t[p.i].kind != str {
		return p.t[p.i].text
	}
	return ""
}

func (p *parser) accept(s string) bool {
	if p.peek() == s {
		p.i++
		return true
	}
	return false
}

func (p *parser) expect(s string) error {
	if !p.accept(s) {
		return fmt.Errorf("%q is missing", s)
	}
	return nil
}

func (p *parser) ternary() (*node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("nested too deeply")
	}
	defer func() { p.depth-- }()
	from := p.i
	n, err := p.binary(0)
	if err != nil || !p.accept("if") {
		return n, err
	}
	c, err := p.binary(0)
	if err != nil {
		return nil, err
	}
	if err := p.expect("else"); err != nil {
		return nil, err
	}
	other, err := p.ternary()
	return &node{op: "if", args: []*node{c, n, other}, from: from, to: p.i}, err
}

// levels are the binary operators, loosest first.
var levels = [][]string{{"or"}, {"and"}, {"not"}, {"cmp"}, {"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "//", "%"}}

func (p *parser) binary(level int) (*node, error) {
	if level == len(levels) {
		return p.unary()
	}
	from := p.i
	switch levels[level][0] {
	case "not":
		if p.accept("not") {
			if p.depth++; p.depth > maxDepth {
				return nil, fmt.Errorf("nested too deeply")
			}
			defer func() { p.depth-- }()
			n, err := p.binary(level)
			return &node{op: "not", args: []*node{n}, from: from, to: p.i}, err
		}
		return p.binary(level + 1)
	case "cmp":
		return p.comparison(level)
	}
	n, err := p.binary(level + 1)
	for err == nil && slices.Contains(levels[level], p.peek()) {
		o := p.peek()
		p.i++
		var m *node
		m, err = p.binary(level + 1)
		n = &node{op: o, args: []*node{n, m}, from: from, to: p.i}
	}
	return n, err
}

func (p *parser) comparison(level int) (*node, error) {
	from := p.i
	n, err := p.binary(level + 1)
	if err != nil {
		return nil, err
	}
	c := &node{op: "cmp", args: []*node{n}, from: from}
	for {
		o := p.peek()
		switch o {
		case "==", "!=", "<", "<=", ">", ">=", "in":
			p.i++
		case "is":
			p.i++
			if p.accept("not") {
				o = "is not"
			}
		case "not":
			p.i++
			if err := p.expect("in"); err != nil {
				return nil, err
			}
			o = "not in"
		default:
			c.to = p.i
			if len(c.ops) == 0 {
				return n, nil
			}
			return c, nil
		}
		m, err := p.binary(level + 1)
		if err != nil {
			return nil, err
		}
		c.ops, c.args = append(c.ops, o), append(c.args, m)
	}
}

func (p *parser) unary() (*node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("nested too deeply")
	}
	defer func() { p.depth-- }()
	from := p.i
	if o := p.peek(); o == "-" || o == "+" || o == "~" {
		p.i++
		n, err := p.unary()
		return &node{op: o + "x", args: []*node{n}, from: from, to: p.i}, err
	}
	n, err := p.primary()
	if err != nil || !p.accept("**") {
		return n, err
	}
	m, err := p.unary()
	return &node{op: "**", args: []*node{n, m}, from: from, to: p.i}, err
}
