package text

import (
	"math/bits"
	"unicode/utf8"
)

// A wordMeta is what the cut knows of a word beside its place.
type wordMeta struct {
	runes int32
	kind  Kind
}

// A tally sums over the words of a text.
type tally struct {
	units   [kinds]int // words or units of each kind
	letters int        // letters of spaced words, see SpacedWords
	alpha   int        // words with a letter
	symbols int        // runs of symbols between white space without any letter or number
}

// What the ASCII loop of the cutter asks of a byte.
const (
	byteLetter = 1 << iota
	byteDigit
	byteJoiner
	byteSpace
	byteSymbol
	byteHigh
	byteWord = byteLetter | byteDigit | byteJoiner
)

var byteClass = func() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c >= utf8.RuneSelf:
			t[c] = byteHigh
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			t[c] = byteLetter
		case '0' <= c && c <= '9':
			t[c] = byteDigit
		case c == '_':
			t[c] = byteJoiner
		case c == ' ' || '\t' <= c && c <= '\r':
			t[c] = byteSpace
		case c == '"' || c == '\'' || c == ',' || c == '-' || c == '.' || c == ':' || c == ';' || c == '!' || c == '?' || c < ' ' || c == 0x7F:
		default:
			t[c] = byteSymbol
		}
	}
	return t
}()

// Words returns the words in order; units, where the script is cut into units.
func (v *View) Words() []Span {
	if !v.cut.words {
		v.cutWords()
	}
	return v.words
}

// Word returns the i-th word.
func (v *View) Word(i int) string {
	w := v.Words()[i]
	return v.text[w.Start:w.End]
}

// WordRunes returns the number of characters of the i-th word.
func (v *View) WordRunes(i int) int {
	v.Words()
	return int(v.metas[i].runes)
}

// WordKind returns the kind of the i-th word.
func (v *View) WordKind(i int) Kind {
	v.Words()
	return v.metas[i].kind
}

// WordHashes returns [Hash] of every word.
func (v *View) WordHashes() []uint64 {
	if v.cut.hashes {
		return v.hashes
	}
	v.cut.hashes = true
	v.hashes = v.hashes[:0]
	for _, w := range v.Words() {
		v.hashes = append(v.hashes, hashIn(v.text, int(w.Start), int(w.End)))
	}
	return v.hashes
}

// A cutter cuts words. flags gathers the byte classes of the chunk between white space at hand: its letters, numbers, symbols.
type cutter struct {
	*View
	table *classTable
	chunk uint8
	only  bool // count words, keep none
}

func (v *View) cutWords() {
	v.checkSize()
	v.cut.words = true
	v.words, v.metas, v.tally = v.words[:0], v.metas[:0], tally{}
	c := cutter{View: v, table: classes()}
	s := v.text
	for i := 0; i < len(s); {
		switch b := byteClass[s[i]]; {
		case b&byteWord != 0:
			i = c.asciiWord(i)
		case b == byteHigh:
			i = c.high(i)
		default:
			i++
			c.step(b)
		}
	}
	c.step(byteSpace)
}

// step notes a byte outside of words.
func (c *cutter) step(b uint8) {
	if b&byteSpace == 0 {
		c.chunk |= b
		return
	}
	if c.chunk&(byteSymbol|byteLetter|byteDigit) == byteSymbol {
		c.tally.symbols++
	}
	c.chunk = 0
}

// asciiWord cuts the word that begins with the ASCII byte at start and returns where it ends.
func (c *cutter) asciiWord(start int) int {
	s := c.text
	var has uint8
	i := start
	if n := letters(s, i); n > 0 {
		has, i = byteLetter, i+n
		if i < len(s) && byteClass[s[i]]&(byteSpace|byteSymbol) != 0 {
			return c.add(start, i, n, Spaced, has)
		}
	}
	for {
		for i < len(s) {
			b := byteClass[s[i]]
			if b&byteWord == 0 {
				break
			}
			has |= b
			i++
		}
		if i+1 >= len(s) {
			break
		}
		last, next := byteClass[s[i-1]], byteClass[s[i+1]]
		if next == byteHigh || s[i] >= utf8.RuneSelf {
			return c.word(start, i, has)
		}
		switch s[i] {
		case '.', '\'':
			if last&next&(byteLetter|byteDigit) == 0 {
				return c.add(start, i, i-start, 0, has)
			}
		case ':':
			if last&next&byteLetter == 0 {
				return c.add(start, i, i-start, 0, has)
			}
		case ',', ';':
			if last&next&byteDigit == 0 {
				return c.add(start, i, i-start, 0, has)
			}
		default:
			return c.add(start, i, i-start, 0, has)
		}
		i++
	}
	if i < len(s) && s[i] >= utf8.RuneSelf {
		return c.word(start, i, has)
	}
	return c.add(start, i, i-start, 0, has)
}

// letters returns how many ASCII letters s[i:] begins with, or fewer where s ends. It looks at eight bytes at a time: a byte with its
// letter bit set is a letter if adding 0x1F, but not adding 5, carries it over 0x7F. The cut went from 0.75 to 0.5 ms on the 20 Common
// Crawl documents of BenchmarkHeuristics.
func letters(s string, i int) (n int) {
	const high, bit, from, to = 0x8080808080808080, 0x2020202020202020, 0x1F1F1F1F1F1F1F1F, 0x0505050505050505
	for ; i+8 <= len(s); i, n = i+8, n+8 {
		x := load64(s[i:])
		t := x&^high | bit
		if others := ^((t + from) &^ (t + to) &^ x) & high; others != 0 {
			return n + bits.TrailingZeros64(others)>>3
		}
	}
	return n
}

// add keeps text[start:end] as a word if it holds a letter or number, and returns end.
func (c *cutter) add(start, end, runes int, k Kind, has uint8) int {
	c.chunk |= has
	if has&(byteLetter|byteDigit) == 0 {
		return end
	}
	if c.only {
		c.tally.units[k]++
		return end
	}
	c.words = append(c.words, Span{int32(start), int32(end)})
	c.metas = append(c.metas, wordMeta{int32(runes), k})
	c.tally.units[k]++
	if k == Spaced {
		c.tally.letters += runes
	}
	c.tally.alpha += int(has & byteLetter)
	return end
}
