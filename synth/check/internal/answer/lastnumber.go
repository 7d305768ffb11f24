package answer

import (
	"strings"
	"unicode/utf8"
)

// lastNumber returns the text from the last number of s on, with its sign, or the formula that the last number stands in.
func lastNumber(s string) (string, bool) {
	d := strings.LastIndexAny(s, "0123456789")
	if d < 0 {
		return "", false
	}
	if f, ok := formulaAt(s, d); ok {
		return f, true
	}
	start := d
	for start > 0 && numeral(s, start-1) {
		start--
	}
	start = widen(s, start)
	if f, ok := commandAt(s, start); ok {
		return f, true
	}
	end := min(len(s), d+200)
	for end < len(s) && !utf8.RuneStart(s[end]) {
		end--
	}
	return sentence(s[signed(s, start):end]), true
}

// numeral says whether the byte at i belongs to the number behind it: a digit, or a separator between digits.
func numeral(s string, i int) bool {
	c := s[i]
	if c-'0' <= 9 {
		return true
	}
	if c|0x20 == 'e' && i > 0 && s[i-1]-'0' <= 9 || (c == '+' || c == '-') && i > 1 && s[i-1]|0x20 == 'e' && s[i-2]-'0' <= 9 { // 1.2e-5
		return true
	}
	return (c == ',' || c == '.' || c == '/' || c == '_') && s[i+1]-'0' <= 9 && (c == '.' && (i == 0 || s[i-1] == ' ') || i > 0 && s[i-1]-'0' <= 9)
}

// widen moves start over the integer of a mixed number, and over the mantissa of 1.2 × 10^5.
func widen(s string, start int) int {
	number := s[start:]
	if k := strings.IndexByte(number, '/'); k > 0 && k < 8 && start > 1 && s[start-1] == ' ' && s[start-2]-'0' <= 9 {
		i := start - 2
		for i > 0 && s[i-1]-'0' <= 9 {
			i--
		}
		if i == 0 || s[i-1] != '.' && s[i-1] != ',' {
			return i
		}
	}
	head := strings.TrimRight(s[:start], "-−+{")
	if !strings.HasSuffix(head, "10^") {
		return start
	}
	head = strings.TrimRight(head[:len(head)-3], " ")
	for _, times := range [...]string{"×", "*", "x", "·"} {
		if m, ok := strings.CutSuffix(head, times); ok {
			m = strings.TrimRight(m, " ")
			i := len(m)
			for i > 0 && (m[i-1]-'0' <= 9 || m[i-1] == '.') {
				i--
			}
			return i
		}
	}
	return len(head) - 0
}

// signed returns where the sign of the number at start stands: a minus behind nothing, an operator, a bracket or a word and a space.
func signed(s string, start int) int {
	i := start
	if i > 0 && s[i-1] == '$' {
		i--
		if i > 0 && s[i-1] == '\\' {
			i--
		}
	}
	head := s[:i]
	for _, minus := range [...]string{"-", "−", "–", "－", "negative ", "minus ", "负"} {
		before, ok := strings.CutSuffix(head, minus)
		if !ok {
			continue
		}
		if minus[0] >= utf8.RuneSelf || len(minus) == 1 {
			t := strings.TrimRight(before, " $")
			if t != "" && (t[len(t)-1]-'0' <= 9 || t[len(t)-1] == ')') || t == before && t != "" && isLetter(t[len(t)-1]) {
				return i
			}
		}
		return len(before)
	}
	return i
}

// formulaAt returns the formula in $…$, \(…\) or \[…\] that holds position d.
func formulaAt(s string, d int) (string, bool) {
	from := max(0, d-maxStatement)
	for _, pair := range [...][2]string{{`\(`, `\)`}, {`\[`, `\]`}} {
		k := strings.LastIndex(s[from:d], pair[0])
		if k < 0 || strings.Contains(s[from+k:d], pair[1]) {
			continue
		}
		if end := strings.Index(s[d:], pair[1]); end >= 0 {
			return s[from+k+2 : d+end], true
		}
	}
	if strings.Count(s[:d], "$")&1 == 0 {
		return "", false
	}
	k := strings.LastIndexByte(s[:d], '$')
	end := strings.IndexByte(s[d:], '$')
	if end < 0 || end > maxStatement || k > 0 && s[k-1] == '\\' {
		return "", false
	}
	return s[k : d+end+1], true
}

// commandAt returns the LaTeX outside of dollar signs that the number at start stands in, such as \frac{3}{4}.
func commandAt(s string, start int) (string, bool) {
	depth, i := 0, start
	for ; i > 0; i-- {
		switch c := s[i-1]; {
		case c == '}':
			depth++
		case c == '{':
			depth--
		case c == ' ' && depth <= 0, c == '\n', c == '=' && depth <= 0:
			i--
			if word := s[i+1:]; strings.HasPrefix(word, `\`) || strings.Contains(s[i+1:start], `\`) {
				return sentence(word), true
			}
			return "", false
		}
		if start-i > maxStatement {
			return "", false
		}
	}
	if strings.Contains(s[:start], `\`) {
		return sentence(s), true
	}
	return "", false
}
