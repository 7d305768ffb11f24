package equation

import (
	"strings"
	"unicode/utf8"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// prose yields the calculations of text: what stands on both sides of an equals sign, where the left side has an operator and both have a value.
func (r *Reader) prose(text string, yield func(Equation) bool) {
	for at := 0; ; {
		k := strings.IndexByte(text[at:], '=')
		if k < 0 {
			return
		}
		at += k + 1
		left, ok := leftOf(text[:at-1])
		if !ok {
			continue
		}
		right := rightOf(text[at:])
		if right == "" {
			continue
		}
		e := Equation{Left: left, Right: right, sides: true, percent: strings.HasSuffix(right, "%")}
		if e.l, e.ok = r.value(starred(left)); !e.ok {
			continue
		}
		if e.r, e.ok = r.value(starred(right)); !e.ok {
			continue
		}
		if e.properFraction() || strings.Count(left, "/") > 1 && !e.Holds(exact.Rat{}) { // a/b/c is written for a/(b/c) too
			continue
		}
		if !yield(e) {
			return
		}
	}
}

// properFraction says whether the left side is no calculation but a number such as 3/4, which prose sets before any result: 3/4 of them = 24.
func (e Equation) properFraction() bool {
	a, b, ok := strings.Cut(strings.Trim(e.Left, "() "), "/")
	return ok && strings.Trim(a+b, "0123456789 ") == "" && e.l.Cmp(exact.Int(1)) < 0
}

// starred returns s with * for the letter x, which only stands where it multiplies.
func starred(s string) string { return strings.ReplaceAll(s, "x", "*") }

// calculating says whether a rune may stand in a calculation.
func calculating(r rune) bool {
	switch r {
	case '+', '-', '*', '/', '×', '÷', '−', '–', '^', '(', ')', '.', ',', '%', '$', ' ', '·':
		return true
	}
	return r >= '0' && r <= '9'
}

// leftOf returns the calculation that s ends with. It has an operator between two numbers, and nothing but numbers: "3 hours * 2" has none.
func leftOf(s string) (string, bool) {
	start := len(s)
	for start > 0 && len(s)-start < maxSide {
		c, n := utf8.DecodeLastRuneInString(s[:start])
		if c == 'x' && times(s, start-n) {
			start -= n
			continue
		}
		if !calculating(c) || (c == '.' || c == ',') && start < len(s) && s[start]-'0' > 9 {
			break
		}
		start -= n
	}
	if start > 0 && start < len(s) && s[start] != ' ' {
		if c := s[start-1]; c|0x20 >= 'a' && c|0x20 <= 'z' { // x2 - 40
			return "", false
		}
	}
	t := strings.TrimSpace(unmatched(s[start:]))
	if bullet, ok := strings.CutPrefix(t, "- "); ok && (start == 0 || s[start-1] == '\n') {
		t = bullet
	}
	if t == "" || strings.ContainsAny(t[:1], "*/%+-^)") && t[0] != '-' || strings.HasPrefix(t, "- ") || strings.HasPrefix(t, "×") || strings.HasPrefix(t, "÷") {
		return "", false
	}
	return t, operates(t)
}

// times says whether the letter x at i stands between two numbers: 5 x 3.
func times(s string, i int) bool {
	before, after := strings.TrimRight(s[:i], " "), strings.TrimLeft(s[i+1:], " $(")
	return before != "" && after != "" && (before[len(before)-1]-'0' <= 9 || before[len(before)-1] == ')') && after[0]-'0' <= 9
}

// unmatched cuts s behind its last bracket that does not close.
func unmatched(s string) string {
	depth := 0
	for i := len(s) - 1; i >= 0; i-- {
		switch s[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth < 0 {
				return s[i+1:]
			}
		}
	}
	return s
}

// operates says whether an operator stands behind a number in s.
func operates(s string) bool {
	number := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c-'0' <= 9:
			number = true
		case number && (c == '+' || c == '-' || c == '*' || c == '/' || c == 'x' || c == '^' || c >= utf8.RuneSelf):
			return i+1 < len(s)
		}
	}
	return false
}

// rightOf returns the number or the calculation that s begins with.
func rightOf(s string) string {
	end, depth := 0, 0
	for end < len(s) && end < maxSide {
		c, n := utf8.DecodeRuneInString(s[end:])
		if c == 'x' && times(s, end) {
			end += n
			continue
		}
		if c == '(' {
			depth++
		} else if c == ')' {
			depth--
		}
		if !calculating(c) || depth < 0 {
			break
		}
		if (c == '.' || c == ',') && (end+1 == len(s) || s[end+1]-'0' > 9) || c == '(' && end > 0 && s[end-1] == ' ' && strings.TrimSpace(s[:end]) != "" && strings.IndexByte("+-*/^", lastByte(s[:end])) < 0 {
			break
		}
		end += n
	}
	t := s[:end]
	if scaled(s[end:], end > 0 && s[end-1] != ' ') {
		return ""
	}
	return strings.TrimRight(strings.TrimSpace(t), "+-*/×÷−–^($, ")
}

func lastByte(s string) byte {
	s = strings.TrimRight(s, " ")
	if s == "" {
		return 0
	}
	return s[len(s)-1]
}

// scaled says whether what stands behind a number makes it another one: a word that multiplies, cents beside dollars, a remainder, an unknown.
func scaled(s string, beside bool) bool {
	t := strings.TrimLeft(s, " ")
	for _, w := range [...]string{"hundred", "thousand", "million", "billion", "trillion", "dozen", "cent", "remainder", "with a remainder", "R", "r ", "万", "亿"} {
		if strings.HasPrefix(t, w) {
			return true
		}
	}
	return beside && s != "" && s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z'
}
