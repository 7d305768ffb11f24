// Package shingle turns a text into what near-duplicates are judged by: the hashes of its lower-cased words in order, and the set
// of their n-grams.
//
// Where a script sets no spaces between words (Han, kana, Thai, Lao, Khmer, Burmese, Tibetan) every character with its marks
// is a word, so that an n-gram of words is an n-gram of characters there. A text shorter than n words has one shingle, all
// its words, and one without any word has the hash of the text itself as its only word: no text is immune.
package shingle

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/stages/text"
)

// Words holds the words of one text as hashes. The zero value is ready; its memory is used again by Cut.
type Words struct {
	Hashes   []uint64 // in order of the text, never empty after Cut
	Unspaced bool     // more than half of the words are characters of an unspaced script
	low      []byte
}

// Cut replaces w by the words of v.
func (w *Words) Cut(v *text.View) {
	s, unspaced := v.Text(), 0
	w.Hashes = w.Hashes[:0]
	for _, span := range v.Words() {
		word := s[span.Start:span.End]
		if h, ok := w.ascii(word); ok {
			w.Hashes = append(w.Hashes, h)
		} else {
			unspaced += w.split(word)
		}
	}
	w.Unspaced = 2*unspaced > len(w.Hashes)
	if len(w.Hashes) == 0 {
		w.Hashes = append(w.Hashes, ^xxhash.Sum64String(s))
	}
}

// ascii hashes a word of ASCII characters in lower case, eight bytes at a time. ok is false if another
// character occurs.
func (w *Words) ascii(word string) (h uint64, ok bool) {
	if cap(w.low) < len(word)+8 {
		w.low = make([]byte, 2*len(word)+64)
	}
	low := w.low[:len(word)+8]
	i := 0
	for ; i+8 <= len(word); i += 8 {
		copy(low[i:i+8], word[i:i+8])
		x := binary.LittleEndian.Uint64(low[i:])
		if x&high != 0 {
			return 0, false
		}
		binary.LittleEndian.PutUint64(low[i:], lower(x))
	}
	for ; i < len(word); i++ {
		c := word[i]
		if c >= utf8.RuneSelf {
			return 0, false
		}
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		low[i] = c
	}
	return xxhash.Sum64(low[:len(word)]), true
}

const high = 0x8080_8080_8080_8080

// lower sets the bit 0x20 of every byte of x that is an upper-case ASCII letter. All bytes are ASCII.
func lower(x uint64) uint64 {
	const ones = 0x0101_0101_0101_0101
	fromA := x + ones*(0x80-'A')
	pastZ := x + ones*(0x80-'Z'-1)
	return x | (fromA&^pastZ&high)>>2
}

// split hashes a word with other characters: the parts between characters of unspaced scripts as words, each of those with its
// marks as a word of its own. It returns the number of the latter.
func (w *Words) split(word string) (unspaced int) {
	low := w.low[:0]
	alone := false // low holds a character of an unspaced script
	flush := func() {
		if len(low) > 0 {
			w.Hashes = append(w.Hashes, xxhash.Sum64(low))
			low = low[:0]
		}
	}
	for i, r := range word {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(word[i:]); n == 1 { // keep invalid bytes apart from each other
				low = append(low, word[i])
				continue
			}
		}
		switch {
		case r < utf8.RuneSelf:
			if alone {
				flush()
			}
			alone = false
			if 'A' <= r && r <= 'Z' {
				r |= 0x20
			}
			low = append(low, byte(r))
		case r >= firstUnspaced && unicode.In(r, unspacedScripts...) && !unicode.Is(unicode.M, r):
			flush()
			alone = true
			unspaced++
			low = utf8.AppendRune(low, r)
		default:
			if alone && !unicode.Is(unicode.M, r) {
				flush()
				alone = false
			}
			low = utf8.AppendRune(low, unicode.ToLower(r))
		}
	}
	flush()
	w.low = low[:0]
	return unspaced
}

const firstUnspaced = 0x0E00 // Thai is the first of them

var unspacedScripts = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}
