package schema

// settle appends to ts what t comes to when everything that reads no byte is done: each thread then is empty or ends in a part that reads one.
func (a *Automaton) settle(ts []thread, t thread) []thread {
	if len(t) == 0 {
		return append(ts, t)
	}
	top := t[len(t)-1]
	rest := t[: len(t)-1 : len(t)-1] // appends to it copy
	n := &a.g.nodes[top.node]
	switch n.kind {
	case literal:
		if int(top.count) < len(n.text) {
			return append(ts, t)
		}
		return a.settle(ts, rest)
	case sequence:
		u := rest
		for i := len(n.kids) - 1; i >= 0; i-- {
			u = append(u, a.g.part(n.kids[i]))
		}
		return a.settle(ts, u)
	case choice:
		for _, k := range n.kids {
			ts = a.settle(ts, append(rest, a.g.part(k)))
		}
	case chars:
		if top.state != charNone {
			return append(ts, t)
		}
		if n.max < 0 || top.count < n.max {
			ts = append(ts, t)
		}
		if top.count >= n.min {
			ts = a.settle(ts, rest)
		}
	case digits:
		if n.number.goesOn(top.num) {
			ts = append(ts, t)
		}
		if n.number.complete(top.num) {
			ts = a.settle(ts, rest)
		}
	case array:
		if n.max < 0 || top.count < n.max {
			item := n.kids[1] // with its comma
			if top.count == 0 {
				item = n.kids[0]
			}
			top.count = n.counted(top.count)
			ts = a.settle(ts, append(rest, top, a.g.part(item)))
		}
		if t[len(t)-1].count >= n.min {
			ts = a.settle(ts, rest)
		}
	}
	return ts
}

// counted is count and one more; where there is no upper bound, counting stops when the lower one is reached.
func (n *node) counted(count int32) int32 {
	if n.max < 0 && count >= max(n.min, 1) {
		return count
	}
	return count + 1
}

// step appends to ts what t comes to behind b.
func (a *Automaton) step(ts []thread, t thread, b byte) []thread {
	top := t[len(t)-1]
	rest := t[: len(t)-1 : len(t)-1]
	n := &a.g.nodes[top.node]
	switch n.kind {
	case literal:
		if n.text[top.count] != b {
			return ts
		}
		top.count++
	case chars:
		next, whole, ok := nextChar(top.state, b)
		if !ok {
			return ts
		}
		top.state = next
		if whole {
			top.count = n.counted(top.count)
		}
	case digits:
		next, ok := n.number.next(top.num, b)
		if !ok {
			return ts
		}
		top.num = next
	}
	return a.settle(ts, append(rest, top))
}
