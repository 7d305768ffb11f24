package text

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// A class holds what the cutter wants to know of a character: its word break property in the low bits, its kind of unit, and flags.
type class uint16

// Word break properties of UAX #29 table 3, as far as words depend on them. Extend, Format and ZWJ are all ignorable (WB4);
// a unit is a character of a script cut into units.
const (
	wbOther class = iota
	wbIgnorable
	wbLetter
	wbHebrew
	wbNumeric
	wbJoiner // ExtendNumLet
	wbMidLetter
	wbMidNum
	wbMidNumLet
	wbSingleQuote
	wbDoubleQuote
	wbUnit
	wbSpace

	wbMask    class = 0xF
	kindShift       = 4
	kindMask  class = 0xF << kindShift
)

// Flags of a class.
const (
	flagAlpha    class = 1 << (8 + iota) // a letter
	flagWide                             // two columns
	flagZero                             // no column
	flagEnd                              // ends a sentence
	flagCloser                           // may stand between an end mark and the end of the sentence: quotes, brackets
	flagQuote                            // a closer that is a quotation mark
	flagSymbol                           // makes a run of symbols: no letter, number, space, quote, dash, comma or end mark
	flagNoSpaces                         // an end mark after which no white space need follow
)

func (c class) wb() class  { return c & wbMask }
func (c class) kind() Kind { return Kind(c & kindMask >> kindShift) }

// planes01 is the number of characters in the planes that the table holds: the basic and the supplementary multilingual plane.
const planes01 = 0x20000

type classTable [planes01]class

// of returns the class of r.
func (t *classTable) of(r rune) class {
	if uint32(r) < planes01 {
		return t[r]
	}
	switch {
	case r < 0x40000: // ideographic planes
		return wbUnit | class(Han)<<kindShift | flagAlpha | flagWide
	case r >= 0xE0001 && r < 0xE01F0: // tags, variation selectors
		return wbIgnorable | flagZero
	}
	return wbOther | flagSymbol
}

// classes is built on first use (about 2 ms) from the tables of package unicode, so that the Unicode version is the Go release's.
var classes = sync.OnceValue(buildClasses)

func buildClasses() *classTable {
	t := new(classTable)
	t.setWidths()
	t.setWordBreaks()
	t.setUnits()
	t.setMarks()
	return t
}

func each(rt *unicode.RangeTable, f func(rune)) {
	for _, r := range rt.R16 {
		for c := uint32(r.Lo); c <= uint32(r.Hi); c += uint32(r.Stride) {
			f(rune(c))
		}
	}
	for _, r := range rt.R32 {
		for c := r.Lo; c <= r.Hi && c < planes01; c += r.Stride {
			f(rune(c))
		}
	}
}

func (t *classTable) flag(f class, tables ...*unicode.RangeTable) {
	for _, rt := range tables {
		each(rt, func(r rune) { t[r] |= f })
	}
}

func (t *classTable) breakAs(wb class, tables ...*unicode.RangeTable) {
	for _, rt := range tables {
		each(rt, func(r rune) { t[r] = t[r]&^(wbMask|kindMask) | wb })
	}
}

func (t *classTable) breakRunes(wb class, runes ...rune) {
	for _, r := range runes {
		t[r] = t[r]&^(wbMask|kindMask) | wb
	}
}

func (t *classTable) setWidths() {
	for r := rune(0x1100); r < planes01; r++ {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			t[r] |= flagWide
		}
	}
	each(unicode.M, func(r rune) { t[r] = t[r]&^flagWide | flagZero })
	t.flag(flagZero, unicode.Cf)
	t[0xAD] &^= flagZero // soft hyphen
}

// setWordBreaks follows UAX #29 table 3, general values first, so that later ones override.
func (t *classTable) setWordBreaks() {
	t.flag(flagSymbol, unicode.S, unicode.P, unicode.Co, unicode.No)
	t.breakAs(wbLetter, unicode.L, unicode.Nl, unicode.Other_Alphabetic)
	t.breakRunes(wbLetter, 0x2D7, 0x2DE, 0x2DF, 0x2ED, 0x55A, 0x55B, 0x55C, 0x55E, 0x58A, 0x5F3, 0xA720, 0xA721, 0xA789, 0xA78A, 0xAB5B)
	for _, lh := range [][2]rune{{0x2C2, 0x2C5}, {0x2D2, 0x2D7}, {0x2E5, 0x2EB}, {0x2EF, 0x2FF}, {0xA708, 0xA716}} {
		for r := lh[0]; r <= lh[1]; r++ {
			t.breakRunes(wbLetter, r)
		}
	}
	t.breakAs(wbNumeric, unicode.Nd)
	t.breakRunes(wbNumeric, 0x66B)
	t.breakAs(wbIgnorable, unicode.M, unicode.Cf, unicode.Other_Grapheme_Extend)
	for r := rune(0x1F3FB); r <= 0x1F3FF; r++ { // emoji modifiers
		t.breakRunes(wbIgnorable, r)
	}
	t.breakRunes(wbOther, 0x200B)
	each(unicode.Hebrew, func(r rune) {
		if unicode.Is(unicode.Lo, r) {
			t.breakRunes(wbHebrew, r)
		}
	})
	t.breakAs(wbJoiner, unicode.Pc)
	t.breakRunes(wbJoiner, 0x202F)
	t.breakRunes(wbMidLetter, ':', 0xB7, 0x387, 0x55F, 0x5F4, 0x2027, 0xFE13, 0xFE55, 0xFF1A)
	t.breakRunes(wbMidNum, ',', ';', 0x37E, 0x589, 0x60C, 0x60D, 0x66C, 0x7F8, 0x2044, 0xFE10, 0xFE14, 0xFE50, 0xFE54, 0xFF0C, 0xFF1B)
	t.breakRunes(wbMidNumLet, '.', 0x2018, 0x2019, 0x2024, 0xFE52, 0xFF07, 0xFF0E)
	t.breakRunes(wbSingleQuote, '\'')
	t.breakRunes(wbDoubleQuote, '"')
	t.breakAs(wbSpace, unicode.White_Space)
	t.breakRunes(wbJoiner, 0x202F)
	t.flag(flagAlpha, unicode.L, unicode.Nl, unicode.Other_Alphabetic)
	each(unicode.L, func(r rune) { t[r] &^= flagSymbol })
}

// setMarks sets what may end a sentence and what may follow it.
func (t *classTable) setMarks() {
	t.flag(flagEnd, unicode.Sentence_Terminal)
	// Khmer khan and its kin and the Tibetan shads end sentences, though Sentence_Terminal leaves them out; so does the Ethiopic word
	// space before white space, which stands for the full stop there.
	for _, r := range []rune{0x1361, 0x17D4, 0x17D5, 0x17D6, 0x17D9, 0x17DA, 0xF0D, 0xF0E, 0xF0F, 0xF10, 0xF11, 0xF12} {
		t[r] |= flagEnd
	}
	each(unicode.Sentence_Terminal, func(r rune) {
		if r >= 0x0E00 && t[r]&flagEnd != 0 && (r < 0x2000 || r > 0x2FFF) {
			t[r] |= flagNoSpaces
		}
	})
	t.flag(flagCloser, unicode.Pe, unicode.Pf, unicode.Quotation_Mark)
	t.flag(flagQuote, unicode.Quotation_Mark)
	for _, rt := range []*unicode.RangeTable{unicode.Quotation_Mark, unicode.Dash, unicode.Sentence_Terminal, unicode.Ps, unicode.Pe, unicode.Pi, unicode.Pf} {
		each(rt, func(r rune) { t[r] &^= flagSymbol })
	}
	for _, r := range []rune{',', ':', ';', '\'', 0x2026, 0x3001, 0xFF0C, 0xFF1A, 0xFF1B, 0x60C, 0x61B} {
		t[r] &^= flagSymbol
	}
	for _, r := range "[]{}()" {
		t[r] |= flagSymbol
	}
}

// measure returns the characters and columns of s.
func measure(s string) (runes, columns int) {
	t := classes()
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			i++
			runes++
			columns++
			continue
		}
		r, n := decode(s, i)
		i += n
		runes++
		switch c := t.of(r); {
		case c&flagWide != 0:
			columns += 2
		case c&flagZero == 0:
			columns++
		}
	}
	return runes, columns
}

// decode returns the character at s[i:], as utf8.DecodeRuneInString does, with a short way for most sequences of two and three bytes.
func decode(s string, i int) (rune, int) {
	if i+2 < len(s) {
		a, b, c := s[i], s[i+1], s[i+2]
		switch {
		case a >= 0xC2 && a < 0xE0 && b&0xC0 == 0x80:
			return rune(a&0x1F)<<6 | rune(b&0x3F), 2
		case a > 0xE0 && a < 0xED && b&0xC0 == 0x80 && c&0xC0 == 0x80: // neither overlong nor surrogates
			return rune(a&0xF)<<12 | rune(b&0x3F)<<6 | rune(c&0x3F), 3
		}
	}
	return utf8.DecodeRuneInString(s[i:])
}

// isASCII looks at eight bytes at a time.
func isASCII(s string) bool {
	for len(s) >= 8 {
		if load64(s)&0x8080808080808080 != 0 {
			return false
		}
		s = s[8:]
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
