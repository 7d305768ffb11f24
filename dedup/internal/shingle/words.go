// Package shingle turns a text into what near-duplicates are judged by: the hashes of its lower-cased words in order, and the set
// of their n-grams.
//
// Words are those of text.View: where a script sets no spaces between words (Han, kana, Thai, Lao, Khmer, Burmese, Tibetan) every
// character with its marks, or syllable, is one, so that an n-gram of words is an n-gram of characters there. A text shorter than n words
// has one shingle, all its words, and one without any word has the hash of the text itself as its only word: no text is immune.
package shingle

import (
	"math/bits"
	"unicode"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text"
)

// Words holds the words of one text as hashes. The zero value is ready; its memory is used again by Cut.
type Words struct {
	Hashes   []uint64 // in order of the text, never empty after Cut
	Unspaced bool     // more than half of the words are characters or syllables of unspaced scripts
	low      []byte
}

// Cut replaces w by the words of v.
func (w *Words) Cut(v *text.View) {
	s, unspaced := v.Text(), 0
	w.Hashes = w.Hashes[:0]
	for i, span := range v.Words() {
		h, ok := hashASCII(s, int(span.Start), int(span.End))
		if !ok {
			h = w.hashLower(s[span.Start:span.End])
			if v.WordKind(i) != text.Spaced {
				unspaced++
			}
		}
		w.Hashes = append(w.Hashes, h)
	}
	w.Unspaced = 2*unspaced > len(w.Hashes)
	if len(w.Hashes) == 0 {
		h, _ := hash(s, 0, len(s), false)
		w.Hashes = append(w.Hashes, ^h)
	}
}

// hashASCII hashes s[start:end] in lower case, in 4.6 ns for a word of 5 bytes where lowering into a buffer and xxhash took 9.3 (EPYC, Go
// 1.26). ok is false if the word holds another character.
func hashASCII(s string, start, end int) (h uint64, ok bool) { return hash(s, start, end, true) }

// hash hashes s[start:end] with the folded multiplication of wyhash (Wang Yi 2019), in lower case if it is all ASCII.
func hash(s string, start, end int, low bool) (h uint64, ascii bool) {
	h = uint64(end-start) * hashC
	var all uint64
	for ; end-start > 8; start += 8 {
		x := load64(s[start:])
		all |= x
		if low {
			x = lower(x)
		}
		h = fold(x^hashA, h^hashB)
	}
	x := tail64(s, start, end)
	all |= x
	if low {
		x = lower(x)
	}
	return fold(fold(x^hashA, h^hashB), hashC), all&high == 0
}

const (
	hashA = 0xA076_1D64_78BD_642F
	hashB = 0xE703_7ED1_A0B4_28DB
	hashC = 0x8EBC_6AF0_9C88_C6E3
)

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// load64 returns the first eight bytes of s, little endian; the compiler makes one load of it.
func load64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// tail64 returns the at most eight bytes s[start:end], little endian, zeros above. It may load, and masks, bytes that follow.
func tail64(s string, start, end int) uint64 {
	n := uint(end - start)
	if n == 0 {
		return 0
	}
	if start+8 <= len(s) {
		return load64(s[start:]) & (^uint64(0) >> (64 - 8*n))
	}
	var x uint64
	for i := end - 1; i >= start; i-- {
		x = x<<8 | uint64(s[i])
	}
	return x
}

const high = 0x8080_8080_8080_8080

// lower sets the bit 0x20 of every byte of x that is an upper-case ASCII letter, if all bytes are ASCII.
func lower(x uint64) uint64 {
	const ones = 0x0101_0101_0101_0101
	fromA := x + ones*(0x80-'A')
	pastZ := x + ones*(0x80-'Z'-1)
	return x | (fromA&^pastZ&high)>>2
}

// hashLower hashes any word in lower case. Bytes that are no UTF-8 stand for themselves.
func (w *Words) hashLower(word string) uint64 {
	w.low = w.low[:0]
	for i, r := range word {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(word[i:]); n == 1 {
				w.low = append(w.low, word[i])
				continue
			}
		}
		w.low = utf8.AppendRune(w.low, unicode.ToLower(r))
	}
	h, _ := hash(string(w.low), 0, len(w.low), false)
	return h
}
