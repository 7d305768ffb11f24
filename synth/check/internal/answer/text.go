package answer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// words returns s as words are compared: lower case, LaTeX around text, brackets, quotes and punctuation removed, one space between words.
func words(s string) string {
	if len(s) > maxWords {
		s = s[:maxWords]
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r >= 0xFF01 && r <= 0xFF5E {
			r -= 0xFEE0
		}
		if r == '\\' {
			n = 1
			for i+n < len(s) && isLetter(s[i+n]) {
				n++
			}
			switch s[i+1 : i+n] {
			case "text", "mathrm", "textbf", "textrm", "mbox", "textit", "mathbf", "operatorname", "left", "right", "boxed", "displaystyle", "quad", "emph", "boldsymbol":
				i += n
				continue
			case "":
				i += min(2, len(s)-i)
				space = true
				continue
			}
			b.WriteString(s[i : i+n])
			i += n
			continue
		}
		i += n
		switch {
		case unicode.IsSpace(r) || r == '~':
			space = true
			continue
		case strings.ContainsRune("{}$*`\"'“”‘’()[],;:!?。、（）【】", r):
			continue
		case r == '.' || r == '-' || r == '_':
			if next, _ := utf8.DecodeRuneInString(s[i:]); r == '.' && !unicode.IsDigit(next) {
				continue
			}
		case r == '−' || r == '–' || r == '—':
			r = '-'
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(unicode.ToLower(r))
	}
	t := b.String()
	for _, article := range [...]string{"the ", "a ", "an "} {
		t = strings.TrimPrefix(t, article)
	}
	return synonym(t)
}

// maxWords bounds the text that is compared by words, in bytes.
const maxWords = 4096

// synonym returns one spelling for answers that say the same.
func synonym(t string) string {
	switch t {
	case "no solutions", "none", "no real solution", "no real solutions", "无解", "there is no solution", "there are no solutions", `\emptyset`, `\varnothing`, "∅", "empty set":
		return "no solution"
	case "all reals", "any real number", "all of the real numbers", "全体实数", "实数集":
		return "all real numbers"
	case "dne", "不存在":
		return "does not exist"
	case "是", "对":
		return "yes"
	case "否", "错":
		return "no"
	case "infinite", "infinitely many", "infinitely many solutions":
		return "infinite"
	}
	return t
}

// nothing says whether two statements both deny a value, each in its way: undefined, does not exist.
func nothing(x, y string) bool {
	denies := func(s string) bool {
		switch s {
		case "does not exist", "undefined", "not defined", "doesn't exist", "doesnt exist", "indeterminate", "divergent", "diverges", "no solution", "no limit", "nonexistent":
			return true
		}
		return false
	}
	return x != y && denies(x) && denies(y)
}

// prose says whether s is words: letters and what stands between them, no digits and no notation.
func prose(s string) bool {
	letters := 0
	for _, r := range s {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r), strings.ContainsRune(`\^_=<>+/|$`, r):
			return false
		}
	}
	return letters > 0
}

// balanced says whether every bracket of s closes.
func balanced(s string) bool {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{', '(', '[':
			depth++
		case '}', ')', ']':
			depth--
		}
		if depth < 0 {
			return false
		}
	}
	return depth == 0
}

// option splits off the letter of a choice: "(C) 3", "B.", "A: seven", "option D". Without one letter is 0.
func option(s string) (letter byte, rest string) {
	for _, head := range [...]string{"option ", "Option ", "choice ", "Choice ", "选项", "选"} {
		s = strings.TrimPrefix(s, head)
	}
	t := s
	for _, open := range [...]string{`\text{`, `\textbf{`, `\mathrm{`, `\mathbf{`, "$", "(", "（", "[", "**"} {
		t = strings.TrimPrefix(t, open)
	}
	if t == "" || t[0] < 'A' || t[0] > 'J' {
		return 0, s
	}
	letter, rest = t[0], t[1:]
	closed := strings.TrimLeft(rest, ")}].:：$*（）。 ")
	if closed == "" {
		return letter, ""
	}
	switch firstWord(strings.TrimPrefix(rest, " ")) {
	case "because", "since", "as", "which", "is", "for":
		if rest[0] == ' ' {
			return letter, ""
		}
	}
	if rest[0] == ')' || strings.HasPrefix(rest, "）") ||
		(rest[0] == '.' || rest[0] == ':') && len(rest) > 1 && rest[1] == ' ' {
		return letter, strings.TrimSpace(strings.TrimLeft(rest, ")}].:$*（）"))
	}
	return 0, s
}

// trim removes what stands around an answer: white space, Markdown, quotes, a closing full stop.
func trim(s string) string {
	for {
		t := strings.TrimSpace(s)
		t = strings.TrimSuffix(strings.TrimSuffix(t, "。"), "\\\\")
		if len(t) > 1 && t[len(t)-1] == '.' && !strings.HasSuffix(t, "..") {
			t = t[:len(t)-1]
		}
		for _, mark := range [...]string{"**", "__", "`", `"`, "“"} {
			end := mark
			if mark == "“" {
				end = "”"
			}
			if strings.HasPrefix(t, mark) && strings.HasSuffix(t, end) && len(t) >= len(mark)+len(end) {
				t = t[len(mark) : len(t)-len(end)]
			} else if mark == "**" {
				t = strings.TrimSuffix(strings.TrimPrefix(t, mark), mark)
			}
		}
		if t == s {
			return s
		}
		s = t
	}
}

// opposites are stems of words of which an answer that is no bare value has one: a gain of 30 is no loss of 30.
var opposites = [...][2]string{
	{"gain", "los"},
	{"profit", "loss"},
	{"increas", "decreas"},
	{"before", "after"},
	{"ahead", "behind"},
	{"above", "below"},
	{"north", "south"},
	{"east", "west"},
}

// opposed says whether gold and text, both short, have opposite words. It looks for them only where gold is words and a number.
func opposed(gold, text string) bool {
	if len(gold) > maxWhole/4 || len(text) > maxWhole/4 || len(gold) < 6 || !strings.Contains(gold, " ") {
		return false
	}
	g, t := strings.ToLower(gold), strings.ToLower(text)
	for _, pair := range opposites {
		a, b := strings.Contains(g, pair[0]), strings.Contains(g, pair[1])
		c, d := strings.Contains(t, pair[0]), strings.Contains(t, pair[1])
		if a != b && c != d && a != c {
			return true
		}
	}
	return false
}
