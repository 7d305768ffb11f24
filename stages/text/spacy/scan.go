package spacy

import (
	"math/bits"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text"
)

// scan puts the tokens of s into t.tokens and their kinds into t.kinds: what rules.tokens returns, by way of the cache. Chunks are cut on their own; where the
// tokens of neighbours may make a row together, and one of them holds a row, they are cut again together.
func (t *Tokenizer) scan(s string) {
	if cap(t.tokens) > maxKept {
		t.tokens, t.kinds = nil, nil
	}
	t.tokens, t.kinds = t.tokens[:0], t.kinds[:0]
	var g group
	for i := 0; i < len(s); {
		if n := spaceLen(s, i); n > 0 {
			start := i
			for i += n; i < len(s); i += n {
				if n = spaceLen(s, i); n == 0 {
					break
				}
			}
			if start > 0 && s[start] == ' ' {
				start++
			}
			if start < i {
				t.close(&g, s)
				t.tokens, t.kinds = append(t.tokens, span(start, i)), append(t.kinds, white)
			}
			continue
		}
		end := chunkEnd(s, i)
		e := t.look(s, i, end)
		if g.chunks > 0 && !t.rules.pairs.has(g.last, e.first) {
			t.close(&g, s)
		}
		if g.chunks == 0 {
			g = group{from: i, token: len(t.tokens)}
		}
		g.chunks, g.to, g.last, g.row = g.chunks+1, end, e.last, g.row || e.row
		if e.n == 0 {
			t.addLong(s, i)
		} else {
			t.add(e, i)
		}
		i = end
	}
	t.close(&g, s)
}

// maxKept is how many tokens a tokenizer keeps memory for.
const maxKept = 1 << 20

// A group is a run of chunks whose tokens at the borders stand side by side in a row of tokens.
type group struct {
	from, to int // in the text
	token    int // where its tokens begin
	chunks   int
	last     uint8 // its last token, if rows have it
	row      bool  // one of its chunks holds a whole row
}

// close ends the group.
func (t *Tokenizer) close(g *group, s string) {
	if g.chunks > 1 && g.row {
		t.tokens, t.kinds = t.tokens[:g.token], t.kinds[:g.token]
		first := len(t.tokens)
		t.tokens = t.rules.tokens(t.tokens, s[g.from:g.to])
		for i := first; i < len(t.tokens); i++ {
			t.tokens[i].Start += int32(g.from)
			t.tokens[i].End += int32(g.from)
			t.kinds = append(t.kinds, t.rules.tokenKind(s[t.tokens[i].Start:t.tokens[i].End]))
		}
	}
	g.chunks = 0
}

// add appends the tokens of a chunk at i that the cache knows.
func (t *Tokenizer) add(e *entry, i int) {
	if e.n == 1 {
		t.tokens, t.kinds = append(t.tokens, span(i, i+int(e.ends[0]))), append(t.kinds, e.kinds[0])
		return
	}
	from := i
	for k := range e.n {
		to := i + int(e.ends[k])
		t.tokens, t.kinds = append(t.tokens, span(from, to)), append(t.kinds, e.kinds[k])
		from = to
	}
}

// addLong appends the tokens of a chunk at i that look has left in t.long.
func (t *Tokenizer) addLong(s string, i int) {
	for _, w := range t.long {
		w.Start, w.End = w.Start+int32(i), w.End+int32(i)
		t.tokens, t.kinds = append(t.tokens, w), append(t.kinds, t.rules.tokenKind(s[w.Start:w.End]))
	}
}

// Bytes that chunkEnd must look at: ASCII white space, and those that characters of white space beyond ASCII begin with.
var mayBeSpace = func() (t [256]bool) {
	for c := range 0x21 {
		t[c] = isSpaceAt(string(rune(c)), 0)
	}
	for _, c := range []byte{0xC2, 0xE1, 0xE2, 0xE3} {
		t[c] = true
	}
	return t
}()

// spaceLen returns the length of the character of white space that s[i:] begins with, 0 for none.
func spaceLen(s string, i int) int {
	switch c := s[i]; {
	case !mayBeSpace[c]:
		return 0
	case c < utf8.RuneSelf:
		return 1
	}
	if !isSpaceAt(s, i) {
		return 0
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return n
}

// chunkEnd returns where the chunk that begins at i ends. It looks at eight bytes at a time: those below 0x21 and above 0x7F are told by
// their high bit.
func chunkEnd(s string, i int) int {
	const highs, low = 0x8080808080808080, 0x5F5F5F5F5F5F5F5F // 0x21 + 0x5F carries into the high bit
	for i+8 <= len(s) {
		x := load64(s, i)
		if odd := (^((x &^ highs) + low) | x) & highs; odd == 0 {
			i += 8
			continue
		} else {
			i += bits.TrailingZeros64(odd) >> 3
		}
		if spaceLen(s, i) > 0 {
			return i
		}
		i++
	}
	for ; i < len(s); i++ {
		if spaceLen(s, i) > 0 {
			return i
		}
	}
	return i
}

func load64(s string, i int) uint64 {
	b := s[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// Words appends the words of s to dst: the tokens that are no white space.
func (t *Tokenizer) Words(dst []text.Span, s string) []text.Span {
	t.scan(s)
	for i, w := range t.tokens {
		if t.kinds[i] != white {
			dst = append(dst, w)
		}
	}
	return dst
}

// Sentences appends the sentences of s to dst. A sentence begins with what the sentencizer takes for its first token, which may be white space;
// white space that is no token lies between sentences. A text without tokens has none.
func (t *Tokenizer) Sentences(dst []text.Span, s string) []text.Span {
	t.scan(s)
	armed, first := false, 0
	for i, k := range t.kinds {
		if armed && k <= white {
			dst = append(dst, text.Span{Start: t.tokens[first].Start, End: t.tokens[i-1].End})
			armed, first = false, i
		}
		armed = armed || k == ender
	}
	if len(t.tokens) > 0 {
		dst = append(dst, text.Span{Start: t.tokens[first].Start, End: t.tokens[len(t.tokens)-1].End})
	}
	return dst
}
