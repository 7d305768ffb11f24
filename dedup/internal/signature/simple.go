package signature

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text/datatrove"
	"github.com/winnow-data/winnow/stages/text/python"
)

// What an ASCII character becomes: itself or its small letter, or one of these.
const (
	spaceByte = 0x80 + iota
	digitByte
	otherByte // not ASCII
)

var ascii = func() (table [utf8.RuneSelf]byte) {
	for c := range table {
		r := rune(c)
		switch {
		case datatrove.IsPunctuation(r) || python.IsSpace(r):
			table[c] = spaceByte
		case isDigit(r):
			table[c] = digitByte
		default:
			table[c] = byte(unicode.ToLower(r))
		}
	}
	return table
}()

// simple is the five default steps in one pass.
func simple(text string) string {
	if strings.Contains(text, "Σ") {
		text = python.Lower(text) // what it becomes depends on the letters around
	}
	w := writer{out: make([]byte, 0, len(text)+utf8.UTFMax)}
	space, begun := false, false // a space is due, something stood before
	for i := 0; i < len(text); {
		var (
			class byte
			n     int
		)
		if c := text[i]; c < utf8.RuneSelf {
			class, n = ascii[c], 1
		} else {
			class, n = classOf(text[i:])
		}
		if class == spaceByte {
			space = true
			i += n
			continue
		}
		if space {
			if begun {
				w.out = append(w.out, ' ')
			}
			space = false
		}
		begun = true
		switch class {
		case digitByte:
			w.out = append(w.out, '0')
			i = number(text, i)
		case otherByte:
			r, n := utf8.DecodeRuneInString(text[i:])
			if r == 'İ' {
				w.out = append(w.out, 'i') // the dot above is a mark
			} else {
				w.decomposed(unicode.ToLower(r))
			}
			i += n
		default:
			w.out = append(w.out, class)
			i++
		}
	}
	return string(bytes.Trim(w.out, " "))
}

// classOf says what the first character of s, not an ASCII one, becomes, and its length.
func classOf(s string) (byte, int) {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case isDigit(r):
		return digitByte, n
	case datatrove.IsPunctuation(r) || python.IsSpace(r):
		return spaceByte, n
	}
	return otherByte, n
}
