package signature

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text/datatrove"
	"github.com/winnow-data/winnow/stages/text/python"
)

// What an ASCII character becomes: itself or its small letter, spaceByte or digitByte.
const (
	spaceByte = 0x80 + iota
	digitByte
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
		n := 1
		class := byte(0)
		r := rune(text[i])
		if r < utf8.RuneSelf {
			class = ascii[r]
		} else {
			r, n = utf8.DecodeRuneInString(text[i:])
			switch {
			case isDigit(r):
				class = digitByte
			case datatrove.IsPunctuation(r) || python.IsSpace(r):
				class = spaceByte
			}
		}
		if class == spaceByte {
			space = true
			i += n
			continue
		}
		if space && begun {
			w.starter(' ')
		}
		space, begun = false, true
		switch {
		case class == digitByte:
			w.starter('0')
			n = number(text, i) - i
		case class != 0:
			w.out = append(w.out, class)
			w.run, w.classes = len(w.out), w.classes[:0]
		case r == 'İ':
			w.starter('i') // the dot above is a mark
		default:
			w.decomposed(unicode.ToLower(r))
		}
		i += n
	}
	return string(bytes.Trim(w.out, " "))
}
