package notation

import (
	"strings"
	"unicode/utf8"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// inMath says whether the text at the point of reading is a formula.
func (p *Parser) inMath() bool { return p.Formula || p.dollars&1 == 1 }

// letters reads letters: a word of prose, a function, or one unknown.
func (p *Parser) letters(prev byte) {
	t := &p.tok
	r, n := p.at(p.i)
	if han(r) || r == '負' {
		p.hanLetters(r, n)
		return
	}
	i := p.i
	for {
		r, n := p.at(i)
		if !letter(r) || han(r) {
			break
		}
		i += n
	}
	word := p.s[p.i:i]
	if len(word) > 1 && p.function(word) {
		return
	}
	one := p.i + n
	if i == one && (r == 'x' || r == 'X') && prev == tokNumber && t.space && p.digitBehind(i) { // 5 x 3
		t.kind, t.end = '*', i
		return
	}
	if i == one && !p.prose(prev, word, i) {
		p.name(one)
		return
	}
	if i > one && p.factors(prev, word, i) {
		p.name(one) // xy is x times y
		return
	}
	t.kind, t.str, t.end = tokWord, word, i
}

// digitBehind says whether a space and a digit stand at i.
func (p *Parser) digitBehind(i int) bool {
	r, n := p.at(i)
	next, _ := p.at(i + n)
	return r == ' ' && digit(next)
}

// factors says whether the letters of word, which ends at end, are unknowns that are multiplied: ab in 2ab, in ab + c, in $ab$.
func (p *Parser) factors(prev byte, word string, end int) bool {
	if prev == tokNumber && IsUnit(word) {
		return false
	}
	if p.inMath() {
		return !word4(word)
	}
	if _, number := numberWord(word); number || end-p.i > 3 {
		return false
	}
	switch prev {
	case '=', '+', '-', '*', '/', '^', '(', '<', '>', 'l', 'g':
		return true
	case tokNumber, tokName, ')', tokPi:
		if !p.tok.space {
			return true
		}
	}
	r, n := p.at(end)
	if r == ' ' {
		r, _ = p.at(end + n)
	}
	return strings.ContainsRune("=^*+<>≤≥≠", r) || r == '/' && prev == tokEnd && !IsUnit(word)
}

// word4 says whether letters in a formula are a word all the same: nobody multiplies four unknowns without a sign as often as \text is left out.
func word4(s string) bool { return utf8.RuneCountInString(s) >= 4 }

// prose says whether the single letter that ends at i is a word: the unit in "5 m", the article in "12 a day".
func (p *Parser) prose(prev byte, word string, end int) bool {
	if p.inMath() || prev != tokNumber && prev != tokWord && prev != '/' && prev != tokScale {
		return false
	}
	if prev == '/' {
		return p.unit && IsUnit(word)
	}
	if prev == tokWord || word == "a" {
		return true
	}
	if !IsUnit(word) {
		return false
	}
	if p.tok.space && prev == tokNumber {
		return true
	}
	r, n := p.at(end)
	after, _ := p.at(end + n)
	return r == -1 || r == '.' && after == -1 || r == ' ' && letter(after)
}

// name reads one unknown with its subscript and primes; its letter ends at i.
func (p *Parser) name(i int) {
	t := &p.tok
	t.kind = tokName
	letterEnd := i
	if r, n := p.at(i); r == '_' {
		j := i + n
		if j < len(p.s) && p.s[j] == '{' {
			if k := braces(p.s, j); k > 0 {
				i = k
			}
		} else if r, n := p.at(j); digit(r) || letter(r) {
			for i = j + n; digit(r); i += n {
				if r, n = p.at(i); !digit(r) {
					break
				}
			}
		}
	} else if lowered(r) >= 0 {
		for ; lowered(r) >= 0; r, n = p.at(i) {
			i += n
		}
	}
	for i < len(p.s) && p.s[i] == '\'' {
		i++
	}
	t.str, t.end = p.s[t.start:i], i
	if i > letterEnd {
		t.str = subscript(t.str)
		return
	}
	switch t.str {
	case "π":
		t.kind = tokPi
	case "ℝ", "ℚ", "ℤ", "ℕ", "ℂ":
		t.kind = tokSpace
		t.str = string("RQZNC"[strings.Index("ℝℚℤℕℂ", t.str)/3])
	}
}

// subscript writes a name with its subscript in one form: x_{10}, x₁₀ and x_10 are x_10.
func subscript(s string) string {
	if strings.IndexByte(s, '{') < 0 && strings.IndexByte(s, ' ') < 0 && s[len(s)-1] < utf8.RuneSelf {
		return s
	}
	var b strings.Builder
	low := false
	for _, r := range s {
		switch k := lowered(r); {
		case k >= 0:
			if !low {
				b.WriteByte('_')
			}
			low = true
			b.WriteByte(byte('0' + k))
		case r != '{' && r != '}' && r != ' ':
			b.WriteRune(r)
		}
	}
	return b.String()
}

// function reads words that mean something everywhere.
func (p *Parser) function(word string) bool {
	t := &p.tok
	t.end = p.i + len(word)
	switch len(word) {
	case 2, 3, 4, 5, 6, 7, 8, 9, 10:
	default:
		return false
	}
	kind := byte(0)
	if word == "per" && strings.HasPrefix(p.s[t.end:], " cent") {
		t.kind, t.end = '%', t.end+len(" cent")
		return true
	}
	switch word {
	case "pi", "Pi", "PI":
		kind = tokPi
	case "sqrt":
		kind = tokRoot
	case "cbrt":
		kind, t.num = tokRoot, exact.Int(3)
	case "sin", "cos", "tan", "cot", "sec", "csc", "ln", "log", "exp", "abs", "gcd", "lcm", "max", "min", "arcsin", "arccos", "arctan", "floor", "ceil", "sinh", "cosh", "tanh", "lg":
		r, n := p.at(t.end)
		after, _ := p.at(t.end + n)
		if !p.inMath() && r != '(' && r != '^' && r != '_' && !(r == ' ' && (digit(after) || after == '(' || letter(after) && len(word) < 4)) {
			return false
		}
		kind, t.str = tokFunction, word
	case "inf", "Inf", "infinity", "Infinity", "oo":
		kind = tokInf
	case "or", "OR":
		kind = tokOr
	case "and", "AND":
		kind = tokAnd
	case "union":
		kind = 'U'
	case "percent", "Percent":
		kind = '%'
	case "negative", "minus", "Negative", "Minus":
		kind = '-'
	case "plus":
		kind = '+'
	case "times":
		kind = '*'
	case "hundred":
		kind, t.num = tokScale, exact.Int(100)
	case "thousand":
		kind, t.num = tokScale, exact.Int(1000)
	case "million", "millions":
		kind, t.num = tokScale, exact.Int(1_000_000)
	case "billion", "billions":
		kind, t.num = tokScale, exact.Int(1_000_000_000)
	case "trillion", "trillions":
		kind, t.num = tokScale, exact.Int(1_000_000_000_000)
	default:
		return false
	}
	if p.inMath() && kind != tokPi && kind != tokRoot && kind != tokFunction && kind != tokOr && kind != tokAnd && kind != tokInf {
		return false
	}
	t.kind = kind
	return true
}

// hanLetters reads Chinese: numerals, 负, 和, 或, else a word.
func (p *Parser) hanLetters(r rune, n int) {
	t := &p.tok
	switch {
	case strings.HasPrefix(p.s[p.i:], "百分之"):
		p.hundredths()
		return
	case strings.HasPrefix(p.s[p.i:], "千分之"):
		i := p.i + len("千分之")
		if v, end := p.anyNumber(i); end > i {
			t.kind, t.num, t.end = tokNumber, v.Mul(exact.Frac(1, 1000)), end
			return
		}
	case r == '负' || r == '負':
		t.kind, t.end = '-', p.i+n
		return
	case r == '和' || r == '且' || r == '与':
		t.kind, t.end = tokAnd, p.i+n
		return
	case r == '或':
		t.kind, t.end = tokOr, p.i+n
		if next, w := p.at(t.end); next == '者' {
			t.end += w
		}
		return
	}
	if v, end := p.hanNumber(p.i); end > p.i {
		t.kind, t.num, t.end = tokNumber, v, end
		p.parts()
		return
	}
	t.kind, t.end = tokWord, p.i+n
	for {
		r, n := p.at(t.end)
		if !han(r) || r == '和' || r == '或' || r == '且' {
			break
		}
		t.end += n
	}
	t.str = p.s[p.i:t.end]
}

// anyNumber reads digits or a Chinese numeral; it returns i where there is neither.
func (p *Parser) anyNumber(i int) (v exact.Rat, end int) {
	if r, _ := p.at(i); digit(r) {
		v, end, _ = p.number(i)
		return v, end
	}
	return p.hanNumber(i)
}

// hundredths reads 百分之五十: a percent sign in front.
func (p *Parser) hundredths() {
	t := &p.tok
	i := p.i + len("百分之")
	v, end := p.anyNumber(i)
	if end == i {
		t.kind, t.end = tokBad, i
		return
	}
	t.kind, t.num, t.end, t.str = tokNumber, v, end, "percent"
}

// braces returns the end of the group that opens at i, 0 where it does not close.
func braces(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}
