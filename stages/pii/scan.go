package pii

import (
	"unicode"
	"unicode/utf8"
)

// A scan goes once through a text. What stands before a candidate is always read as it will stand in the output, so that a scan of the
// output sees the same and decides the same.
type scan struct {
	m     Masker
	s     string
	out   []byte // s[:last] masked
	last  int    // end of the last finding
	n     int    // findings
	keep  bool   // spans wanted
	spans []Span
	g     groups // of the number under the scan
}

// sign tells the bytes at which a scan stops to look.
var sign = func() (t [256]uint8) {
	for c := '0'; c <= '9'; c++ {
		t[c] = signDigit
	}
	t['@'] = signAt
	t[0xEF] = signWide // first byte of the full-width forms U+FF01 to U+FF5E
	return t
}()

const (
	signDigit = 1 + iota
	signAt
	signWide
)

func (sc *scan) run() {
	s := sc.s
	for i := 0; i < len(s); {
		switch sign[s[i]] {
		case 0:
			i++
		case signAt:
			i = sc.at(i, 1)
		case signDigit:
			i = sc.number(i)
		default:
			switch {
			case isWideAt(s, i):
				i = sc.at(i, 3)
			case digitSize(s, i) > 0:
				i = sc.number(i)
			default:
				i++
			}
		}
	}
}

// at looks for an e-mail address around the at sign of n bytes at i and returns where to go on.
func (sc *scan) at(i, n int) int {
	if sc.m.kind[Email] {
		if start, end, ok := sc.email(i, n); ok {
			return sc.found(start, end, Email)
		}
	}
	return i + n
}

// number looks for what begins with or holds the digits at i, which begin a run, and returns where to go on.
func (sc *scan) number(i int) int {
	if sc.m.kind[IP] {
		if end, ok := sc.ip(i); ok {
			return sc.found(i, end, IP)
		}
	}
	if sc.m.kind[IBAN] {
		if end, ok := sc.iban(i); ok {
			return sc.found(i-2, end, IBAN)
		}
	}
	g := &sc.g
	g.read(sc.s, i)
	if g.total >= 7 {
		if start, end, k, ok := sc.numbered(i, g); ok {
			return sc.found(start, end, k)
		}
	}
	return g.g[0].end
}

// numbered tries the kinds that are made of groups of digits, those with a check digit first.
func (sc *scan) numbered(i int, g *groups) (start, end int, k Kind, ok bool) {
	m := &sc.m
	if m.kind[ID] && m.region[CN] {
		if end, ok = sc.resident(i, g); ok {
			return i, end, ID, true
		}
	}
	if m.kind[Phone] {
		if start, end, ok = sc.international(i, g); ok {
			return start, end, Phone, true
		}
	}
	if m.kind[Card] {
		if end, ok = sc.card(i, g); ok {
			return i, end, Card, true
		}
	}
	if !m.kind[Phone] {
		return 0, 0, 0, false
	}
	start, end, ok = sc.national(i, g)
	return start, end, Phone, ok
}

// found masks s[start:end] and returns end.
func (sc *scan) found(start, end int, k Kind) int {
	if sc.keep {
		sc.spans = append(sc.spans, Span{start, end, k})
	}
	sc.out = append(append(sc.out, sc.s[sc.last:start]...), masks[k]...)
	sc.last = end
	sc.n++
	return end
}

// before returns up to n bytes of output that stand before i.
func (sc *scan) before(i, n int) string {
	if lo := i - n; lo >= sc.last || sc.n == 0 {
		return sc.s[max(lo, 0):i]
	}
	head := sc.out[max(len(sc.out)-(n-(i-sc.last)), 0):]
	return string(head) + sc.s[sc.last:i]
}

// opens says whether a number may begin behind the text w: behind nothing, a space, most marks; not inside a word, a decimal fraction, a
// path, a dotted or dashed chain, nor directly behind a mask.
func opens(w string) bool {
	if w == "" {
		return true
	}
	r, n := utf8.DecodeLastRuneInString(w)
	if inWord(r) || r == '_' || r == '@' || r == '\\' || endsMask(w) {
		return false
	}
	switch r {
	case '.', '-', ',', '/', '+', ':', '\'':
		p, _ := utf8.DecodeLastRuneInString(w[:len(w)-n])
		joined := inWord(p) || p == '_' || endsMask(w[:len(w)-n])
		switch r {
		case '/':
			return false
		case ':', '\'':
			return !(p >= '0' && p <= '9' || isWideDigit(p))
		case ',':
			return !(p >= '0' && p <= '9' || isWideDigit(p))
		case '-':
			return !joined && p != '-'
		}
		return !joined && p != '/'
	}
	return true
}

// closes says whether a number may end at i.
func closes(s string, i int) bool {
	if i >= len(s) {
		return true
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	if inWord(r) || r == '_' || r == '@' || r == '＠' || r == '<' && beginsMask(s[i:]) {
		return false
	}
	switch r {
	case '.', '-', ',', '/', '+', ':', '\'', '=', '‐', '‑', '‒', '–', '－':
		if i+n >= len(s) {
			return true
		}
		p, _ := utf8.DecodeRuneInString(s[i+n:])
		next := p >= '0' && p <= '9' || isWideDigit(p) || p == '<' && beginsMask(s[i+n:])
		if r == '-' {
			return !next && !inWord(p)
		}
		return !next
	}
	return true
}

// inWord says whether r joins up with a number next to it: digits, and letters of the scripts that put spaces between words and numbers.
// Han, kana and the like do not.
func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z'
	}
	if isWideDigit(r) {
		return true
	}
	return r < 0x0530 && unicode.IsLetter(r)
}

func isWideDigit(r rune) bool { return r >= '０' && r <= '９' }

func isWideAt(s string, i int) bool { return i+2 < len(s) && s[i+1] == 0xBC && s[i+2] == 0xA0 }

func endsMask(w string) bool {
	if w == "" || w[len(w)-1] != '>' {
		return false
	}
	for _, m := range masks {
		if len(w) >= len(m) && w[len(w)-len(m):] == m {
			return true
		}
	}
	return false
}

func beginsMask(s string) bool {
	for _, m := range masks {
		if len(s) >= len(m) && s[:len(m)] == m {
			return true
		}
	}
	return false
}
