package punkt

import (
	"strings"
	"unicode/utf8"
)

// contracted are words that are cut in two; the number says where.
var contracted = []struct {
	word string
	at   int
}{{"cannot", 3}, {"d'ye", 1}, {"gimme", 3}, {"gonna", 3}, {"gotta", 3}, {"lemme", 3}, {"more'n", 4}, {"wanna", 3}}

// contracts says whether a word of letters alone is cut in two.
func contracts(word string) bool {
	for _, c := range contracted {
		if len(word) == len(c.word) && strings.EqualFold(word, c.word) {
			return true
		}
	}
	return false
}

func (w *words) contractions() {
	w.rewrite(func(out, s []byte, i int) ([]byte, int) {
		if alnumBefore(s, i) {
			return out, 0
		}
		for _, c := range contracted {
			n := len(c.word)
			if len(s) < i+n || !strings.EqualFold(string(s[i:i+n]), c.word) || alnumAt(s, i+n) {
				continue
			}
			if c.word == "wanna" && !isSpace(rune(s[i+n])) {
				continue
			}
			out = append(append(append(append(out, ' '), s[i:i+c.at]...), ' '), s[i+c.at:i+n]...)
			return append(out, ' '), n
		}
		return out, 0
	})
	for _, word := range []string{" 'tis", " 'twas"} {
		w.rewrite(func(out, s []byte, i int) ([]byte, int) {
			n := len(word)
			if len(s) < i+n || !strings.EqualFold(string(s[i:i+n]), word) || alnumAt(s, i+n) {
				return out, 0
			}
			out = append(append(append(append(out, ' '), s[i+1:i+3]...), ' '), s[i+3:i+n]...)
			return append(out, ' '), n
		})
	}
}

// The contractions are found by Python's own regular expressions, to which a word is made of letters, numbers and underscores.

func alnumBefore(s []byte, i int) bool {
	r, size := utf8.DecodeLastRune(s[:i])
	return size > 0 && IsAlnum(r)
}

func alnumAt(s []byte, i int) bool {
	r, size := utf8.DecodeRune(s[min(i, len(s)):])
	return size > 0 && IsAlnum(r)
}
