package spacy

import "github.com/winnow-data/winnow/stages/text"

const (
	maxKey    = 16      // bytes of a chunk that the cache takes
	maxPieces = 6       // tokens of such a chunk
	cacheBits = 12      // sets of two entries
	keepLong  = 1 << 16 // tokens of one chunk that memory is kept for
)

// An entry is what the cache knows of a chunk.
type entry struct {
	lo, hi      uint64 // its bytes, zeros behind
	size        uint8  // how many
	n           uint8  // tokens; 0: they are in Tokenizer.long
	first, last uint8  // numbers of the first and the last token before rows were replaced; 0: no row has it
	row         bool   // it holds a row of tokens that are a special case
	ends        [maxPieces]uint8
	kinds       [maxPieces]kind
}

// look returns the entry of the chunk s[from:to]. It is valid until the next call.
func (t *Tokenizer) look(s string, from, to int) *entry {
	if to-from > maxKey {
		t.cutLong(&t.other, s[from:to])
		return &t.other
	}
	lo, hi := key(s, from, to)
	h := (lo*0x9E3779B97F4A7C15 ^ hi*0xC2B2AE3D27D4EB4F ^ hi>>31) * 0xD6E8FEB86659FD93 >> (64 - cacheBits)
	set := &t.cache[h]
	for k := range set {
		if e := &set[k]; e.lo == lo && e.hi == hi && int(e.size) == to-from {
			return e
		}
	}
	set[1] = set[0]
	e := &set[0]
	*e = entry{lo: lo, hi: hi, size: uint8(to - from)}
	t.cutLong(e, s[from:to])
	if len(t.long) > maxPieces {
		e.size = 0 // no chunk has it
		return e
	}
	e.n = uint8(len(t.long))
	for i, w := range t.long {
		e.ends[i], e.kinds[i] = uint8(w.End), t.rules.tokenKind(s[from+int(w.Start):from+int(w.End)])
	}
	return e
}

// key returns the bytes of s[from:to], at most 16, as two numbers.
func key(s string, from, to int) (lo, hi uint64) {
	if from+maxKey <= len(s) {
		lo, hi = load64(s, from), load64(s, from+8)
		if n := uint(to - from); n < 8 {
			lo &= 1<<(8*n) - 1
			hi = 0
		} else {
			hi &= 1<<(8*(n-8)) - 1
		}
		return lo, hi
	}
	for i := to - 1; i >= from; i-- {
		hi = hi<<8 | lo>>56
		lo = lo<<8 | uint64(s[i])
	}
	return lo, hi
}

// cutLong puts the tokens of a chunk into t.long and what the cache says of their borders into e.
func (t *Tokenizer) cutLong(e *entry, chunk string) {
	e.n, e.row = 0, false
	if cap(t.long) > keepLong {
		t.long = nil
	}
	if isASCIIWord(chunk) && !t.rules.isSpecial(chunk) {
		t.long = append(t.long[:0], span(0, len(chunk)))
	} else {
		t.long = t.rules.chunk(t.long[:0], chunk, 0, len(chunk), true)
	}
	first, last := t.long[0], t.long[len(t.long)-1]
	e.first, e.last = t.rules.id(chunk[first.Start:first.End]), t.rules.id(chunk[last.Start:last.End])
	if len(t.long) > 1 && t.rules.mayHoldRow(t.long, chunk) {
		var rows int
		t.long, rows = t.rules.replaceSequences(t.long, chunk)
		e.row = rows > 0
	}
}

// isASCIIWord says whether s is made of ASCII letters alone: neither affixes nor infixes have any.
func isASCIIWord(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || 'z' < c {
			return false
		}
	}
	return true
}

// A pairSet says which tokens, by number, stand side by side in a row.
type pairSet [256][4]uint64

func (p *pairSet) add(a, b uint8)      { p[a][b>>6] |= 1 << (b & 63) }
func (p *pairSet) has(a, b uint8) bool { return p[a][b>>6]&(1<<(b&63)) != 0 }

// mayHoldRow says whether two neighbours among the tokens stand side by side in a row.
func (r *rules) mayHoldRow(tokens []text.Span, s string) bool {
	before := uint8(0)
	for _, w := range tokens {
		id := r.id(s[w.Start:w.End])
		if r.pairs.has(before, id) {
			return true
		}
		before = id
	}
	return false
}
