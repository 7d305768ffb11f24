package notation

import (
	"strings"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// command reads a LaTeX command at p.i. false says that it only spaces or decorates: p.i stands behind it.
func (p *Parser) command() bool {
	t := &p.tok
	i := p.i + 1
	if i >= len(p.s) {
		t.kind, t.end = tokBad, i
		return true
	}
	if !(p.s[i]|0x20 >= 'a' && p.s[i]|0x20 <= 'z') {
		t.end = i + 1
		switch c := p.s[i]; c {
		case '{':
			t.kind = tokSet
		case '}':
			t.kind = tokSetEnd
		case '%':
			t.kind = '%'
		case '$':
			t.kind, t.str = tokMoney, "$"
		case '|':
			t.kind = '|'
		case '\\':
			t.kind = tokRow
		case '#', '&', '_':
			t.kind = tokBad
		default: // \, \; \! \: \( \) \[ \] and a space
			p.i, t.space = i+1, true
			if c == '(' || c == '[' {
				p.dollars |= 1
			}
			if c == ')' || c == ']' {
				p.dollars &^= 1
			}
			return false
		}
		return true
	}
	for i < len(p.s) && p.s[i]|0x20 >= 'a' && p.s[i]|0x20 <= 'z' {
		i++
	}
	t.end = i
	return p.named(p.s[p.i+1:i], i)
}

// named reads the command of a name that ends at i.
func (p *Parser) named(name string, i int) bool {
	t := &p.tok
	switch name {
	case "frac", "dfrac", "tfrac", "cfrac":
		t.kind = tokFrac
	case "sqrt":
		t.kind = tokRoot
	case "pi":
		t.kind = tokPi
	case "cdot", "times", "ast":
		t.kind = '*'
	case "over":
		t.kind = tokOver
	case "choose":
		t.kind = tokChoose
	case "div":
		t.kind = '/'
	case "binom", "dbinom", "tbinom":
		t.kind = tokBinom
	case "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "middle":
		p.i = i
		if i < len(p.s) && p.s[i] == '.' && name != "big" {
			p.i++
		}
		return false
	case "displaystyle", "textstyle", "limits", "quad", "qquad", "thinspace", "medspace", "enspace", "space", "nobreak", "rm", "bf", "it", "boldmath", "hfill", "newline", "centering", "large", "Large":
		p.i, t.space = i, true
		return false
	case "infty":
		t.kind = tokInf
	case "emptyset", "varnothing":
		t.kind = tokEmpty
	case "le", "leq", "leqslant", "leqq":
		t.kind = 'l'
	case "ge", "geq", "geqslant", "geqq":
		t.kind = 'g'
	case "lt":
		t.kind = '<'
	case "gt":
		t.kind = '>'
	case "ne", "neq":
		t.kind = '#'
	case "not":
		if k := strings.IndexByte(p.s[i:], '='); k >= 0 && strings.TrimSpace(p.s[i:i+k]) == "" {
			t.kind, t.end = '#', i+k+1
		} else {
			t.kind = tokBad
		}
	case "approx", "simeq", "cong":
		t.kind = '~'
	case "equiv":
		t.kind = '='
	case "in":
		t.kind = 'E'
	case "cup", "bigcup":
		t.kind = 'U'
	case "cap", "bigcap":
		t.kind = 'N'
	case "setminus", "backslash", "smallsetminus":
		t.kind = '\\'
	case "pm":
		t.kind = 'P'
	case "mp":
		t.kind = 'M'
	case "circ", "degree", "textdegree":
		t.kind = tokDegree
	case "percent":
		t.kind = '%'
	case "lbrace":
		t.kind = tokSet
	case "rbrace":
		t.kind = tokSetEnd
	case "langle":
		t.kind, t.str = '(', "<"
	case "rangle":
		t.kind, t.str = ')', ">"
	case "lvert", "rvert", "vert", "mid", "lVert", "rVert", "Vert":
		t.kind = '|'
	case "lfloor", "rfloor", "lceil", "rceil":
		if name[0] == 'l' {
			t.kind, t.str = '(', name
		} else {
			t.kind, t.str = ')', name
		}
	case "lor", "vee":
		t.kind = tokOr
	case "land", "wedge":
		t.kind = tokAnd
	case "colon", "ratio":
		t.kind = ':'
	case "dots", "ldots", "cdots", "dotsc":
		t.kind = tokDots
	case "text", "mathrm", "textbf", "textrm", "mbox", "textit", "operatorname", "mathbf", "mathit", "boldsymbol", "mathsf", "texttt", "hbox", "bold", "bm", "textnormal", "emph":
		p.text(name, i)
	case "mathbb", "mathcal", "vec", "overline", "hat", "bar", "widehat", "tilde", "overrightarrow", "underline", "dot":
		p.decorated(name, i)
	case "R", "Z", "N", "Q", "C", "reals":
		t.kind, t.str = tokSpace, strings.ToUpper(name[:1])
	case "begin":
		t.kind = tokBegin
		p.environment(i)
	case "end":
		t.kind = tokFinish
		p.environment(i)
	case "boxed", "fbox", "framebox", "ensuremath", "mathstrut", "phantom":
		p.i = i
		return false
	case "sin", "cos", "tan", "cot", "sec", "csc", "ln", "log", "exp", "gcd", "lcm", "max", "min", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "lg":
		t.kind, t.str = tokFunction, name
	default:
		t.kind, t.str = tokName, name
		p.name(i)
		t.str = `\` + strings.TrimPrefix(t.str, `\`)
		if t.kind != tokName {
			t.kind = tokName
		}
	}
	return true
}

// text reads what stands in braces behind \text and its like.
func (p *Parser) text(name string, i int) {
	t := &p.tok
	for i < len(p.s) && p.s[i] == ' ' {
		i++
	}
	end := 0
	if i < len(p.s) && p.s[i] == '{' {
		end = braces(p.s, i)
	}
	if end == 0 {
		t.kind, t.end = tokBad, i
		return
	}
	t.end = end
	s := strings.TrimSpace(strings.Trim(strings.TrimSpace(p.s[i+1:end-1]), `~$`))
	t.kind, t.str = tokText, s
	switch s {
	case "or":
		t.kind = tokOr
	case "and":
		t.kind = tokAnd
	case "percent", "%", `\%`:
		t.kind = '%'
	case "thousand":
		t.kind, t.num = tokScale, exact.Int(1000)
	case "million":
		t.kind, t.num = tokScale, exact.Int(1_000_000)
	case "billion":
		t.kind, t.num = tokScale, exact.Int(1_000_000_000)
	case "sin", "cos", "tan", "cot", "sec", "csc", "ln", "log", "exp", "gcd", "lcm", "max", "min", "arcsin", "arccos", "arctan":
		t.kind = tokFunction
	default:
		if number := strings.Trim(s, "0123456789"); number == "" && s != "" && len(s) < 18 { // \mathbf{5}
			t.kind, t.num, t.bare = tokNumber, exact.Decimal([]byte(s), 0), true
		} else if len(s) == 1 && name != "text" && letter(rune(s[0])) && !(name == "mathrm" && IsUnit(s)) {
			t.kind = tokName
		}
	}
}

// decorated reads \vec{v}, \overline{AB}, \mathbb{R}.
func (p *Parser) decorated(name string, i int) {
	t := &p.tok
	for i < len(p.s) && p.s[i] == ' ' {
		i++
	}
	if i >= len(p.s) {
		t.kind = tokBad
		return
	}
	end := i + 1
	if p.s[i] == '{' {
		if end = braces(p.s, i); end == 0 {
			t.kind = tokBad
			return
		}
	}
	t.end = end
	inner := strings.Trim(p.s[i:end], "{} ")
	if name == "mathbb" && len(inner) == 1 && strings.Contains("RQZNC", inner) {
		t.kind, t.str = tokSpace, inner
		return
	}
	t.kind, t.str = tokName, `\`+name+" "+inner
}

// environment reads the name of an environment in braces, and the columns of an array.
func (p *Parser) environment(i int) {
	t := &p.tok
	end := 0
	if i < len(p.s) && p.s[i] == '{' {
		end = braces(p.s, i)
	}
	if end == 0 {
		t.kind, t.end = tokBad, i
		return
	}
	t.str, t.end = p.s[i+1:end-1], end
	if t.kind == tokBegin && t.str == "array" && end < len(p.s) && p.s[end] == '{' {
		if k := braces(p.s, end); k > 0 {
			t.end = k
		}
	}
}
