package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// safe makes text from documents harmless on a terminal: control characters, escape sequences and marks that turn the
// direction of writing become visible codes. Line ends and tabs stay.
func safe(s string) string {
	if strings.IndexFunc(s, dangerous) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if dangerous(r) {
			fmt.Fprintf(&b, "<%04X>", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func dangerous(r rune) bool {
	if r == '\n' || r == '\t' {
		return false
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == '\ufeff'
}

// shellWord quotes a word so that a line with it can be pasted into a shell: an id is whatever the input says.
func shellWord(w string) string {
	special := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./:@%+,=", r)
	}
	if w != "" && w[0] != '=' && strings.IndexFunc(w, special) < 0 {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}

// oneLine makes text fit one line of at most n characters.
func oneLine(s string, n int) string {
	s = strings.Join(strings.Fields(safe(s)), " ")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return strings.TrimRight(string(r[:n-1]), " ") + "…"
}

// block indents text and cuts it after n characters.
func block(s, indent string, n int) string {
	s = safe(strings.TrimSpace(s))
	if r := []rune(s); len(r) > n {
		s = strings.TrimRight(string(r[:n]), " \n") + fmt.Sprintf(" … (%s characters in all)", comma(int64(len(r))))
	}
	return indent + strings.ReplaceAll(s, "\n", "\n"+indent)
}
