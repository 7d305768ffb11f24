package inference

import (
	"bytes"
	"math"
	"slices"

	"github.com/winnow-data/winnow/inference/schema"
)

// A bound is what a constrained answer may still become.
type bound struct {
	rule  *rule
	state schema.State
	path  []int32 // when there is just room to close: the tokens to do it with
	close bool    // room is short: every token is looked at
	loose bool    // there never was room for a whole answer
}

// A rule is a grammar in use: its automaton over bytes and the token masks found so far.
type rule struct {
	name    string // of the grammar
	a       *schema.Automaton
	deepest int                       // no state is farther from a whole text, in bytes
	masks   map[schema.State][]uint64 // by class of state: a bit per token
	ends    map[schema.State][]int32  // the tokens of the closing text
	users   int
}

// A masker turns grammars over bytes into sets of tokens. It belongs to the Batcher's goroutine.
type masker struct {
	b       *Batcher
	rules   map[string]*rule
	order   []int32 // ordinary tokens in the order of their bytes
	common  []int32 // bytes that order[i] shares with order[i-1]
	bytes   [256]int32
	longest int
	states  []schema.State // behind each byte of the token at hand
	kept    []candidate
}

// Bounds of what is kept for a grammar: a mask takes 19 KB for 151,936 tokens.
const (
	maxMasks  = 1 << 11
	maxStates = 1 << 17
	maxRules  = 64
)

// prepare sorts the vocabulary, once.
func (m *masker) prepare() {
	if m.order != nil {
		return
	}
	tok := m.b.tok
	for i := range m.bytes {
		m.bytes[i] = -1
	}
	m.order = []int32{}
	for id := range int32(min(tok.Size(), m.b.shape.vocab)) {
		t := tok.Bytes(id)
		if len(t) == 0 || tok.Special(id) || slices.Contains(m.b.eos, id) {
			continue
		}
		m.order = append(m.order, id)
		m.longest = max(m.longest, len(t))
		if len(t) == 1 && m.bytes[t[0]] < 0 {
			m.bytes[t[0]] = id
		}
	}
	slices.SortStableFunc(m.order, func(a, b int32) int { return bytes.Compare(tok.Bytes(a), tok.Bytes(b)) })
	m.common = make([]int32, len(m.order))
	for i := 1; i < len(m.order); i++ {
		a, b := tok.Bytes(m.order[i-1]), tok.Bytes(m.order[i])
		n := 0
		for n < min(len(a), len(b)) && a[n] == b[n] {
			n++
		}
		m.common[i] = int32(n)
	}
	m.states = make([]schema.State, m.longest+1)
}

// enter begins an answer of at most room tokens.
func (m *masker) enter(name string, g *schema.Grammar, room int) *bound {
	m.prepare()
	if m.rules == nil {
		m.rules = map[string]*rule{}
	}
	r := m.rules[name]
	if r == nil {
		for k, old := range m.rules {
			if len(m.rules) >= maxRules && old.users == 0 {
				delete(m.rules, k)
			}
		}
		r = &rule{name: name, a: g.Automaton(), deepest: g.Deepest(), masks: map[schema.State][]uint64{}, ends: map[schema.State][]int32{}}
		m.rules[name] = r
	}
	r.users++
	bd := &bound{rule: r, state: r.a.Start()}
	bd.loose = len(m.closing(r, bd.state)) > room
	m.tighten(bd, room)
	return bd
}

// leave ends the use of a rule; one that has grown large is forgotten.
func (m *masker) leave(bd *bound) {
	if bd == nil {
		return
	}
	if bd.rule.users--; bd.rule.users == 0 && bd.rule.a.Size() > maxStates {
		delete(m.rules, bd.rule.name)
	}
}

// next is the state behind a token.
func (m *masker) next(r *rule, s schema.State, id int32) schema.State {
	for _, c := range m.b.tok.Bytes(id) {
		if s = r.a.Next(s, c); s == schema.Dead {
			break
		}
	}
	return s
}

// closing is the tokens of the text that closes s.
func (m *masker) closing(r *rule, s schema.State) []int32 {
	ids, ok := r.ends[s]
	if !ok {
		text := r.a.Closing(s)
		ids = m.b.tok.Encode(nil, text, false)
		var back []byte
		for _, id := range ids {
			back = append(back, m.b.tok.Bytes(id)...)
		}
		if string(back) != text { // the tokenizer normalises: byte by byte then
			ids = ids[:0]
			for i := range len(text) {
				ids = append(ids, m.bytes[text[i]])
			}
		}
		r.ends[s] = ids
	}
	return ids
}

// tighten looks whether room tokens still leave a choice.
func (m *masker) tighten(bd *bound, room int) {
	if bd.loose || len(bd.path) > 0 {
		return
	}
	bd.close = bd.rule.deepest >= room-1
	if bd.close && len(bd.rule.a.Closing(bd.state)) >= room {
		if end := m.closing(bd.rule, bd.state); len(end) >= room {
			bd.path = end
		}
	}
}

// allows says whether a token may follow, when room tokens are left, it among them. End tokens may where the text is whole.
func (m *masker) allows(bd *bound, id int32, room int) bool {
	if slices.Contains(m.b.eos, id) {
		return bd.rule.a.Accepts(bd.state)
	}
	if m.b.tok.Special(id) || len(m.b.tok.Bytes(id)) == 0 {
		return false
	}
	s := m.next(bd.rule, bd.state, id)
	return s != schema.Dead && (bd.loose || m.closes(bd.rule, s, room-1))
}

// closes says whether room tokens are enough from s on.
func (m *masker) closes(r *rule, s schema.State, room int) bool {
	return len(r.a.Closing(s)) <= room || len(m.closing(r, s)) <= room
}

// advance takes a token that was allowed, and says whether the answer is whole and cannot go on.
func (m *masker) advance(bd *bound, id int32, room int) bool {
	bd.state = m.next(bd.rule, bd.state, id)
	if len(bd.path) > 0 {
		bd.path = bd.path[1:]
	}
	if bd.rule.a.Ends(bd.state) {
		return true
	}
	m.tighten(bd, room)
	return false
}

// apply sets the logits of what may not follow to -Inf.
func (m *masker) apply(bd *bound, logits []float32, room int) {
	none := float32(math.Inf(-1))
	kept := m.kept[:0] // end tokens, where the text is whole; else what closes it
	if bd.rule.a.Accepts(bd.state) {
		for _, id := range m.b.eos {
			kept = append(kept, candidate{id, logits[id]})
		}
	}
	if len(bd.path) > 0 {
		kept = append(kept[:0], candidate{bd.path[0], logits[bd.path[0]]})
	}
	left, last := 0, candidate{-1, 0} // last: the way out when nothing else is left
	if bd.close && !bd.loose {
		if end := m.closing(bd.rule, bd.state); len(end) > 0 && end[0] >= 0 {
			last = candidate{end[0], logits[end[0]]}
		}
	}
	for w, word := range m.mask(bd) {
		row := logits[64*w : min(64*w+64, len(logits))]
		if len(bd.path) > 0 {
			word = 0
		}
		if word == math.MaxUint64 && !bd.close {
			left += 64
			continue
		}
		for i := range row {
			ok := word>>i&1 == 1
			if ok && bd.close && !bd.loose {
				ok = m.closes(bd.rule, m.next(bd.rule, bd.state, int32(64*w+i)), room-1)
			}
			if ok {
				left++
			} else {
				row[i] = none
			}
		}
	}
	if left == 0 && len(kept) == 0 && last.id >= 0 {
		bd.path = m.closing(bd.rule, bd.state)
		kept = append(kept, last)
	}
	for _, c := range kept {
		logits[c.id] = c.logit
	}
	m.kept = kept
}

// mask returns the set of tokens that may follow, whatever room there is.
func (m *masker) mask(bd *bound) []uint64 {
	r := bd.rule
	class := r.a.Class(bd.state, m.longest)
	if mask, ok := r.masks[class]; ok {
		return mask
	}
	if len(r.masks) >= maxMasks {
		clear(r.masks)
	}
	mask := make([]uint64, (m.b.shape.vocab+63)/64)
	m.states[0] = class
	alive := 0 // states[:alive+1] are those behind the bytes of the token before, up to the last living one
	for i, id := range m.order {
		text := m.b.tok.Bytes(id)
		if i > 0 && int(m.common[i]) > alive {
			continue // shares the byte at which the one before died
		}
		n := int(m.common[i])
		for n < len(text) {
			if m.states[n+1] = r.a.Next(m.states[n], text[n]); m.states[n+1] == schema.Dead {
				break
			}
			n++
		}
		alive = n
		if n == len(text) {
			mask[id/64] |= 1 << (id % 64)
		}
	}
	r.masks[class] = mask
	return mask
}
