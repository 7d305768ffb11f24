package notation

import (
	"unicode"
	"unicode/utf8"
)

// plain maps a rune that has an ASCII equal in mathematics to it: full-width forms and the many minus signs. Others are returned as they are.
func plain(r rune) rune {
	if r >= 0xFF01 && r <= 0xFF5E { // full-width forms of ! to ~
		return r - 0xFEE0
	}
	if r >= 0x1D7CE && r <= 0x1D7FF { // digits of the mathematical alphabets
		return '0' + (r-0x1D7CE)%10
	}
	if r >= 0x660 && r <= 0x9EF {
		return foreignDigit(r)
	}
	switch r {
	case '−', '–', '—', '‐', '‑', '‒', '﹣':
		return '-'
	case '\u00a0', '\u2009', '\u202f', '\u2002', '\u2003', '\u3000', '\u2007', '\u2008', '\u200b', '\ufeff', '\u2061', '\u2062':
		return ' '
	case '⁄', '∕':
		return '/'
	case '×', '·', '⋅', '∗', '•', '✕', '⨯':
		return '*'
	case '÷':
		return '/'
	case '∶', '︰':
		return ':'
	case '′', '’', '‘':
		return '\''
	case '。', '｡':
		return '.'
	case '，':
		return ','
	case '；':
		return ';'
	case '【', '〔':
		return '['
	case '】', '〕':
		return ']'
	case '⟨', '〈':
		return '<'
	case '⟩', '〉':
		return '>'
	}
	return r
}

// foreignDigit folds the digits of Arabic, Persian, Devanagari and Bengali.
func foreignDigit(r rune) rune {
	for _, zero := range [...]rune{0x660, 0x6F0, 0x966, 0x9E6} {
		if r >= zero && r <= zero+9 {
			return '0' + r - zero
		}
	}
	return r
}

// circled returns the number in a circle, such as ⑤ and ⑫, -1 where r is none.
func circled(r rune) int64 {
	switch {
	case r >= '①' && r <= '⑳':
		return int64(r-'①') + 1
	case r == '⓪':
		return 0
	}
	return -1
}

// at returns the rune at i with its width, folded by plain.
func (p *Parser) at(i int) (rune, int) {
	if i >= len(p.s) {
		return -1, 0
	}
	if c := p.s[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	r, n := utf8.DecodeRuneInString(p.s[i:])
	return plain(r), n
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

func letter(r rune) bool {
	if r < utf8.RuneSelf {
		return r|0x20 >= 'a' && r|0x20 <= 'z'
	}
	return unicode.IsLetter(r)
}

func han(r rune) bool { return r >= 0x3400 && unicode.Is(unicode.Han, r) }

// vulgar returns the value of a fraction that is one character.
func vulgar(r rune) (n, d int64) {
	switch r {
	case '½':
		return 1, 2
	case '⅓':
		return 1, 3
	case '⅔':
		return 2, 3
	case '¼':
		return 1, 4
	case '¾':
		return 3, 4
	case '⅕':
		return 1, 5
	case '⅖':
		return 2, 5
	case '⅗':
		return 3, 5
	case '⅘':
		return 4, 5
	case '⅙':
		return 1, 6
	case '⅚':
		return 5, 6
	case '⅐':
		return 1, 7
	case '⅛':
		return 1, 8
	case '⅜':
		return 3, 8
	case '⅝':
		return 5, 8
	case '⅞':
		return 7, 8
	case '⅑':
		return 1, 9
	case '⅒':
		return 1, 10
	}
	return 0, 0
}

// raised returns the digit of a superscript, -1 where r is none.
func raised(r rune) int64 {
	switch r {
	case '¹':
		return 1
	case '²':
		return 2
	case '³':
		return 3
	}
	if r == '⁰' || r >= '⁴' && r <= '⁹' {
		return int64(r - '⁰')
	}
	return -1
}

// lowered returns the digit of a subscript, -1 where r is none.
func lowered(r rune) int64 {
	if r >= '₀' && r <= '₉' {
		return int64(r - '₀')
	}
	return -1
}
