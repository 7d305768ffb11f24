package ontology

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/winnow-data/winnow/ontology/internal/porter"
)

// spelling puts a tag into NFKC and lower case, with every run of special characters as one space. A + or # behind a letter of its word stays: c++,
// c#. It changes nothing that it has made.
func spelling(raw string) string {
	s := norm.NFKC.String(strings.ToLower(norm.NFKC.String(raw)))
	var b strings.Builder
	before, space := rune(0), false
	for _, r := range s {
		word := unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
		if !word && !((r == '+' || r == '#') && !space && before != 0) {
			space = true
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		before, space = r, false
	}
	return b.String()
}

// stems is the key by which spellings are one tag: English words by their stems, other scripts and words with digits as they are.
func stems(spelling string) string {
	b := make([]byte, 0, len(spelling)+8)
	for word := range strings.SplitSeq(spelling, " ") {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		if english(word) {
			b = porter.NLTK.Append(b, word)
		} else {
			b = append(b, word...)
		}
	}
	return string(b)
}

func english(word string) bool {
	for i := range len(word) {
		if word[i] < 'a' || word[i] > 'z' {
			return false
		}
	}
	return word != ""
}
