package python

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text/internal/runes"
)

// A caseRun is a run of characters whose lower case is delta away.
type caseRun struct{ lo, hi, stride, delta rune }

var caseRuns = sync.OnceValue(func() []caseRun {
	var out []caseRun
	for f := range strings.FieldsSeq(runes.Lines(unicode14)["lower"]) {
		span, rest, _ := strings.Cut(f, ":")
		stride, delta, _ := strings.Cut(rest, ":")
		r := runes.Ranges(span)[0]
		out = append(out, caseRun{r.Lo, r.Hi, number(stride), number(delta)})
	}
	return out
})

// number reads a number of the table that is part of the program.
func number(s string) rune {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic("python: " + err.Error())
	}
	return rune(n)
}

// lowerRune returns the lower case of r where it is one character.
func lowerRune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r |= 0x20
		}
		return r
	}
	runs := caseRuns()
	i, _ := slices.BinarySearchFunc(runs, r, func(c caseRun, r rune) int { return int(c.hi - r) })
	if i < len(runs) && runs[i].lo <= r && (r-runs[i].lo)%runs[i].stride == 0 {
		return r + runs[i].delta
	}
	return r
}

// Lower is str.lower(), by the full mapping of Unicode: İ becomes two characters, and Σ at the end of a word becomes ς.
func Lower(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return string(appendLower(make([]byte, 0, len(s)+8), s))
		}
	}
	return s
}

// appendLower appends Lower(s).
func appendLower(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c |= 0x20
			}
			dst = append(dst, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch r {
		case 'İ':
			dst = append(dst, "i\u0307"...)
		case 'Σ':
			if finalSigma(s, i, i+n) {
				dst = append(dst, "ς"...)
			} else {
				dst = append(dst, "σ"...)
			}
		default:
			dst = utf8.AppendRune(dst, lowerRune(r))
		}
		i += n
	}
	return dst
}

// finalSigma says whether the sigma at s[start:end] ends a word: a cased character stands before it and none behind it, those that case
// ignores left out (Unicode 3.13, Final_Sigma).
func finalSigma(s string, start, end int) bool {
	t := table()
	before := uint16(0)
	for i := start; i > 0; {
		r, n := utf8.DecodeLastRuneInString(s[:i])
		i -= n
		if before = t.Of(r); before&ignorable == 0 {
			break
		}
	}
	if before&(cased|ignorable) != cased {
		return false
	}
	for end < len(s) {
		r, n := utf8.DecodeRuneInString(s[end:])
		end += n
		if f := t.Of(r); f&ignorable == 0 {
			return f&cased == 0
		}
	}
	return true
}
