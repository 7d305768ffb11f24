package punkt

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a word with the punctuation that Punkt leaves on it.
type token struct {
	text     string
	kind     string // the word in lower case, or [number]
	period   bool   // it ends with a period
	initial  bool   // one letter and a period
	ellipsis bool
	abbr     bool
	breaks   bool // a sentence ends with it
}

// closing may follow the end of a sentence without a space, and ends words.
const closing = ")\";}]*:@'({[‘’“”«»"

// noStart cannot start a word.
const noStart = "(\"`{[:;&#*@)}]-,"

// What is to be known of an ASCII character.
const (
	closes    = 1 << iota // it ends a word and may follow the end of a sentence
	startless             // it cannot start a word
	blank
	repeats // it may be the first of several: a dash, a dot
	ends    // a sentence may end with it
)

var kinds = func() (k [utf8.RuneSelf]uint8) {
	for bit, chars := range map[uint8]string{
		closes: "?!" + closing, startless: noStart, blank: " \t\n\v\f\r", repeats: "-.", ends: ".?!",
	} {
		for _, r := range chars {
			if r < utf8.RuneSelf {
				k[r] |= bit
			}
		}
	}
	return k
}()

func isClosing(r rune) bool {
	if r < utf8.RuneSelf {
		return kinds[r]&closes != 0
	}
	return strings.ContainsRune(closing, r)
}

// tokens appends the tokens of a text to list.
func tokens(list []token, text string) []token {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimFunc(line, isSpace) == "" {
			continue
		}
		for at := 0; at < len(line); {
			r, size := utf8.DecodeRuneInString(line[at:])
			if unicode.IsSpace(r) {
				at += size
				continue
			}
			end := at + multi(line[at:])
			if end == at {
				end = at + size
				if r >= utf8.RuneSelf || kinds[r]&startless == 0 {
					end = wordEnd(line, end)
				}
			}
			list = append(list, newToken(line[at:end]))
			at = end
		}
	}
	return list
}

// multi returns the length of the dashes, dots or spaced dots that s begins with.
func multi(s string) int {
	if s[0] != '-' && s[0] != '.' {
		return 0
	}
	n := 1
	for n < len(s) && s[n] == s[0] {
		n++
	}
	if n >= 2 {
		return n
	}
	if s[0] == '-' {
		return 0
	}
	// (?:\.\s){2,}\.
	n, pairs := 0, 0
	for n < len(s) && s[n] == '.' {
		r, size := utf8.DecodeRuneInString(s[n+1:])
		if n+1 == len(s) || !unicode.IsSpace(r) {
			break
		}
		n += 1 + size
		pairs++
	}
	if pairs >= 2 && n < len(s) && s[n] == '.' {
		return n + 1
	}
	// one pair less, so that the dot before the last space is the end
	if pairs >= 3 {
		_, size := utf8.DecodeLastRuneInString(s[:n])
		return n - size
	}
	return 0
}

// wordEnd returns where the word ends whose first character ends at i.
func wordEnd(s string, i int) int {
	for i < len(s) {
		if stops(s[i:]) {
			return i
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == ',' && (i+1 == len(s) || stops(s[i+1:])) {
			return i
		}
		i += size
	}
	return i
}

// stops says whether s begins with what ends a word.
func stops(s string) bool {
	if c := s[0]; c < utf8.RuneSelf {
		return kinds[c]&(closes|blank) != 0 || kinds[c]&repeats != 0 && multi(s) > 0
	}
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(r) || isClosing(r)
}

func newToken(s string) token {
	t := token{text: s, period: s[len(s)-1] == '.'}
	switch {
	case s == "." || s == "?" || s == "!":
		t.breaks = true
	case strings.Trim(s, ".") == "":
		t.ellipsis = true
	case t.period && !strings.HasSuffix(s, ".."):
		if len(s) <= maxWord {
			word := Lower(s[:len(s)-1])
			p := params()
			t.abbr = p.abbreviations[word] || p.abbreviations[word[strings.LastIndexByte(word, '-')+1:]]
		}
		t.breaks = !t.abbr
	}
	if t.period {
		r, size := utf8.DecodeRuneInString(s)
		t.initial = size+1 == len(s) && IsWord(r) && !unicode.Is(unicode.Nd, r)
	}
	t.kind = s
	if isNumber(s) {
		t.kind = number
	} else if len(s) <= 2*maxWord {
		t.kind = Lower(s)
	}
	return t
}

// isNumber is ^-?[\.,]?\d[\d,\.-]*\.?$
func isNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	if s != "" && (s[0] == '.' || s[0] == ',') {
		s = s[1:]
	}
	r, size := utf8.DecodeRuneInString(s)
	if !unicode.Is(unicode.Nd, r) {
		return false
	}
	for _, r := range s[size:] {
		if r != ',' && r != '.' && r != '-' && !unicode.Is(unicode.Nd, r) {
			return false
		}
	}
	return true
}

// stem is the kind without its last period.
func (t *token) stem() string {
	if len(t.kind) > 1 {
		return strings.TrimSuffix(t.kind, ".")
	}
	return t.kind
}

// next is the kind by which the token is known as one that follows.
func (t *token) next() string {
	if t.breaks {
		return t.stem()
	}
	return t.kind
}

func (t *token) capital() bool {
	r, _ := utf8.DecodeRuneInString(t.text)
	return IsUpper(r)
}

func (t *token) small() bool {
	r, _ := utf8.DecodeRuneInString(t.text)
	return IsLower(r)
}
