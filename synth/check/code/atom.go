package code

import (
	"fmt"
	"strings"
)

func (p *parser) primary() (*node, error) {
	from := p.i
	n, err := p.atom()
	for err == nil && p.peek() == "[" {
		p.i++
		var i *node
		if i, err = p.ternary(); err != nil {
			break
		}
		if err = p.expect("]"); err != nil {
			break
		}
		if n.op == "hole" && i.op == "lit" {
			n = p.widen(n, from)
			continue
		}
		n = &node{op: "index", args: []*node{n, i}, from: from, to: p.i}
	}
	if err == nil && (p.peek() == "." || p.peek() == "(") {
		return nil, fmt.Errorf("a method or a call that is not known here")
	}
	return n, err
}

// widen makes the tokens from here to the parser's place the call of a hole that they hold.
func (p *parser) widen(hole *node, from int) *node {
	p.calls[hole.hole] = p.text(from, p.i)
	return &node{op: "hole", hole: hole.hole, from: from, to: p.i}
}

// text returns the source of tokens, with the program's own name for its function.
func (p *parser) text(from, to int) string {
	var b strings.Builder
	at := p.t[from].at
	for i := from; i < to; i++ {
		t := p.t[i]
		b.WriteString(p.source[at:t.at])
		own, ok := p.names[t.text]
		if t.kind != name || !ok || i > 0 && p.t[i-1].text == "." {
			own = t.text
		}
		b.WriteString(own)
		at = t.at + len(t.text)
	}
	return "(" + b.String() + ")"
}

var constants = map[string]Value{"None": nil, "True": true, "False": false}

// keywords cannot stand for a value here.
var keywords = map[string]bool{
	"lambda": true, "await": true, "yield": true, "for": true, "if": true, "else": true, "in": true, "is": true, "not": true, "and": true, "or": true,
	"assert": true, "import": true, "from": true, "def": true, "class": true, "return": true, "async": true, "while": true, "with": true, "del": true, "global": true,
}

func (p *parser) atom() (*node, error) {
	if p.i >= len(p.t) {
		return nil, fmt.Errorf("an expression is missing")
	}
	from := p.i
	t := p.t[p.i]
	p.i++
	switch t.kind {
	case number:
		v, err := readLiteral(t.text)
		return &node{op: "lit", v: v, from: from, to: p.i}, err
	case str:
		return p.strings(from)
	case name:
		if v, ok := constants[t.text]; ok {
			return &node{op: "lit", v: v, from: from, to: p.i}, nil
		}
		if keywords[t.text] {
			return nil, fmt.Errorf("%q is no value", t.text)
		}
		if t.text == "math" && p.accept(".") {
			if p.i < len(p.t) && p.t[p.i].text == "isclose" {
				p.i++
				return p.function("isclose", from)
			}
			return nil, fmt.Errorf("a function of math that is not known here")
		}
		if _, ok := functions[t.text]; ok && p.names[t.text] == "" {
			return p.function(t.text, from)
		}
		return p.outside(from)
	}
	switch t.text {
	case "(":
		if p.accept(")") {
			return &node{op: "tuple", from: from, to: p.i}, nil
		}
		items, comma, err := p.items(")")
		if err != nil {
			return nil, err
		}
		if len(items) == 1 && !comma {
			if items[0].op == "hole" {
				return p.widen(items[0], from), nil
			}
			return items[0], nil
		}
		return &node{op: "tuple", args: items, from: from, to: p.i}, nil
	case "[":
		items, _, err := p.items("]")
		return &node{op: "list", args: items, from: from, to: p.i}, err
	case "{":
		return p.braces(from)
	}
	return nil, fmt.Errorf("%q is no value", t.text)
}

func (p *parser) strings(from int) (*node, error) {
	p.i = from
	var v Value
	for p.i < len(p.t) && p.t[p.i].kind == str {
		part, err := readString(p.t[p.i].text)
		if err != nil {
			return nil, err
		}
		switch {
		case p.i == from:
			v = part
		default:
			joined, err := add(v, part)
			if err != nil {
				return nil, err
			}
			v = joined
		}
		p.i++
	}
	return &node{op: "lit", v: v, from: from, to: p.i}, nil
}

// items reads expressions up to the closing bracket.
func (p *parser) items(closing string) (items []*node, comma bool, err error) {
	for !p.accept(closing) {
		n, err := p.ternary()
		if err != nil {
			return nil, false, err
		}
		items = append(items, n)
		if comma = p.accept(","); !comma {
			return items, false, p.expect(closing)
		}
	}
	return items, comma, nil
}

func (p *parser) braces(from int) (*node, error) {
	n := &node{op: "dict", from: from}
	for !p.accept("}") {
		k, err := p.ternary()
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, k)
		if len(n.args) == 1 && p.peek() != ":" {
			n.op = "set"
		}
		if n.op == "dict" {
			if err := p.expect(":"); err != nil {
				return nil, err
			}
			v, err := p.ternary()
			if err != nil {
				return nil, err
			}
			n.args = append(n.args, v)
		}
		if !p.accept(",") {
			if err := p.expect("}"); err != nil {
				return nil, err
			}
			break
		}
	}
	n.to = p.i
	return n, nil
}

// function reads the arguments of a builtin. Around nothing but a hole it becomes part of the call: the program's process applies it.
func (p *parser) function(f string, from int) (*node, error) {
	if err := p.expect("("); err != nil {
		return nil, fmt.Errorf("%s stands without arguments", f)
	}
	n := &node{op: "call", name: f, from: from}
	for !p.accept(")") {
		if p.i+1 < len(p.t) && p.t[p.i].kind == name && p.t[p.i+1].text == "=" {
			n.kw = append(n.kw, p.t[p.i].text)
			p.i += 2
		} else if len(n.kw) > 0 {
			return nil, fmt.Errorf("a plain argument behind a named one")
		}
		a, err := p.ternary()
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, a)
		if !p.accept(",") {
			if err := p.expect(")"); err != nil {
				return nil, err
			}
			break
		}
	}
	n.to = p.i
	if f != "isclose" && len(n.args) == 1 && len(n.kw) == 0 && n.args[0].op == "hole" {
		return p.widen(n.args[0], from), nil
	}
	if functions[f] == nil {
		return nil, fmt.Errorf("%s is not known here", f)
	}
	return n, nil
}

// outside reads a name that is the program's, with its calls, indexes and methods without arguments: a hole.
func (p *parser) outside(from int) (*node, error) {
	switch f := p.t[from].text; {
	case p.names[f] != "" || f == p.entry:
	case p.entry == "" && p.peek() == "(":
		p.entry = f
	case p.peek() != "(" && p.peek() != ".": // a value that the setup has made
	default:
		return nil, fmt.Errorf("%q is not what is tested", f)
	}
	for {
		switch p.peek() {
		case "(":
			method := p.i >= 2 && p.i-1 > from && p.t[p.i-2].text == "."
			open := p.i
			if err := p.skip(); err != nil {
				return nil, err
			}
			if method && p.i > open+2 {
				return nil, fmt.Errorf("a method with arguments")
			}
		case "[":
			if err := p.skip(); err != nil {
				return nil, err
			}
		case ".":
			p.i++
			if p.i >= len(p.t) || p.t[p.i].kind != name {
				return nil, fmt.Errorf("a name is missing")
			}
			p.i++
		default:
			p.calls = append(p.calls, p.text(from, p.i))
			return &node{op: "hole", hole: len(p.calls) - 1, from: from, to: p.i}, nil
		}
	}
}

// skip passes over a bracket and all in it.
func (p *parser) skip() error {
	depth := 0
	for p.i < len(p.t) {
		switch t := p.t[p.i]; {
		case t.kind != op:
		case t.text == "(" || t.text == "[" || t.text == "{":
			depth++
		case t.text == ")" || t.text == "]" || t.text == "}":
			depth--
		}
		p.i++
		if depth == 0 {
			return nil
		}
	}
	return fmt.Errorf("a bracket is open")
}
