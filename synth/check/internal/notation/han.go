package notation

import "github.com/winnow-data/winnow/synth/check/internal/exact"

// hanDigit returns the value of a Chinese digit, -1 where r is none.
func hanDigit(r rune) int64 {
	switch r {
	case '〇', '零':
		return 0
	case '一', '壹':
		return 1
	case '二', '两', '贰':
		return 2
	case '三', '叁':
		return 3
	case '四', '肆':
		return 4
	case '五', '伍':
		return 5
	case '六', '陆':
		return 6
	case '七', '柒':
		return 7
	case '八', '捌':
		return 8
	case '九', '玖':
		return 9
	}
	return -1
}

// hanUnit returns 10, 100, 1000, 10⁴ or 10⁸, 0 where r is no such multiplier.
func hanUnit(r rune) int64 {
	switch r {
	case '十', '拾':
		return 10
	case '百', '佰':
		return 100
	case '千', '仟':
		return 1000
	case '万', '萬':
		return 10_000
	case '亿', '億':
		return 100_000_000
	}
	return 0
}

// hanNumber reads a Chinese numeral such as 一百二十, 三点五, 一〇五 or 十五. It returns i where there is none.
func (p *Parser) hanNumber(i int) (v exact.Rat, end int) {
	var total, section, digits exact.Rat // below 亿 and 万 closed; below 万; digits read since the last unit
	start, any, unit, plainRun := i, false, false, 0
	last := int64(0) // the unit before digits
	for {
		r, n := p.at(i)
		d, u := hanDigit(r), hanUnit(r)
		switch {
		case d >= 0:
			if plainRun > 0 && !unit || plainRun > 0 && d == 0 {
				digits = digits.Mul(exact.Int(10)).Add(exact.Int(d)) // 一〇五
			} else {
				digits = exact.Int(d)
			}
			plainRun++
			any = true
		case u >= 10_000:
			section = section.Add(digits)
			if section.Sign() == 0 {
				if total.Sign() == 0 {
					if !any {
						return v, start
					}
				}
				total = total.Mul(exact.Int(u)) // 万亿
			} else if u == 100_000_000 {
				total = total.Add(section).Mul(exact.Int(u))
			} else {
				total = total.Add(section.Mul(exact.Int(u)))
			}
			section, digits, plainRun, unit, last = exact.Rat{}, exact.Rat{}, 0, true, u
		case u > 0:
			if plainRun == 0 {
				if u != 10 {
					return v, start
				}
				digits = exact.Int(1) // 十五
			}
			section = section.Add(digits.Mul(exact.Int(u)))
			digits, plainRun, unit, any, last = exact.Rat{}, 0, true, true, u
		default:
			if !any {
				return v, start
			}
			if plainRun == 1 && last > 10 && r != '点' { // 二百五 is 250, 一万五 is 15000; 205 has its 零
				digits = digits.Mul(exact.Int(last / 10))
			}
			v = total.Add(section).Add(digits)
			if r == '点' {
				return p.hanDecimal(v, i, n)
			}
			return v, i
		}
		if i += n; i-start > 120 {
			return v, start
		}
	}
}

// hanDecimal reads the digits behind 点 at i.
func (p *Parser) hanDecimal(v exact.Rat, i, n int) (exact.Rat, int) {
	j, place := i+n, exact.Frac(1, 10)
	for {
		r, n := p.at(j)
		d := hanDigit(r)
		if d < 0 || j-i > 60 {
			break
		}
		v, place = v.Add(place.Mul(exact.Int(d))), place.Mul(exact.Frac(1, 10))
		j += n
	}
	if j == i+n {
		return v, i
	}
	return v, j
}

// hanScale says whether 万 or 亿 stands at i.
func (p *Parser) hanScale(i int) bool {
	r, _ := p.at(i)
	return hanUnit(r) >= 10_000
}

// scaled reads the multipliers behind the number v that ends at i, and what follows them: 1.2万, 1万2千, 3亿5000万.
func (p *Parser) scaled(v exact.Rat, i int) (exact.Rat, int) {
	total, any := exact.Rat{}, false
	if p.s[i] == ' ' {
		i++
	}
	for k := 0; k < 8; k++ {
		m := exact.Int(1)
		for {
			r, n := p.at(i)
			u := hanUnit(r)
			if u == 0 {
				break
			}
			m = m.Mul(exact.Int(u))
			i += n
		}
		if m.IsOne() {
			if any {
				total = total.Add(v)
			} else {
				total = v
			}
			return total, i
		}
		total, any = total.Add(v.Mul(m)), true
		r, n := p.at(i)
		if next, _ := p.at(i + n); r == '零' && digit(next) { // 1万零500
			r, i = next, i+n
		}
		if !digit(r) {
			return total, i
		}
		v, i, _ = p.number(i)
	}
	return total, i
}
