// Package python answers as the str methods of Python 3.11 do, whose tables are those of Unicode 14.0: what a peer written in Python
// calls white space, a letter, a line, lower case. Functions are named after the methods. Go's own tables are newer, and its notions
// differ: Python's white space has U+001C to U+001F, and splitlines knows eleven ends of a line.
//
// Text is UTF-8; a byte that is no UTF-8 counts as U+FFFD.
package python

import (
	_ "embed"
	"sync"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/internal/runes"
)

//go:embed unicode14.txt
var unicode14 string

// What the table tells of a character.
const (
	space uint16 = 1 << iota
	alpha
	digit
	decimal
	numeric
	punctuation
	mark
	cased     // ends a word before a final sigma
	ignorable // is skipped in looking for one
)

var flags = map[string]uint16{
	"space": space, "alpha": alpha, "digit": digit, "decimal": decimal, "numeric": numeric,
	"punctuation": punctuation, "mark": mark, "cased": cased, "ignorable": ignorable,
}

var table = sync.OnceValue(func() *runes.Table {
	t := new(runes.Table)
	for name, ranges := range runes.Lines(unicode14) {
		if f, ok := flags[name]; ok {
			t.Set(f, runes.Ranges(ranges))
		}
	}
	return t
})

func is(r rune, flags uint16) bool { return table().Of(r)&flags != 0 }

// IsSpace is str.isspace of one character; \s of the module re is the same.
func IsSpace(r rune) bool {
	if r < utf8.RuneSelf {
		return asciiSpace(byte(r))
	}
	return r == 0x85 || r == 0xA0 || r >= 0x1680 && is(r, space)
}

func asciiSpace(c byte) bool { return c == ' ' || c-'\t' < 5 || c-0x1C < 4 }

// IsAlpha is str.isalpha of one character: the general category is L.
func IsAlpha(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r|0x20 && r|0x20 <= 'z'
	}
	return is(r, alpha)
}

// IsDigit is str.isdigit of one character: decimal digits, and digits such as ² that make no number.
func IsDigit(r rune) bool { return is(r, digit) }

// IsDecimal is str.isdecimal of one character: the general category is Nd; \d of the module re is the same.
func IsDecimal(r rune) bool {
	if r < utf8.RuneSelf {
		return '0' <= r && r <= '9'
	}
	return is(r, decimal)
}

// IsAlnum is str.isalnum of one character: a letter, or anything with a numeric value.
func IsAlnum(r rune) bool { return is(r, alpha|numeric) }

// IsPunctuation says whether the general category of r, as unicodedata.category gives it, is P.
func IsPunctuation(r rune) bool { return is(r, punctuation) }

// IsMark says whether the general category of r is Mn, a mark that takes no room.
func IsMark(r rune) bool { return is(r, mark) }

// Len is len(s): the number of characters.
func Len(s string) int { return utf8.RuneCountInString(s) }

// spaceAt returns the length of the white space character that s[i:] begins with, 0 for none.
func spaceAt(s string, i int) int {
	c := s[i]
	if c < utf8.RuneSelf {
		if asciiSpace(c) {
			return 1
		}
		return 0
	}
	if c != 0xC2 && c != 0xE1 && c != 0xE2 && c != 0xE3 { // none of the 12 beyond ASCII begins with another byte
		return 0
	}
	if r, n := utf8.DecodeRuneInString(s[i:]); IsSpace(r) {
		return n
	}
	return 0
}

// width returns the length of the character that s[i:] begins with.
func width(s string, i int) int {
	if s[i] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return n
}

// Split appends str.split(): the runs between white space.
func Split(dst []text.Span, s string) []text.Span {
	for i := 0; i < len(s); {
		start, end := wordAt(s, i)
		if start < end {
			dst = append(dst, text.Span{Start: int32(start), End: int32(end)})
		}
		i = end
	}
	return dst
}

// Word returns the first of the words of str.split(), and what stands behind it; "" if s has none.
func Word(s string) (word, rest string) {
	start, end := wordAt(s, 0)
	return s[start:end], s[end:]
}

// wordAt returns where the first word at or after s[i:] begins and ends.
func wordAt(s string, i int) (start, end int) {
	for i < len(s) {
		n := spaceAt(s, i)
		if n == 0 {
			break
		}
		i += n
	}
	start = i
	for i < len(s) {
		if c := s[i]; c < utf8.RuneSelf {
			if asciiSpace(c) {
				break
			}
			i++
			continue
		}
		if spaceAt(s, i) > 0 {
			break
		}
		i += width(s, i)
	}
	return start, i
}

// StripLeft is str.lstrip().
func StripLeft(s string) string {
	for len(s) > 0 {
		n := spaceAt(s, 0)
		if n == 0 {
			break
		}
		s = s[n:]
	}
	return s
}

// StripRight is str.rstrip().
func StripRight(s string) string {
	for len(s) > 0 {
		r, n := utf8.DecodeLastRuneInString(s)
		if !IsSpace(r) {
			break
		}
		s = s[:len(s)-n]
	}
	return s
}

// Strip is str.strip().
func Strip(s string) string { return StripRight(StripLeft(s)) }

// SplitLines appends str.splitlines(): the lines without their ends. An end is \n, \r\n, \r, \v, \f, U+001C to U+001E, U+0085, U+2028 or U+2029; what
// follows the last one is no line if it is empty.
func SplitLines(dst []text.Span, s string) []text.Span {
	for i := 0; i < len(s); {
		start := i
		end, next := lineEnd(s, i)
		dst = append(dst, text.Span{Start: int32(start), End: int32(end)})
		i = next
	}
	return dst
}

// lineEnd returns where the line that begins at i ends, and where the next one begins.
func lineEnd(s string, i int) (end, next int) {
	for ; i < len(s); i++ {
		c := s[i]
		if !endsLine[c] {
			continue
		}
		switch {
		case c == '\r':
			if i+1 < len(s) && s[i+1] == '\n' {
				return i, i + 2
			}
			return i, i + 1
		case c < utf8.RuneSelf:
			return i, i + 1
		case c == 0xC2 && i+1 < len(s) && s[i+1] == 0x85:
			return i, i + 2
		case c == 0xE2 && i+2 < len(s) && s[i+1] == 0x80 && s[i+2]&^1 == 0xA8:
			return i, i + 3
		}
	}
	return len(s), len(s)
}

// endsLine are the first bytes of what may end a line.
var endsLine = [256]bool{'\n': true, '\v': true, '\f': true, '\r': true, 0x1C: true, 0x1D: true, 0x1E: true, 0xC2: true, 0xE2: true}
