package spacy

import (
	"strings"
	"unicode/utf8"
)

func isASCIIDigit(c byte) bool { return '0' <= c && c <= '9' }

// prefix returns the length of the prefix that s begins with, 0 for none.
func (r *rules) prefix(s string) int {
	c, n := utf8.DecodeRuneInString(s)
	switch {
	case r.is(c, isPrefix|isIcon):
		return n
	case c == '.': // \.\.+
		i := 1
		for i < len(s) && s[i] == '.' {
			i++
		}
		if i > 1 {
			return i
		}
	case c == '+': // \+(?![0-9])
		if len(s) == 1 || !isASCIIDigit(s[1]) {
			return 1
		}
	case strings.HasPrefix(s, "US$"):
		return 3
	case c == 'C' || c == 'A':
		if len(s) > 1 && s[1] == '$' {
			return 2
		}
	}
	return 0
}

// suffix returns the length of the suffix that s ends with, 0 for none: of all that fit the longest.
func (r *rules) suffix(s string) int {
	if s == "" {
		return 0
	}
	c, n := utf8.DecodeLastRuneInString(s)
	rest := s[:len(s)-n]
	if i := r.unit(s); i > 0 {
		return i
	}
	switch c {
	case '.':
		return r.stop(s, rest)
	case '…':
		if strings.HasSuffix(rest, "…") {
			return 2 * n
		}
		return n
	case 's', 'S':
		for _, q := range []string{"'", "’"} {
			if strings.HasSuffix(rest, q) {
				return len(q) + n
			}
		}
	case '+':
		if rest != "" && isASCIIDigit(rest[len(rest)-1]) {
			return n
		}
	}
	if r.is(c, isSuffix|isIcon) {
		return n
	}
	return 0
}

// stop is suffix for a text that ends in a full stop; rest is what stands before that.
func (r *rules) stop(s, rest string) int {
	if strings.HasSuffix(rest, ".") { // \.\.+
		return len(s) - len(strings.TrimRight(rest, "."))
	}
	if rest == "" {
		return 0
	}
	c, n := utf8.DecodeLastRuneInString(rest)
	if r.is(c, beforeStop) {
		return 1
	}
	rest = rest[:len(rest)-n]
	switch c {
	case 'F', 'C', 'K':
		if strings.HasSuffix(rest, "°") {
			return 1
		}
	}
	if before, _ := utf8.DecodeLastRuneInString(rest); rest != "" && r.is(c, twoBeforeStop) && r.is(before, twoBeforeStop) {
		return 1
	}
	return 0
}

// unit returns the length of the unit of measure or money behind a digit that s ends with. No unit has a digit in it.
func (r *rules) unit(s string) int {
	for i := len(s) - 1; i >= max(0, len(s)-1-r.unitSize); i-- {
		if isASCIIDigit(s[i]) {
			if r.units[s[i+1:]] {
				return len(s) - 1 - i
			}
			return 0
		}
	}
	return 0
}

// infix returns where the first infix at or after s[i:] begins and ends; start is -1 for none. What stands before i counts for what must
// stand before an infix.
func (r *rules) infix(s string, i int) (start, end int) {
	for i < len(s) {
		if c := s[i]; c < utf8.RuneSelf && !startsInfix[c] {
			i++
			continue
		}
		if n := r.infixAt(s, i); n > 0 {
			return i, i + n
		}
		_, n := utf8.DecodeRuneInString(s[i:])
		i += n
	}
	return -1, 0
}

// startsInfix are the ASCII characters that infixes begin with.
var startsInfix = [128]bool{
	'.': true, '+': true, '-': true, '*': true, '^': true, ',': true, ':': true, '<': true, '>': true, '=': true, '/': true, '~': true,
}

// dashes are the infixes between letters that join words; of those that fit the first one counts.
var dashes = []string{"-", "–", "—", "--", "---", "——", "~"}

func (r *rules) infixAt(s string, i int) int {
	c, n := utf8.DecodeRuneInString(s[i:])
	switch {
	case c == '.':
		end := i + 1
		for end < len(s) && s[end] == '.' {
			end++
		}
		if end > i+1 {
			return end - i
		}
		if r.behind(s, i, stopAfter) && r.at(s, end, stopBefore) {
			return 1
		}
		return 0
	case c == '…' || r.is(c, isIcon):
		return n
	}
	afterDigit := i > 0 && isASCIIDigit(s[i-1])
	switch c {
	case '+', '*', '^', '-':
		if afterDigit && i+1 < len(s) && (isASCIIDigit(s[i+1]) || s[i+1] == '-') {
			return 1
		}
	case ',':
		if r.behind(s, i, isLetter) && r.at(s, i+1, isLetter) {
			return 1
		}
		return 0
	case ':', '<', '>', '=', '/':
		if (afterDigit || r.behind(s, i, isLetter)) && r.at(s, i+1, isLetter) {
			return 1
		}
		return 0
	}
	switch c {
	case '-', '–', '—', '~':
		if !afterDigit && !r.behind(s, i, isLetter) {
			return 0
		}
		for _, d := range dashes {
			if strings.HasPrefix(s[i:], d) && r.at(s, i+len(d), isLetter) {
				return len(d)
			}
		}
	}
	return 0
}

// behind says whether the character before s[i:] is of a class.
func (r *rules) behind(s string, i int, class uint16) bool {
	if i == 0 {
		return false
	}
	c, _ := utf8.DecodeLastRuneInString(s[:i])
	return r.is(c, class)
}

// at says whether the character at s[i:] is of a class.
func (r *rules) at(s string, i int, class uint16) bool {
	if i >= len(s) {
		return false
	}
	c, _ := utf8.DecodeRuneInString(s[i:])
	return r.is(c, class)
}
