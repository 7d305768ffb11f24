package datatrove

import (
	"strings"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text/python"
)

// Classes of ASCII characters in the peer's patterns (pipeline/formatters/pii.py).
const (
	piiDigit byte = 1 << iota
	piiAlnum
	piiLabel // letters, digits, hyphen
	piiLocal // before the @, but for the point
)

var piiClass = func() (table [256]byte) {
	for c := range byte(utf8.RuneSelf) {
		digit := '0' <= c && c <= '9'
		alnum := digit || 'a' <= c|0x20 && c|0x20 <= 'z'
		if digit {
			table[c] |= piiDigit
		}
		if alnum {
			table[c] |= piiAlnum
		}
		if alnum || c == '-' {
			table[c] |= piiLabel
		}
		if alnum || strings.IndexByte("!#$%&'*+/=?^_`{|}~-", c) >= 0 {
			table[c] |= piiLocal
		}
	}
	return table
}()

func piiIs(c, class byte) bool { return piiClass[c]&class != 0 }

// nextEmail finds the first match of the peer's pattern of e-mail addresses in s that begins at from or later, -1 for none. What may stand
// before an @ can end in no other way, so every @ is tried with the first place that its match may begin at.
func nextEmail(s string, from int) (start, end int) {
	for at := from; ; at++ {
		i := strings.IndexByte(s[at:], '@')
		if i < 0 {
			return -1, -1
		}
		at += i
		if start := localStart(s, from, at); start >= 0 {
			if end := domainEnd(s, at+1); end >= 0 {
				return start, end
			}
		}
	}
}

// localStart returns where [local]+(\.[local]+)* before the @ at s[at] begins: at the first word boundary from from on, -1 for none.
func localStart(s string, from, at int) int {
	start := -1
	for i := at - 1; i >= from; i-- {
		switch {
		case piiIs(s[i], piiLocal):
			if isBoundary(s, i) {
				start = i
			}
		case s[i] != '.' || i+1 == at || s[i+1] == '.':
			return start
		}
	}
	return start
}

// isBoundary says whether \b matches before the ASCII character s[i].
func isBoundary(s string, i int) bool {
	word := piiIs(s[i], piiAlnum) || s[i] == '_'
	if i == 0 {
		return word
	}
	var before bool
	if c := s[i-1]; c < utf8.RuneSelf {
		before = piiIs(c, piiAlnum) || c == '_'
	} else {
		r, _ := utf8.DecodeLastRuneInString(s[:i])
		before = python.IsAlnum(r)
	}
	return word != before
}

// domainEnd returns where the domain that begins at s[i] ends, -1 if there is none: labels between points, two at least, each as long as it can be
// without a hyphen at its ends; or three numbers and something in brackets.
func domainEnd(s string, i int) int {
	if i < len(s) && s[i] == '[' {
		return literalEnd(s, i+1)
	}
	end := -1 // of the labels so far, where there are two
	for labels := 1; ; labels++ {
		run := i
		for run < len(s) && piiIs(s[run], piiLabel) {
			run++
		}
		last := run
		for last > i && s[last-1] == '-' {
			last--
		}
		if last == i || s[i] == '-' {
			return end
		}
		if labels > 1 {
			end = last
		}
		if last < run || run == len(s) || s[run] != '.' {
			return end
		}
		i = run + 1
	}
}

// literalEnd returns the end of what follows the bracket before s[i]: three numbers up to 255 with a point behind each, then a number or a word with
// a colon behind it, then the other bracket.
func literalEnd(s string, i int) int {
	for range 3 {
		n := octet(s, i)
		if n == 0 || i+n == len(s) || s[i+n] != '.' {
			return -1
		}
		i += n + 1
	}
	run := i
	for run < len(s) && piiIs(s[run], piiLabel) {
		run++
	}
	switch {
	case run > i && strings.HasPrefix(s[run:], "]") && octet(s, i) == run-i:
		return run + 1
	case run > i && s[run-1] != '-' && strings.HasPrefix(s[run:], ":]"):
		return run + 2
	}
	return -1
}

// octet returns how many digits of s[i:] the pattern of a number up to 255 takes: the most it can, at most three. 0: none.
func octet(s string, i int) int {
	n := 0
	for n < 3 && i+n < len(s) && piiIs(s[i+n], piiDigit) {
		n++
	}
	if n == 3 && s[i:i+3] > "255" {
		return 2
	}
	return n
}

// nextIP returns a function that finds the first IPv4 address in s from a byte on that is to be replaced.
func nextIP(publicOnly bool) func(s string, from int) (start, end int) {
	return func(s string, from int) (start, end int) {
		for dot := from + 1; dot < len(s); dot++ {
			i := strings.IndexByte(s[dot:], '.')
			if i < 0 {
				break
			}
			dot += i
			end := ipEnd(s, dot)
			if end < 0 {
				continue
			}
			start := ipStart(s, from, dot)
			if start < 0 {
				continue
			}
			if isIP(s[start:end], publicOnly) {
				return start, end
			}
			from, dot = end, end // matched, and left as it is: one more number is needed before the next point
		}
		return -1, -1
	}
}

// ipStart returns where the number before the point at s[dot] begins: as early as from on a number up to 255 can, -1 for none.
func ipStart(s string, from, dot int) int {
	for start := max(from, dot-3); start < dot; start++ {
		if octet(s, start) == dot-start {
			return start
		}
	}
	return -1
}

// ipEnd returns the end of three numbers with points between behind the first point of an address, -1 if there are none.
func ipEnd(s string, dot int) int {
	i := dot + 1
	for range 2 {
		n := octet(s, i)
		if n == 0 || i+n == len(s) || s[i+n] != '.' {
			return -1
		}
		i += n + 1
	}
	if n := octet(s, i); n > 0 {
		return i + n
	}
	return -1
}

// isIP says whether Python's ipaddress takes four numbers between points for an address, and if publicOnly, for a global one (Python 3.11).
func isIP(s string, publicOnly bool) bool {
	var ip [4]int
	for i, number := range strings.SplitN(s, ".", len(ip)) {
		if len(number) > 1 && number[0] == '0' {
			return false // could be octal
		}
		for _, c := range []byte(number) {
			ip[i] = ip[i]*10 + int(c-'0')
		}
	}
	return !publicOnly || isGlobal(ip)
}

// isGlobal is IPv4Address.is_global of Python 3.11: none of the private networks it knows, nor 100.64.0.0/10. Multicast is global there.
func isGlobal(ip [4]int) bool {
	switch a, b, c, d := ip[0], ip[1], ip[2], ip[3]; {
	case a == 0, a == 10, a == 127, a >= 240,
		a == 100 && b&0xC0 == 64,
		a == 169 && b == 254,
		a == 172 && b&0xF0 == 16,
		a == 192 && b == 0 && c == 0 && (d < 8 || d == 170 || d == 171),
		a == 192 && b == 0 && c == 2,
		a == 192 && b == 168,
		a == 198 && b&0xFE == 18,
		a == 198 && b == 51 && c == 100,
		a == 203 && b == 0 && c == 113:
		return false
	}
	return true
}
