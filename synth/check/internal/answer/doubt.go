package answer

import (
	"regexp"
	"strings"
)

// hedges are words directly before a number that make it another value, a bound or a denial.
var hedges = [...]string{
	"at least", "at most", "more than", "less than", "fewer than", "greater than", "larger than", "smaller than", "bigger than", "higher than", "lower than", "other than", "different from",
	"greater than or equal to", "less than or equal to", "not equal to", "up to", "over", "under", "above", "below", "exceeds", "not", "never", "n't", "n’t", "cannot be", "not be", "n't be", "n’t be", "never be", "no longer",
	"twice", "thrice", "double", "triple", "half of", "half", "third of", "quarter of", "square of", "cube of", "square root of", "cube root of", "square root", "factorial of", "times",
	"almost", "nearly", "<", "≤", "≥", "≠", "multiple of", "reciprocal of", "opposite of", "logarithm of",
}

// tails are words directly behind a number that do the same.
var tails = [...]string{
	"squared", "cubed", "factorial", "or more", "or less", "or fewer", "or greater", "or higher", "or lower", "or above", "or below", "and above", "and below", "at least", "at most",
	"is wrong", "is incorrect", "is not ", "isn't ", "is false", "was wrong", "would be wrong", "looks wrong", "seems wrong", "? no", "? wrong", "(wrong", "(incorrect", "- wrong", "is definitely wrong", "is clearly wrong",
}

// nearBytes bounds the words before and behind a number that are looked at.
const nearBytes = 48

// hedge returns the words next to the number that begins at at in s and change its value; "" where there are none.
func hedge(s string, at int) string {
	head := s[max(0, at-nearBytes):at]
	head = strings.TrimRight(head[strings.LastIndexByte(head, '\n')+1:], " \t$*_~{(\\-")
	for _, h := range hedges {
		k := len(head) - len(h)
		if k < 0 || !strings.EqualFold(head[k:], h) {
			continue
		}
		if before := head[:k]; before == "" || strings.HasPrefix(h, "n'") || strings.HasPrefix(h, "n’") || !isLetter(before[len(before)-1]) {
			if h == "times" && before != "" {
				continue
			}
			return h
		}
	}
	return tail(s[at:])
}

// tail returns the words behind the number that s begins with and change its value.
func tail(s string) string {
	s = strings.TrimLeft(s[:min(len(s), 2*nearBytes)], "$\\-+ ")
	k := 0
	for k < len(s) && (s[k]-'0' <= 9 || k > 0 && (s[k] == ',' || s[k] == '.' || s[k] == '/') && k+1 < len(s) && s[k+1]-'0' <= 9) {
		k++
	}
	if k == 0 {
		return ""
	}
	return behind(s[k:])
}

// behind returns the words of tails that s begins with.
func behind(s string) string {
	s = strings.TrimLeft(s[:min(len(s), nearBytes)], " \t$*_)}\"'\\].,")
	if s == "" || strings.IndexByte("scfoiawl?(-SCFOIAWL", s[0]) < 0 {
		return ""
	}
	for _, t := range tails {
		if len(s) >= len(t) && strings.EqualFold(s[:len(t)], t) {
			return t
		}
	}
	return ""
}

// denied says whether the statement that ends at end in s is taken back in the same line: \boxed{5} is wrong.
func denied(s string, end int) bool {
	line, _, _ := strings.Cut(s[end:min(len(s), end+nearBytes)], "\n")
	switch behind(line) {
	case "", "or more", "or less", "or fewer", "at least", "at most":
		return false
	}
	return true
}

// place returns where part stands in s.
func place(s, part string) int {
	if part == "" {
		return -1
	}
	return strings.LastIndex(s, part)
}

// hedged returns what changes the value of a reading.
func (r *reader) hedged() string {
	if r.span.Hedge != "" {
		return r.span.Hedge
	}
	at := place(r.full, r.span.Text)
	if r.node == nil || at < 0 || len(r.full) > 1<<16 {
		return ""
	}
	return hedge(r.full, at)
}

// cut says whether s, a number and what follows it, ends a formula that began before it.
func cut(s string) bool {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return true
			}
		}
	}
	return false
}

var (
	scales  = regexp.MustCompile(`^([-−+]?(?:US)?\\?\$?\s?[-−]?[0-9][0-9,]*(?:\.[0-9]+)?)(k|K|M|B|bn)(?:$|[^0-9A-Za-z_^'(*/+=$\\-])`)
	spaced  = regexp.MustCompile(`^[-−+]?(?:US)?\\?\$?\s?[0-9][0-9,]*(?:\.[0-9]+)?\s+(?:k|K|M|B|bn)\b|^[-−+]?(?:US)?\\?\$\s?[0-9][0-9.,]*\s?(?:mm|MM|mn|m|b|tn|T)\b`)
	indian  = regexp.MustCompile(`^[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}$`)
	romanRE = regexp.MustCompile(`^M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$`)
)

// multiplied says whether a letter that may be a multiplier stands behind the amount s: $100 M, 5 B.
func multiplied(s string) bool {
	n := strings.Count(s, "$")
	return (n == 0 || n&1 == 1) && strings.ContainsAny(s, "kKMBbmnT") && spaced.MatchString(s)
}

// amount writes 100k, $1.5M, 2bn with the word for their multiplier, and "a dozen" with its number.
func amount(s string) string {
	if !strings.ContainsAny(s, "kKMBnz") {
		return s
	}
	if m := scales.FindStringSubmatchIndex(s); m != nil {
		word := map[string]string{"k": " thousand", "K": " thousand", "M": " million", "B": " billion", "bn": " billion"}[s[m[4]:m[5]]]
		return s[:m[3]] + word + s[m[5]:]
	}
	if len(s) >= 7 && strings.EqualFold(s[:7], "a dozen") {
		return "1" + s[1:]
	}
	if len(s) >= 12 && strings.EqualFold(s[:12], "half a dozen") {
		return "6" + s[12:]
	}
	return s
}

// roman returns the value of a Roman numeral, 0 for anything else.
func roman(s string) int64 {
	if s == "" || len(s) > 15 || strings.IndexByte("IVXLCDM", s[0]) < 0 || !romanRE.MatchString(s) {
		return 0
	}
	value := map[byte]int64{'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100, 'D': 500, 'M': 1000}
	v := int64(0)
	for i := range s {
		if i+1 < len(s) && value[s[i]] < value[s[i+1]] {
			v -= value[s[i]]
		} else {
			v += value[s[i]]
		}
	}
	return v
}

// around returns what behind the statement s, which a marker at at makes, takes it back, and what between them denies it.
func around(text, s string, at int, kind How) string {
	k := strings.Index(text[at:min(len(text), at+maxStatement+len(s))], s)
	if k < 0 || s == "" {
		return ""
	}
	at += k
	if !strings.ContainsAny(s, "0123456789") {
		return ""
	}
	if kind == Phrase && s[0]-'0' <= 9 {
		return hedge(text, at)
	}
	if denied(text, at+len(s)) {
		return behind(text[at+len(s):])
	}
	return ""
}
