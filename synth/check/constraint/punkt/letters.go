package punkt

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsWord says whether r belongs to a word by Unicode: letters, marks, decimal digits, connectors.
func IsWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_'
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Other_Alphabetic, unicode.Join_Control)
}

// IsAlnum says whether r belongs to a word to Python's own regular expressions: letters, numbers, underscore.
func IsAlnum(r rune) bool {
	if r < utf8.RuneSelf {
		return IsWord(r)
	}
	return unicode.In(r, unicode.L, unicode.N)
}

// IsUpper says whether r is upper case to Python's str.isupper.
func IsUpper(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'A' && r <= 'Z'
	}
	return unicode.IsUpper(r) || unicode.Is(unicode.Other_Uppercase, r)
}

// IsLower says whether r is lower case to Python's str.islower.
func IsLower(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z'
	}
	return unicode.IsLower(r) || unicode.Is(unicode.Other_Lowercase, r)
}

// AllUpper says whether s has letters with case and all of them are capitals: Python's str.isupper.
func AllUpper(s string) bool {
	any := false
	for _, r := range s {
		switch {
		case IsUpper(r):
			any = true
		case IsLower(r) || unicode.IsTitle(r):
			return false
		}
	}
	return any
}

// AllLower says whether s has letters with case and none of them is a capital: Python's str.islower.
func AllLower(s string) bool {
	any := false
	for _, r := range s {
		switch {
		case IsLower(r):
			any = true
		case IsUpper(r) || unicode.IsTitle(r):
			return false
		}
	}
	return any
}

// Lower is Python's str.lower: İ becomes two characters, and a sigma at the end of a word is written ς.
func Lower(s string) string {
	if isASCII(s) || !strings.ContainsRune(s, 'İ') && !strings.ContainsRune(s, 'Σ') {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i, r := range s {
		switch {
		case r == 'İ':
			b.WriteString("i̇")
		case r == 'Σ' && casedBefore(s[:i]) && !casedAfter(s[i+utf8.RuneLen(r):]):
			b.WriteRune('ς')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// maxIgnored bounds how many characters without case are passed over beside a sigma.
const maxIgnored = 64

func casedBefore(s string) bool {
	for n := 0; s != "" && n < maxIgnored; n++ {
		r, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
		if !ignorable(r) {
			return cased(r)
		}
	}
	return false
}

func casedAfter(s string) bool {
	n := 0
	for _, r := range s {
		if !ignorable(r) {
			return cased(r)
		}
		if n++; n == maxIgnored {
			break
		}
	}
	return false
}

func cased(r rune) bool { return IsUpper(r) || IsLower(r) || unicode.IsTitle(r) }

// ignorable is Unicode's Case_Ignorable.
func ignorable(r rune) bool {
	return strings.ContainsRune("'.:·‘’․", r) || unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}
