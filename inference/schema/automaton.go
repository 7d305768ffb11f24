package schema

import (
	"encoding/binary"
	"slices"
	"strings"
)

// A State of an [Automaton] stands for all beginnings that may go on alike. States are numbered as they are met.
type State int32

// Dead is the state of a text that no allowed one begins with.
const Dead State = 0

// An Automaton reads texts of a [Grammar] byte by byte. It grows while it is used, by one goroutine at a time.
type Automaton struct {
	g      *Grammar
	states []state
	ids    map[string]State // by the encoding of the threads
	key    []byte
}

// A state is a set of threads: the ways in which the grammar can have led here.
type state struct {
	threads []thread
	next    *[256]State // unknown where not yet met; nil: none met
	accepts bool
	closing string
	closed  bool // closing is known
}

const unknown State = -1

// A thread is what must still be read, the next part last. All but the last are untouched, save for the counters of arrays.
type thread []part

// A part is a node with how much of it has been read: bytes of a literal, characters of a string (state: of the one in progress), items of an
// array. A number keeps its digits.
type part struct {
	node  int32
	count int32
	state int64
	num   partial
}

// Automaton returns a fresh automaton for the grammar's texts.
func (g *Grammar) Automaton() *Automaton {
	a := &Automaton{g: g, ids: map[string]State{}}
	a.intern(nil)
	a.intern(a.settle(nil, thread{a.g.part(g.start)}))
	return a
}

func (g *Grammar) part(n int32) part { return part{node: n, num: partial{fracs: -1}} }

// Start is the state of the empty text.
func (a *Automaton) Start() State { return 1 }

// Size is the number of states met.
func (a *Automaton) Size() int { return len(a.states) }

// Accepts says whether the text as it stands is allowed.
func (a *Automaton) Accepts(s State) bool { return a.states[s].accepts }

// Ends says whether the text is allowed and nothing can follow.
func (a *Automaton) Ends(s State) bool {
	st := &a.states[s]
	return st.accepts && !slices.ContainsFunc(st.threads, func(t thread) bool { return len(t) > 0 })
}

// Next is the state behind one more byte.
func (a *Automaton) Next(s State, b byte) State {
	next := a.states[s].next
	if next == nil {
		next = new([256]State)
		for i := range next {
			next[i] = unknown
		}
		a.states[s].next = next
	}
	if next[b] == unknown {
		var to []thread
		for _, t := range a.states[s].threads {
			if len(t) > 0 {
				to = a.step(to, t, b)
			}
		}
		next[b] = a.intern(to)
	}
	return next[b]
}

// Closing is a short text, the shortest but for the digits of numbers, that leads from s to an allowed text. s must not be Dead.
func (a *Automaton) Closing(s State) string {
	st := &a.states[s]
	if !st.closed {
		st.closed = true
		for i, t := range st.threads {
			var b strings.Builder
			for _, p := range slices.Backward(t) {
				b.WriteString(a.g.shortest(p))
			}
			if c := b.String(); i == 0 || len(c) < len(st.closing) {
				st.closing = c
			}
		}
	}
	return st.closing
}

// Class is a state in which the same texts of up to longest bytes may follow, and one for many: far from its bound, a counter does not matter.
func (a *Automaton) Class(s State, longest int) State {
	var to []thread
	changed := false
	for _, t := range a.states[s].threads {
		u := slices.Clone(t)
		for i := range u {
			n := &a.g.nodes[u[i].node]
			if n.kind != chars && n.kind != array {
				continue
			}
			bound := n.max
			if u[i].count < n.min {
				bound = n.min
			}
			if far := bound - int32(longest) - 1; far > u[i].count {
				u[i].count = far
				changed = true
			}
		}
		to = append(to, u)
	}
	if !changed {
		return s
	}
	return a.intern(to)
}

// intern returns the state of a set of threads.
func (a *Automaton) intern(ts []thread) State {
	keys := make([]string, len(ts))
	for i, t := range ts {
		a.key = a.key[:0]
		for _, p := range t {
			a.key = p.append(a.key)
		}
		keys[i] = string(a.key)
	}
	order := make([]int, len(ts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return strings.Compare(keys[i], keys[j]) })
	order = slices.CompactFunc(order, func(i, j int) bool { return keys[i] == keys[j] })
	a.key = a.key[:0]
	st := state{}
	for _, i := range order {
		a.key = binary.AppendUvarint(a.key, uint64(len(keys[i])))
		a.key = append(a.key, keys[i]...)
		st.threads = append(st.threads, ts[i])
		st.accepts = st.accepts || len(ts[i]) == 0
	}
	if id, ok := a.ids[string(a.key)]; ok {
		return id
	}
	id := State(len(a.states))
	a.ids[string(a.key)] = id
	a.states = append(a.states, st)
	return id
}

func (p part) append(b []byte) []byte {
	b = binary.AppendVarint(b, int64(p.node))
	b = binary.AppendVarint(b, int64(p.count))
	b = binary.AppendVarint(b, p.state)
	if p.num == (partial{fracs: -1}) {
		return append(b, 0)
	}
	b = append(b, 1, byte(p.num.wholes), byte(p.num.fracs+1))
	if p.num.negative {
		b[len(b)-3] = 2
	}
	b = binary.AppendVarint(b, p.num.whole)
	return binary.AppendVarint(b, p.num.frac)
}
