package pii

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"
)

// Bounds of RFC 5321, 4.5.3.1, and RFC 1035, 2.3.4, in bytes.
const (
	maxLocal  = 64
	maxDomain = 253
	maxLabel  = 63
)

// email reads the address around the at sign of n bytes at i: the unquoted form of RFC 5322, 3.4.1, with Latin letters also outside
// ASCII, under a top-level domain that exists. git@host:path, which names no person, is none, nor is x@y.to( in code.
func (sc *scan) email(i, n int) (start, end int, ok bool) {
	start = sc.local(i)
	if start == i {
		return 0, 0, false
	}
	end = domain(sc.s, i+n)
	if end == 0 {
		return 0, 0, false
	}
	if end < len(sc.s) {
		switch c := sc.s[end]; {
		case c == '@', c == '(', c == '_':
			return 0, 0, false
		case c == ':' && sc.s[start:i] == "git":
			return 0, 0, false
		}
	}
	return start, end, true
}

// local returns where the local part before i begins, i if there is none.
func (sc *scan) local(i int) int {
	s, start := sc.s, i
	for start > sc.last {
		if i-start > maxLocal+1 {
			return i
		}
		c := s[start-1]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeLastRuneInString(s[sc.last:start])
			if !latin(r) {
				break
			}
			start -= n
			continue
		}
		if !inLocal[c] || c == '.' && start < i && s[start] == '.' {
			break
		}
		start--
	}
	for start < i && strings.IndexByte(".-+%", s[start]) >= 0 {
		start++
	}
	if start < i && s[i-1] == '.' || i-start > maxLocal {
		return i
	}
	return start
}

var inLocal = func() (t [utf8.RuneSelf]bool) {
	for c := range t {
		t[c] = inWord(rune(c))
	}
	for _, c := range "._%+-" {
		t[c] = true
	}
	return t
}()

// domain returns where the domain name that begins at i ends: behind its last label that is a top-level domain; 0 if there is none.
func domain(s string, i int) int {
	begin, end, labels := i, 0, 0
	for i < len(s) && i-begin <= maxDomain {
		n := label(s, i)
		if n == 0 || n > maxLabel {
			break
		}
		if labels++; labels > 1 && topLevel(s[i:i+n]) {
			end = i + n
		}
		i += n
		if i >= len(s) || s[i] != '.' {
			break
		}
		i++
	}
	if end-begin > maxDomain {
		return 0
	}
	return end
}

// label returns the length of the host name label at i (RFC 1123, 2.1), 0 if there is none.
func label(s string, i int) int {
	begin := i
	for i < len(s) {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if !latin(r) {
				break
			}
			i += n
			continue
		}
		if !inWord(rune(c)) && c != '-' {
			break
		}
		i++
	}
	for i > begin && s[i-1] == '-' {
		i--
	}
	if i > begin && s[begin] == '-' {
		return 0
	}
	return i - begin
}

// topLevel says whether ICANN has delegated the label, by the public suffix list.
func topLevel(l string) bool {
	if len(l) < 2 {
		return false
	}
	for i := range len(l) {
		if l[i] >= utf8.RuneSelf {
			return false
		}
	}
	_, icann := publicsuffix.PublicSuffix("x." + strings.ToLower(l))
	return icann
}

// latin says whether r is a Latin letter outside ASCII, U+00C0 to U+024F.
func latin(r rune) bool { return r >= 0xC0 && r <= 0x24F && r != 0xD7 && r != 0xF7 }
