// Package porter reduces English words to their stems by Porter's algorithm (M. F. Porter, An algorithm for suffix stripping, 1980), in its three
// common forms. A stem is no word: "abbreviated" and "abbreviation" are both "abbrevi".
package porter

// A Mode says which form of the algorithm is meant.
type Mode uint8

// The modes.
const (
	NLTK     Mode = iota // the default of nltk: Martin's departures, a list of irregular words and rules of nltk's own
	Martin               // with the departures of Porter's later implementation: bli, logi, words of two letters stay
	Original             // as published in 1980
)

// irregular are the words that nltk does not derive.
var irregular = map[string]string{
	"sky": "sky", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie", "news": "news", "innings": "inning", "inning": "inning",
	"outings": "outing", "outing": "outing", "cannings": "canning", "canning": "canning", "howe": "howe", "proceed": "proceed",
	"exceed": "exceed", "succeed": "succeed",
}

// Append appends the stem of a word of lower-case ASCII letters to b. Other bytes count as consonants.
func (m Mode) Append(b []byte, word string) []byte {
	if m == NLTK && len(word) <= 8 {
		if stem, ok := irregular[word]; ok {
			return append(b, stem...)
		}
	}
	start := len(b)
	b = append(b, word...)
	if m != Original && len(word) <= 2 {
		return b
	}
	w := b[start:]
	w = m.plurals(w)
	w = m.participles(w)
	w = m.lastY(w)
	w = m.double(w)
	w = replace(w, third, 0)
	w = m.single(w)
	w = m.finalE(w)
	return append(b[:start], w...)
}

// Stem returns the stem of a word of lower-case ASCII letters.
func (m Mode) Stem(word string) string {
	var room [64]byte
	return string(m.Append(room[:0], word))
}

// plurals is step 1a.
func (m Mode) plurals(w []byte) []byte {
	n := len(w)
	if n == 0 || w[n-1] != 's' {
		return w
	}
	switch {
	case has(w, "sses"):
		return w[:n-2]
	case has(w, "ies"):
		if m == NLTK && n == 4 {
			return w[:n-1]
		}
		return w[:n-2]
	case has(w, "ss"):
		return w
	}
	return w[:n-1]
}

// participles is step 1b.
func (m Mode) participles(w []byte) []byte {
	n := len(w)
	switch {
	case m == NLTK && has(w, "ied"):
		if n == 4 {
			return w[:n-1]
		}
		return w[:n-2]
	case has(w, "eed"):
		if measure(w[:n-3]) > 0 {
			return w[:n-1]
		}
		return w
	}
	switch {
	case has(w, "ed") && vowels(w[:n-2]):
		w = w[:n-2]
	case has(w, "ing") && vowels(w[:n-3]):
		w = w[:n-3]
	default:
		return w
	}
	switch n = len(w); {
	case has(w, "at"), has(w, "bl"), has(w, "iz"):
		return append(w, 'e')
	case n >= 2 && w[n-1] == w[n-2] && consonant(w, n-1):
		if c := w[n-1]; c == 'l' || c == 's' || c == 'z' {
			return w
		}
		return w[:n-1]
	case measure(w) == 1 && m.short(w):
		return append(w, 'e')
	}
	return w
}

// lastY is step 1c.
func (m Mode) lastY(w []byte) []byte {
	n := len(w)
	if n == 0 || w[n-1] != 'y' {
		return w
	}
	stem := w[:n-1]
	if m == NLTK && len(stem) > 1 && consonant(stem, n-2) || m != NLTK && vowels(stem) {
		w[n-1] = 'i'
	}
	return w
}

// A suffix and what stands in its place.
type suffix struct{ from, to string }

// second and third are the suffixes of steps 2 and 3, by their order; third and the rest of second need a measure above 0.
var (
	second = []suffix{
		{"ational", "ate"},
		{"tional", "tion"},
		{"enci", "ence"},
		{"anci", "ance"},
		{"izer", "ize"},
		{"bli", "ble"},
		{"alli", "al"},
		{"entli", "ent"},
		{"eli", "e"},
		{"ousli", "ous"},
		{"ization", "ize"},
		{"ation", "ate"},
		{"ator", "ate"},
		{"alism", "al"},
		{"iveness", "ive"},
		{"fulness", "ful"},
		{"ousness", "ous"},
		{"aliti", "al"},
		{"iviti", "ive"},
		{"biliti", "ble"},
		{"fulli", "ful"},
		{"logi", "log"},
	}
	third  = []suffix{{"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"}, {"ical", "ic"}, {"ful", ""}, {"ness", ""}}
	fourth = []suffix{
		{"al", ""},
		{"ance", ""},
		{"ence", ""},
		{"er", ""},
		{"ic", ""},
		{"able", ""},
		{"ible", ""},
		{"ant", ""},
		{"ement", ""},
		{"ment", ""},
		{"ent", ""},
		{"ion", ""},
		{"ou", ""},
		{"ism", ""},
		{"ate", ""},
		{"iti", ""},
		{"ous", ""},
		{"ive", ""},
		{"ize", ""},
	}
)

// find returns the first of the list that w ends with.
func find(w []byte, list []suffix) (s suffix, ok bool) {
	if len(w) == 0 {
		return s, false
	}
	last := w[len(w)-1]
	for _, s := range list {
		if s.from[len(s.from)-1] == last && has(w, s.from) {
			return s, true
		}
	}
	return s, false
}

// replace takes the suffix of a list away where the rest has a measure above least, and puts the other in its place.
func replace(w []byte, list []suffix, least int) []byte {
	s, ok := find(w, list)
	if !ok || measure(w[:len(w)-len(s.from)]) <= least {
		return w
	}
	return append(w[:len(w)-len(s.from)], s.to...)
}

// double is step 2.
func (m Mode) double(w []byte) []byte {
	for m == NLTK && has(w, "alli") && measure(w[:len(w)-4]) > 0 {
		w = w[:len(w)-2]
	}
	s, ok := find(w, second)
	if !ok {
		return w
	}
	n := len(w) - len(s.from)
	least := measure(w[:n])
	switch s.from {
	case "bli":
		if m == Original {
			if !has(w, "abli") || measure(w[:n-1]) == 0 {
				return w
			}
		}
	case "fulli":
		if m != NLTK {
			return w
		}
	case "logi":
		switch m {
		case Original:
			return w
		case NLTK:
			least = measure(w[:n+1])
		}
	}
	if least == 0 {
		return w
	}
	return append(w[:n], s.to...)
}

// single is step 4.
func (m Mode) single(w []byte) []byte {
	s, ok := find(w, fourth)
	if !ok {
		return w
	}
	stem := w[:len(w)-len(s.from)]
	if measure(stem) <= 1 {
		return w
	}
	if s.from == "ion" {
		if c := stem[len(stem)-1]; c != 's' && c != 't' {
			return w
		}
	}
	return stem
}

// finalE is step 5.
func (m Mode) finalE(w []byte) []byte {
	if n := len(w); n > 0 && w[n-1] == 'e' {
		stem := w[:n-1]
		if k := measure(stem); k > 1 || k == 1 && !m.short(stem) {
			w = stem
		}
	}
	if n := len(w); has(w, "ll") && measure(w[:n-1]) > 1 {
		w = w[:n-1]
	}
	return w
}

func has(w []byte, suffix string) bool {
	return len(w) >= len(suffix) && string(w[len(w)-len(suffix):]) == suffix
}

// consonant says whether the letter at i is one: y is, at the beginning and behind a vowel.
func consonant(w []byte, i int) bool {
	turned := false
	for ; i > 0 && w[i] == 'y'; i-- {
		turned = !turned
	}
	switch w[i] {
	case 'a', 'e', 'i', 'o', 'u':
		return turned
	}
	return !turned
}

// measure counts how often a consonant follows a vowel.
func measure(w []byte) (n int) {
	was := false
	for i, c := range w {
		vowel := false
		switch c {
		case 'a', 'e', 'i', 'o', 'u':
			vowel = true
		case 'y':
			vowel = i > 0 && !was
		}
		if was && !vowel {
			n++
		}
		was = vowel
	}
	return n
}

func vowels(w []byte) bool {
	for i, c := range w {
		switch c {
		case 'a', 'e', 'i', 'o', 'u':
			return true
		case 'y':
			if i > 0 { // behind a consonant, for no vowel came before
				return true
			}
		}
	}
	return false
}

// short says whether w ends with consonant, vowel, consonant, the last not w, x or y.
func (m Mode) short(w []byte) bool {
	n := len(w)
	if m == NLTK && n == 2 {
		return !consonant(w, 0) && consonant(w, 1)
	}
	if n < 3 || !consonant(w, n-3) || consonant(w, n-2) || !consonant(w, n-1) {
		return false
	}
	c := w[n-1]
	return c != 'w' && c != 'x' && c != 'y'
}
