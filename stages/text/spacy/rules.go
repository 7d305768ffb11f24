package spacy

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text/internal/runes"
	"github.com/winnow-data/winnow/stages/text/python"
)

//go:embed english.txt
var englishTxt string

// The classes of characters that the patterns are made of.
const (
	isPrefix      uint16 = 1 << iota // is a prefix
	isSuffix                         // is a suffix
	isIcon                           // is both, and an infix
	beforeStop                       // before it a full stop is a suffix
	twoBeforeStop                    // two of these before it make it a suffix
	stopAfter                        // a full stop between this
	stopBefore                       // and this is an infix
	isLetter                         // commas, hyphens and the like between two of these are infixes
	isTLD                            // may stand in the last part of a host's name
	endsSentence                     // ends a sentence
	isPunct                          // has the general category P
)

var classNames = map[string]uint16{
	"prefix": isPrefix, "suffix": isSuffix, "icon": isIcon, "before_stop": beforeStop, "two_before_stop": twoBeforeStop,
	"stop_after": stopAfter, "stop_before": stopBefore, "letter": isLetter, "tld": isTLD, "sentence_end": endsSentence,
}

// rules are what the tokenizer of a language knows.
type rules struct {
	classes  runes.Table
	special  map[string][]string   // special case → its pieces
	longest  int                   // bytes of the longest special case
	specials ends                  // first and last bytes of special cases
	units    map[string]bool       // of measure and of money: suffixes behind a digit
	unitSize int                   // bytes of the longest of them
	sequence map[string][][]string // rows of tokens that become a special case, by their first
	ids      map[string]uint8      // tokens of rows → number from 1
	idEnds   ends                  // first and last bytes of these tokens
	pairs    pairSet               // of numbers
}

var english = sync.OnceValue(func() *rules {
	classes, special, _ := strings.Cut(englishTxt, "special\n")
	r := &rules{special: map[string][]string{"\t": {"\t"}, "\n": {"\n"}, " ": {" "}}, sequence: map[string][][]string{}, units: map[string]bool{}, ids: map[string]uint8{}}
	for name, value := range runes.Lines(classes) {
		if name == "unit" {
			for u := range strings.SplitSeq(value, "|") {
				r.units[u] = true
				r.unitSize = max(r.unitSize, len(u))
			}
			continue
		}
		r.classes.Set(classNames[name], runes.Ranges(value))
	}
	for c := rune(0); c <= utf8.MaxRune; c++ {
		if python.IsPunctuation(c) {
			r.classes.Set(isPunct, []runes.Range{{Lo: c, Hi: c}})
		}
	}
	for line := range strings.Lines(special) {
		line = strings.TrimSuffix(line, "\n")
		key := strings.ReplaceAll(line, "\t", "")
		r.special[key] = strings.Split(line, "\t")
		r.longest = max(r.longest, len(key))
		r.specials.add(key)
	}
	r.addSequences()
	return r
})

func (r *rules) is(c rune, class uint16) bool { return r.classes.Of(c)&class != 0 }

func (r *rules) isSpecial(s string) bool {
	if len(s) > r.longest || !r.specials.has(s) {
		return false
	}
	_, ok := r.special[s]
	return ok
}

// id returns the number of a token that rows have, 0 for any other.
func (r *rules) id(token string) uint8 {
	if !r.idEnds.has(token) {
		return 0
	}
	return r.ids[token]
}

// ends are the pairs of first and last bytes that strings have: most others are told from them without a look-up.
type ends [256][4]uint64

func (e *ends) add(s string) { e[s[0]][s[len(s)-1]>>6] |= 1 << (s[len(s)-1] & 63) }

func (e *ends) has(s string) bool { return e[s[0]][s[len(s)-1]>>6]>>(s[len(s)-1]&63)&1 != 0 }

// A kind is what the sentencizer asks of a token.
type kind uint8

const (
	other kind = iota
	white      // it is white space
	punct      // all its characters are punctuation
	ender      // it is one character that ends sentences
)

func (r *rules) tokenKind(s string) kind {
	first, n := utf8.DecodeRuneInString(s)
	if n == len(s) && r.is(first, endsSentence) {
		return ender
	}
	for _, c := range s {
		if !r.is(c, isPunct) {
			return other
		}
	}
	return punct
}

// isSpaceAt says whether white space stands at s[i:].
func isSpaceAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return python.IsSpace(r)
}
