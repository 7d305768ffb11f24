package text

import (
	"math/bits"
	"unsafe"
)

// countWords counts the words of each kind as cutWords does, without keeping where they stand: runs that keep no words spent a quarter of
// their time on cutting. Runs of ASCII are counted 63 bytes at a time, the rest by the cutter.
func (v *View) countWords() {
	v.checkSize()
	v.cut.count, v.tally = true, tally{}
	c := cutter{View: v, table: classes(), only: true}
	s := v.text
	for i, next := 0, 0; i < len(s); {
		b := byteClass[s[i]]
		if b != byteHigh && i >= next {
			end := c.countASCII(i)
			if end-i < minASCII {
				next = end + minASCII
			}
			if end > i {
				i = end
				continue
			}
		}
		switch {
		case b&byteWord != 0:
			i = c.asciiWord(i)
		case b == byteHigh:
			i = c.high(i)
		default:
			i++
		}
	}
}

// countUnits counts the Han characters or kana from r on, of class p, which stands at start and ends at i, up to the last before something
// else, which may hold marks: unit cuts that.
func (c *cutter) countUnits(start, i int, p class, r rune) int {
	s, n := c.text, 0
	for i+2 < len(s) {
		a, b, d := s[i], s[i+1], s[i+2]
		if a <= 0xE0 || a >= 0xED || b&0xC0 != 0x80 || d&0xC0 != 0x80 {
			break
		}
		next := rune(a&0xF)<<12 | rune(b&0x3F)<<6 | rune(d&0x3F)
		if (c.table[next]^p)&(wbMask|kindMask) != 0 {
			break
		}
		start, i, r = i, i+3, next
		n++
	}
	c.tally.units[p.kind()] += n
	return c.unit(start, i, p, r)
}

// minASCII is how many bytes of ASCII pay for finding their classes.
const minASCII = 24

// An asciiBlock says for each of 64 bytes of text, the first in the lowest bit, what it is. Bits of bytes beyond ASCII are 0 but in high.
type asciiBlock struct {
	letter, digit, joiner uint64
	point, colon, comma   uint64 // '.' or '\'', ':', ',' or ';': the marks that may join words
	high                  uint64
	_                     uint64
}

const (
	blockBytes = 64
	blockStep  = blockBytes - 1 // the last byte of a block shows what follows the others
	maxBlocks  = 16
)

// countASCII counts the words from i on, where no word is open, up to the end or to the last place before a character beyond ASCII where
// no word is open, and returns that place.
func (c *cutter) countASCII(i int) int {
	s := c.text
	r := asciiRun{start: i}
	for {
		n := min((len(s)-i-1)/blockStep, maxBlocks)
		if n == 0 {
			break
		}
		n = classify(s[i:i+n*blockStep+1], c.blocks[:n])
		for k := range c.blocks[:n] {
			b := &c.blocks[k]
			if b.high != 0 {
				return c.endASCII(&r, i, b)
			}
			r.count(b, 1<<blockStep-1)
			i += blockStep
		}
	}
	clear(c.tail[copy(c.tail[:], s[i:]):])
	classify(unsafe.String(&c.tail[0], blockBytes), c.blocks[:1]) // keeps nothing of it
	b := &c.blocks[0]
	if b.high != 0 {
		return c.endASCII(&r, i, b)
	}
	r.count(b, 1<<blockStep-1)
	c.tally.units[Spaced] += r.words
	return len(s)
}

// An asciiRun is the state of countASCII between two blocks. What it keeps of the byte before is 0 or 1.
type asciiRun struct {
	start         int
	words         int
	letter, digit uint64 // the byte before is one
	counted       uint64 // the byte before belongs to a word that has been counted
}

// count counts the words that begin in the bytes of b that keep names, and returns the bytes that belong to words, or to underscores
// that no letter or digit follows. See asciiWord for what joins words.
func (r *asciiRun) count(b *asciiBlock, keep uint64) (in uint64) {
	letters := (b.letter<<1 | r.letter) & (b.letter >> 1)
	digits := (b.digit<<1 | r.digit) & (b.digit >> 1)
	in = b.letter | b.digit | b.joiner | b.point&(letters|digits) | b.colon&letters | b.comma&digits
	in &= keep
	// Underscores before the first letter or digit are left out: a carry runs through those that no word comes before.
	joiner := b.joiner & keep
	words := in &^ (joiner &^ (joiner + joiner&^(in<<1|r.counted)))
	r.words += bits.OnesCount64(words &^ (words<<1 | r.counted))
	r.counted = words >> (blockStep - 1)
	r.letter, r.digit = b.letter>>(blockStep-1)&1, b.digit>>(blockStep-1)&1
	return in
}

// endASCII ends a run at block b, which begins at i and holds a character beyond ASCII: that may belong to the word before it.
func (c *cutter) endASCII(r *asciiRun, i int, b *asciiBlock) int {
	end := bits.TrailingZeros64(b.high)
	if end == 0 {
		return i // the first block: others would have shown it to the one before
	}
	keep := uint64(1)<<end - 1
	before := *r
	in := r.count(b, keep)
	last := uint64(1) << (end - 1)
	alnum := (b.letter|b.digit)<<1 | before.letter | before.digit
	switch {
	case in&last != 0:
	case (b.point|b.colon|b.comma)&alnum&last != 0: // the mark may join what stands around it
		end--
	default:
		c.tally.units[Spaced] += r.words
		return i + end
	}
	end = bits.Len64(^in & (1<<end - 1)) // where the word begins
	*r = before
	if end > 0 {
		r.count(b, 1<<end-1)
		c.tally.units[Spaced] += r.words
		return i + end
	}
	start := i
	for start > r.start && c.inWord(start-1, r.start) {
		start--
	}
	c.tally.units[Spaced] += r.words - int(r.counted)
	return start
}

// inWord says whether byte p of ASCII text, not the first after from, belongs to a word that goes on behind it.
func (c *cutter) inWord(p, from int) bool {
	s := c.text
	if byteClass[s[p]]&byteWord != 0 {
		return true
	}
	if p-1 < from {
		return false
	}
	both := byteClass[s[p-1]] & byteClass[s[p+1]]
	switch s[p] {
	case '.', '\'':
		return both&(byteLetter|byteDigit) != 0
	case ':':
		return both&byteLetter != 0
	case ',', ';':
		return both&byteDigit != 0
	}
	return false
}
