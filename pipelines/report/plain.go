package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain makes text from documents and file names harmless to look at: control characters and what changes the direction or
// the visibility of text are shown by their numbers, so that nothing in a report can pose as something else. Escaping
// for HTML comes on top. Line feeds and tabs stay.
func plain(s string) string {
	if harmless(s) {
		return s
	}
	var b strings.Builder
	marks := 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteRune(utf8.RuneError)
		case r == '\r' && i < len(s) && s[i] == '\n':
		case hidden(r):
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
			// A tower of marks would cover the lines around it.
			if marks++; marks <= 4 {
				b.WriteRune(r)
			}
			continue
		default:
			b.WriteRune(r)
		}
		marks = 0
	}
	return b.String()
}

// longest is the number of characters of a name that a page shows.
const longest = 120

// label is a name made harmless and cut to what a page has room for.
func label(s string) string { return plain(clip(s, longest)) }

// clip cuts s after so many characters.
func clip(s string, most int) string {
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}

// harmless says whether s is ASCII without control characters.
func harmless(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

// hidden says whether r does not show but does something.
func hidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r == '\u200c' || r == '\u200d': // joiners: Persian, Indic scripts and emoji need them
		return false
	case r >= 0xfe00 && r <= 0xfe0f: // variation selectors
		return false
	}
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) ||
		unicode.Is(unicode.Co, r) || r >= 0xe0000
}
