package notation

import (
	"bytes"
	"strings"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// number reads the number at i, where a digit or a point before a digit stands. bare says that it is an integer of digits alone.
func (p *Parser) number(i int) (r exact.Rat, end int, bare bool) {
	start, n := i, int64(0)
	for i < len(p.s) && i-start < 18 && p.s[i]-'0' <= 9 {
		n = n*10 + int64(p.s[i]-'0')
		i++
	}
	if i > start && (i == len(p.s) || p.s[i] == ' ' && !p.groupAt(i)) {
		return exact.Int(n), i, true
	}
	digits := p.scratch[:0]
	digits, i = p.digits(digits, start)
	whole, point := i, false
	if i > start {
		digits, i = p.groups(digits, start, i)
	}
	grouped := i > whole
	decimal := '.'
	if p.European {
		decimal = ','
	}
	r0, w := p.at(i)
	if r0 != decimal && r0 == ',' && p.pointGroups(start, i) { // 1.234,5
		decimal = ','
	}
	if r0 == decimal {
		after, _ := p.at(i + w)
		switch {
		case digit(after):
			digits = append(digits, '.')
			digits, i = p.digits(digits, i+w)
			point = true
		case r0 == '.' && after == '\\' && p.repeats(i+w):
			digits, i, point = append(digits, '.'), i+w, true // 0.\overline{3}
		case r0 == '.' && p.s[i] == '.' && !grouped && !letter(after) && after != '.' && after != '\\' && i > start:
			i, point = i+w, true // 2.
		}
	}
	p.scratch = digits
	if point {
		if rep, e := p.repeating(i); rep != "" {
			return recurring(digits, rep), e, false
		}
	}
	e, j := p.exponent(i)
	if j == i && !grouped && !point {
		if b, k := p.base(i, digits); k > i {
			p.lexBase = uint8(b)
			v, _ := inBase(digits, b)
			return v, k, false
		}
	}
	if len(digits) > exact.MaxBits/3 {
		p.fail = true
		return exact.Rat{}, j, false
	}
	return exact.Decimal(digits, e), j, !grouped && !point && j == i
}

// digits appends the digits from i on, full-width ones folded.
func (p *Parser) digits(to []byte, i int) ([]byte, int) {
	for {
		r, n := p.at(i)
		if !digit(r) {
			return to, i
		}
		to = append(to, byte(r))
		i += n
	}
}

// groups appends the groups of three digits that follow the one to three digits from start to i, all behind the same separator.
func (p *Parser) groups(to []byte, start, i int) ([]byte, int) {
	if len(to) > 3 && !(p.Myriads && len(to) == 4) || to[0] == '0' {
		return to, i
	}
	kept, first, size := len(to), i, 3
	if p.Myriads {
		size = 4
	}
	sep, _ := p.separator(i)
	for sep != 0 {
		s, w := p.separator(i)
		if s != sep {
			break
		}
		from := len(to)
		var j int
		if to, j = p.digits(to, i+w); len(to)-from == size {
			i = j
			continue
		}
		if len(to) > from && (sep == ',' || sep == '.') {
			return to[:kept], first // 1,234,5 is a list
		}
		to = to[:from]
		break
	}
	if sep == ' ' {
		if r, n := p.at(i); r == '/' && len(to) == kept+3 && p.below(to[kept:], i+n) { // 1 234/567: a mixed number
			return to[:kept], first
		}
	}
	if sep == '.' && !p.European && len(to) == kept+3 { // 1.234 is a decimal; 1.234.567 and 1.234,5 are not
		r, w := p.at(i)
		if next, _ := p.at(i + w); r != ',' || !digit(next) {
			return to[:kept], first
		}
	}
	return to, i
}

// below says whether digits, without a zero in front, are less than the number at i.
func (p *Parser) below(digits []byte, i int) bool {
	k := i
	for k < len(p.s) && p.s[k]-'0' <= 9 {
		k++
	}
	return digits[0] != '0' && (k-i > len(digits) || k-i == len(digits) && string(digits) < p.s[i:k])
}

// pointGroups says whether points separate the thousands of the number from start to i.
func (p *Parser) pointGroups(start, i int) bool {
	return p.depth == 0 && strings.IndexByte(p.s[start:i], '.') >= 0
}

// groupAt says whether a space and exactly three digits stand at i.
func (p *Parser) groupAt(i int) bool {
	k := 0
	for i++; i+k < len(p.s) && p.s[i+k]-'0' <= 9; k++ {
	}
	return k == 3
}

// separator returns the separator of thousands at i and its width, 0 for none.
func (p *Parser) separator(i int) (rune, int) {
	r, n := p.at(i)
	switch r {
	case ',':
		if p.depth > 0 && !p.Grouped || p.European {
			return 0, 0
		}
		for _, tail := range [...]string{`\!`, ` \!`} { // 1,\!234
			if strings.HasPrefix(p.s[i+n:], tail) {
				return ',', n + len(tail)
			}
		}
		return ',', n
	case ' ', '_', '\'':
		if p.depth > 0 && r == ' ' {
			return 0, 0
		}
		return r, n
	case '.':
		if p.depth > 0 && !p.European {
			return 0, 0
		}
		return '.', n
	case '{': // 1{,}234
		if strings.HasPrefix(p.s[i:], "{,}") {
			return '{', 3
		}
	case '\\': // 1\,234
		for _, sep := range [...]string{`\,`, `\ `, `\;`, `\:`} {
			if strings.HasPrefix(p.s[i:], sep) {
				return '\\', 2
			}
		}
	case '~':
		return '~', 1
	}
	return 0, 0
}

// exponent reads e5, E+5, e-5.
func (p *Parser) exponent(i int) (e int64, end int) {
	if i >= len(p.s) || p.s[i]|0x20 != 'e' {
		return 0, i
	}
	j, neg := i+1, false
	if r, n := p.at(j); r == '+' || r == '-' {
		neg = r == '-'
		j += n
	}
	from := j
	for j < len(p.s) && p.s[j]-'0' <= 9 {
		if e < 1<<40 {
			e = e*10 + int64(p.s[j]-'0')
		}
		j++
	}
	if r, _ := p.at(j); j == from || letter(r) {
		return 0, i
	}
	if neg {
		e = -e
	}
	return e, j
}

// base reads _2 or _{16} behind digits that such a base has.
func (p *Parser) base(i int, digits []byte) (b int64, end int) {
	r, n := p.at(i)
	if k := lowered(r); k >= 0 {
		for ; lowered(r) >= 0 && b < 100; r, n = p.at(i) {
			b = b*10 + lowered(r)
			i += n
		}
	} else if r == '_' {
		i += n
		braced := i < len(p.s) && p.s[i] == '{'
		if braced {
			i++
		}
		for ; i < len(p.s) && p.s[i]-'0' <= 9 && b < 100; i++ {
			b = b*10 + int64(p.s[i]-'0')
		}
		if braced {
			if i >= len(p.s) || p.s[i] != '}' {
				return 0, 0
			}
			i++
		}
	}
	if b < 2 || b > 36 {
		return 0, 0
	}
	if _, ok := inBase(digits, b); !ok {
		return 0, 0
	}
	return b, i
}

// inBase returns the value of digits in base b.
func inBase(digits []byte, b int64) (exact.Rat, bool) {
	if len(digits) > 400 || len(digits) == 0 {
		return exact.Rat{}, false
	}
	v := exact.Rat{}
	for _, c := range digits {
		k := int64(c - '0')
		if k >= b {
			return exact.Rat{}, false
		}
		v = v.Mul(exact.Int(b)).Add(exact.Int(k))
	}
	return v, true
}

// repeats says whether digits that repeat stand at i.
func (p *Parser) repeats(i int) bool {
	rep, _ := p.repeating(i)
	return rep != ""
}

// repeating reads \overline{3} or \dot{3} behind a decimal point: the digits that repeat.
func (p *Parser) repeating(i int) (digits string, end int) {
	for _, cmd := range [...]string{`\overline{`, `\bar{`, `\dot{`} {
		if !strings.HasPrefix(p.s[i:], cmd) {
			continue
		}
		from := i + len(cmd)
		k := strings.IndexByte(p.s[from:], '}')
		if k < 1 || k > 100 || strings.Trim(p.s[from:from+k], "0123456789") != "" {
			return "", i
		}
		return p.s[from : from+k], from + k + 1
	}
	return "", i
}

// recurring returns head, a decimal, with the digits rep behind it for ever.
func recurring(head []byte, rep string) exact.Rat {
	places := int64(0)
	if k := bytes.IndexByte(head, '.'); k >= 0 {
		places = int64(len(head) - k - 1)
	}
	nines, _ := exact.Int(10).Pow(int64(len(rep)))
	scale, _ := exact.Int(10).Pow(places)
	tail := exact.Decimal([]byte(rep), 0).Div(nines.Sub(exact.Int(1))).Div(scale)
	return exact.Decimal(head, 0).Add(tail)
}
