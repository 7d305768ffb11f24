package schema

import "strings"

// length is the length of shortestOf(i) or a little more, without building it.
func (g *Grammar) length(i int32) int {
	n := &g.nodes[i]
	switch n.kind {
	case chars:
		return int(n.min)
	case array:
		return int(n.min) * len(g.memo[n.kids[1]])
	}
	sum := len(n.text)
	for _, k := range n.kids {
		sum += len(g.memo[k])
	}
	return sum
}

// shortestOf is the shortest text of an untouched node, its kids' being known.
func (g *Grammar) shortestOf(i int32) string {
	n := &g.nodes[i]
	switch n.kind {
	case sequence:
		var b strings.Builder
		for _, k := range n.kids {
			b.WriteString(g.memo[k])
		}
		return b.String()
	case choice:
		best := g.memo[n.kids[0]]
		for _, k := range n.kids[1:] {
			if len(g.memo[k]) < len(best) {
				best = g.memo[k]
			}
		}
		return best
	}
	return g.shortest(g.part(i))
}

// shortest is the shortest text that ends a part.
func (g *Grammar) shortest(p part) string {
	n := &g.nodes[p.node]
	switch n.kind {
	case literal:
		return n.text[p.count:]
	case chars:
		more := n.min - p.count
		if p.state != charNone {
			more--
		}
		return closeChar[p.state] + strings.Repeat("x", max(int(more), 0))
	case digits:
		return n.number.closing(p.num)
	case array:
		if p.count >= n.min {
			return ""
		}
		first := g.memo[n.kids[0]]
		if p.count > 0 {
			first = g.memo[n.kids[1]]
		}
		return first + strings.Repeat(g.memo[n.kids[1]], int(n.min-p.count-1))
	}
	return g.memo[p.node]
}

// Deepest is a bound on the length of [Automaton.Closing] over all states.
func (g *Grammar) Deepest() int {
	deep := make([]int, len(g.nodes)) // kids come before their parents
	for i := range g.nodes {
		n := &g.nodes[i]
		switch n.kind {
		case literal:
			deep[i] = len(n.text)
		case sequence:
			behind := 0
			for k := len(n.kids) - 1; k >= 0; k-- {
				deep[i] = max(deep[i], deep[n.kids[k]]+behind)
				behind += len(g.memo[n.kids[k]])
			}
		case choice:
			for _, k := range n.kids {
				deep[i] = max(deep[i], deep[k])
			}
		case chars:
			deep[i] = int(n.min) + 8
		case digits:
			deep[i] = wholeDigits + fracDigits + 2
		case array:
			deep[i] = max(deep[n.kids[0]], deep[n.kids[1]]) + int(n.min)*len(g.memo[n.kids[1]])
		}
	}
	return deep[g.start]
}
