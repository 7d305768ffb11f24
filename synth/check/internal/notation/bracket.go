package notation

// bracket reads what stands in ( ), [ ], \{ \}, ⟨ ⟩ and intervals such as [0,1) and ]0,1[: one value, a tuple or a set.
func (p *Parser) bracket() *Node {
	open := p.opening()
	floor := p.tok.str
	depth, bars, inSet := p.depth, p.bars, p.inSet
	p.depth, p.bars, p.inSet = p.depth+1, 0, open == '{'
	defer func() { p.inSet = inSet }()
	p.next()
	if k := p.tok.kind; k == ')' || k == ']' || k == tokSetEnd {
		return p.empty(open, depth, bars)
	}
	first := p.item()
	if p.fail {
		return nil
	}
	if open == '{' && (p.tok.kind == '|' || p.tok.kind == ':') { // \{x | x > 3\}
		p.inSet = false
		p.next()
		first = p.list()
	}
	if p.fail || p.tok.kind != ',' {
		return p.single(first, open, floor, depth, bars)
	}
	items := make([]*Node, 1, 8)
	items[0] = first
	for p.tok.kind == ',' && !p.fail {
		p.next()
		items = append(items, p.item())
	}
	if p.fail {
		return nil
	}
	closing := p.closes(open)
	if closing == 0 {
		return p.none()
	}
	p.depth, p.bars = depth, bars
	p.next()
	n := p.node(Tuple, items...)
	if n == nil {
		return nil
	}
	n.Open, n.Close = open, closing
	if open == '{' {
		n.Kind = Set
	}
	return n
}

// opening returns the bracket that opens: ( [ ] { or <.
func (p *Parser) opening() byte {
	switch {
	case p.tok.kind == tokSet:
		return '{'
	case p.tok.str == "<":
		return '<'
	}
	return p.tok.kind
}

// closes returns the bracket of the next token where it may close what open opened, else 0. Intervals mix their brackets.
func (p *Parser) closes(open byte) byte {
	switch k := p.tok.kind; open {
	case '{':
		if k == tokSetEnd {
			return '}'
		}
	case '<':
		if k == '>' || k == ')' && p.tok.str == ">" {
			return '>'
		}
	default:
		if k == ')' || k == ']' || k == '[' && open == ']' || k == '[' && open == '[' && p.depth == 1 {
			return k
		}
	}
	return 0
}

func (p *Parser) empty(open byte, depth, bars int) *Node {
	if open != '{' {
		return p.none()
	}
	p.depth, p.bars = depth, bars
	p.next()
	return p.node(Set)
}

// single closes a bracket around one value.
func (p *Parser) single(n *Node, open byte, floor string, depth, bars int) *Node {
	if p.fail {
		return nil
	}
	closing := p.closes(open)
	if closing == 0 {
		return p.none()
	}
	p.depth, p.bars = depth, bars
	p.next()
	switch {
	case open == '{':
		if n.Kind == List {
			n.Kind = Set
			return n
		}
		return p.node(Set, n)
	case floor == "lfloor":
		return p.call("floor", n)
	case floor == "lceil":
		return p.call("ceil", n)
	}
	if n.Kind == Num && n.Bare { // (2) 3/4 is no mixed number
		c := p.node(Num)
		if c != nil {
			c.Num = n.Num
		}
		return c
	}
	return n
}
