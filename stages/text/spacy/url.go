package spacy

import (
	"strings"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text/python"
)

// isURL says whether spaCy takes s for an address: scheme://, then anything up to an @, then the name or number of a host, then a port,
// then anything behind one of / ? #. All but the host may be missing.
func (r *rules) isURL(s string) bool {
	if strings.IndexByte(s, '.') < 0 {
		return false
	}
	if r.isHostAndRest(s) {
		return true
	}
	if at := scheme(s); at > 0 && r.isHostAndRest(s[at:]) {
		return true
	}
	for i := 1; i < len(s); i++ {
		if s[i] == '@' && r.isHostAndRest(s[i+1:]) {
			return true
		}
	}
	return false
}

// scheme returns where what follows a scheme begins, 0 for none.
func scheme(s string) int {
	n := 0
	for i, c := range s {
		switch {
		case c == ':':
			if n >= 2 && strings.HasPrefix(s[i:], "://") {
				return i + len("://")
			}
			return 0
		case c != '+' && c != '-' && c != '.' && c != '_' && !python.IsAlnum(c):
			return 0
		}
		n++
	}
	return 0
}

func (r *rules) isHostAndRest(s string) bool {
	end := strings.IndexAny(s, ":/?#@")
	switch {
	case end < 0:
		return r.isHost(s)
	case s[end] == '@':
		return false
	}
	rest := s[end:]
	if rest[0] == ':' {
		digits := 0
		rest = rest[1:]
		for rest != "" {
			c, n := utf8.DecodeRuneInString(rest)
			if !python.IsDecimal(c) {
				break
			}
			digits++
			rest = rest[n:]
		}
		if digits < 2 || digits > 5 {
			return false
		}
	}
	return (rest == "" || rest[0] == '/' || rest[0] == '?' || rest[0] == '#') && r.isHost(s[:end])
}

// isHost says whether s is the name of a host, or the number of one that is not on a private network.
func (r *rules) isHost(s string) bool {
	dot := strings.LastIndexByte(s, '.')
	if dot < 0 {
		return false
	}
	return r.isTLD(s[dot+1:]) && isName(s[:dot]) || isAddress(s)
}

func (r *rules) isTLD(s string) bool {
	n := 0
	for _, c := range s {
		if !r.is(c, isTLD) {
			return false
		}
		n++
	}
	return 2 <= n && n <= 63
}

// isName says whether the parts of s between dots have at most 64 characters, of letters and the like, with _ and - inside.
func isName(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		n, last := 0, false
		for _, c := range label {
			last = c >= 0xA1 && c <= 0xFFFF || c < utf8.RuneSelf && (python.IsAlpha(c) || isASCIIDigit(byte(c)))
			if !last && (n == 0 || c != '-' && c != '_') {
				return false
			}
			n++
		}
		if !last || n > 64 {
			return false
		}
	}
	return true
}

// isAddress says whether s is an IPv4 address as spaCy knows them.
func isAddress(s string) bool {
	var parts [4][]rune
	k := 0
	for _, c := range s {
		switch {
		case c == '.':
			if k++; k > 3 {
				return false
			}
		case !python.IsDecimal(c) || len(parts[k]) > 2:
			return false
		default:
			parts[k] = append(parts[k], c)
		}
	}
	if k < 3 {
		return false
	}
	first, second := string(parts[0]), string(parts[1])
	private := first == "10" || first == "127" || first == "169" && second == "254" || first == "192" && second == "168" ||
		first == "172" && len(parts[1]) == 2 && (second[0] == '1' && '6' <= second[1] && second[1] <= '9' || second[0] == '2' || second == "30" || second == "31")
	return !private &&
		octet(parts[0], "22", '3') && parts[0][0] != '0' &&
		inner(parts[1]) && inner(parts[2]) &&
		octet(parts[3], "25", '4')
}

// octet says whether p is one to three digits, the first of them 1 to 9 of ASCII; of three digits the first is 1 or 2, and top with a last
// digit up to last is the greatest.
func octet(p []rune, top string, last rune) bool {
	switch len(p) {
	case 1, 2:
		return '1' <= p[0] && p[0] <= '9'
	case 3:
		return p[0] == '1' || below(p, top, last)
	}
	return false
}

// inner is octet for the second and third number, which may begin with a nought.
func inner(p []rune) bool {
	switch len(p) {
	case 1, 2:
		return true
	case 3:
		return p[0] == '1' || below(p, "25", '5')
	}
	return false
}

// below says whether p, three digits, begins with 2 and a digit below the second of top, or is top and a digit up to last.
func below(p []rune, top string, last rune) bool {
	second := rune(top[1])
	return p[0] == '2' && ('0' <= p[1] && p[1] < second || p[1] == second && '0' <= p[2] && p[2] <= last)
}
