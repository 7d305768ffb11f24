package pii

// card reads a payment card: a known issuer's prefix with its lengths, the check digit of ISO/IEC 7812-1 annex B (Luhn), in one run or in
// the groups that cards show.
func (sc *scan) card(i int, g *groups) (end int, ok bool) {
	k := cardGroups(g)
	if k == 0 {
		return 0, false
	}
	d, end := g.digits(k), g.g[k-1].end
	if !issued(d) || !luhn(d) || !closes(sc.s, end) {
		return 0, false
	}
	// A row of a table goes on with further groups.
	if k > 1 && k < g.n && g.g[k].sep == ' ' || k > 1 && (sc.afterNumber(i) || beforeMask(sc.s, end)) {
		return 0, false
	}
	w := sc.before(i, contextBytes)
	announced := mentions(w, cardWords)
	if !opens(w) || catalogued(w) && !announced {
		return 0, false
	}
	usual := len(d) == 15 || len(d) == 16 || len(d) == 19 && d[0] == '6' && d[1] == '2'
	if k == 1 && !usual && !announced {
		return 0, false
	}
	return end, true
}

// cardGroups returns how many groups make a card: one run, 4-4-4-4 with up to three more, 4-6-5 (American Express), 4-6-4 (Diners Club).
func cardGroups(g *groups) int {
	if g.g[0].n >= 12 {
		return 1
	}
	if g.g[0].n != 4 || g.n < 3 {
		return 0
	}
	sep := g.g[1].sep
	if sep != ' ' && sep != '-' || g.g[2].sep != sep {
		return 0
	}
	switch {
	case g.shape(1, 6, 5), g.shape(1, 6, 4):
		return 3
	case !g.shape(1, 4, 4, 4) || g.g[3].sep != sep:
		return 0
	case g.n > 4 && g.g[4].n == 3 && g.g[4].sep == sep:
		return 5
	}
	return 4
}

// issuers are the ranges of prefixes of the card networks and the lengths of their numbers.
var issuers = []struct {
	lo, hi   int // of the first n digits
	n        int
	min, max int
}{
	{4, 4, 1, 13, 19},       // Visa: 13, 16, 19
	{51, 55, 2, 16, 16},     // Mastercard
	{2221, 2720, 4, 16, 16}, // Mastercard
	{34, 34, 2, 15, 15},     // American Express
	{37, 37, 2, 15, 15},     // American Express
	{6011, 6011, 4, 16, 19}, // Discover
	{644, 659, 3, 16, 19},   // Discover
	{3528, 3589, 4, 16, 19}, // JCB
	{300, 305, 3, 14, 19},   // Diners Club
	{36, 36, 2, 14, 19},     // Diners Club
	{38, 39, 2, 14, 19},     // Diners Club
	{62, 62, 2, 16, 19},     // UnionPay
	{2200, 2204, 4, 16, 19}, // Mir
	{5018, 5018, 4, 12, 19}, // Maestro
	{5020, 5020, 4, 12, 19}, // Maestro
	{5038, 5038, 4, 12, 19}, // Maestro
	{6304, 6304, 4, 12, 19}, // Maestro
	{6759, 6763, 4, 12, 19}, // Maestro
	{508, 508, 3, 16, 16},   // RuPay
	{60, 60, 2, 16, 16},     // RuPay
	{81, 82, 2, 16, 16},     // RuPay
	{9792, 9792, 4, 16, 16}, // Troy
}

// issued says whether a network issues numbers with this prefix and length.
func issued(d []byte) bool {
	for _, r := range issuers {
		if len(d) < r.min || len(d) > r.max {
			continue
		}
		x := 0
		for _, c := range d[:r.n] {
			x = x*10 + int(c-'0')
		}
		if x < r.lo || x > r.hi {
			continue
		}
		if r.n == 1 && len(d) != 13 && len(d) != 16 && len(d) != 19 {
			return false
		}
		return true
	}
	return false
}

func luhn(d []byte) bool {
	sum := 0
	for i := range d {
		x := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if x *= 2; x > 9 {
				x -= 9
			}
		}
		sum += x
	}
	return sum%10 == 0
}

// resident reads a resident identity number of mainland China (GB 11643-1999): a province, a date of birth, and a check digit by
// ISO 7064 MOD 11-2, which may be X.
func (sc *scan) resident(i int, g *groups) (end int, ok bool) {
	r := g.g[0]
	d := g.d[:r.n]
	last := byte(0)
	end = r.end
	switch {
	case r.n == 18:
		last, d = d[17], d[:17]
	case r.n == 17 && end < len(sc.s) && sc.s[end]|0x20 == 'x':
		last = 'X'
		end++
	case r.n == 17 && (has(sc.s, end, "Ｘ") || has(sc.s, end, "ｘ")):
		last = 'X'
		end += 3
	default:
		return 0, false
	}
	if !province(d) || !birth(d[6:14]) || mod11(d) != last || !closes(sc.s, end) || !opens(sc.before(i, contextBytes)) {
		return 0, false
	}
	return end, true
}

// province says whether the first two digits are a province's (GB/T 2260).
func province(d []byte) bool {
	switch p := int(d[0]-'0')*10 + int(d[1]-'0'); {
	case p >= 11 && p <= 15, p >= 21 && p <= 23, p >= 31 && p <= 37, p >= 41 && p <= 46,
		p >= 50 && p <= 54, p >= 61 && p <= 65, p == 71, p >= 81 && p <= 83:
		return true
	}
	return false
}

// birth says whether d is a date YYYYMMDD from 1880 to 2079.
func birth(d []byte) bool {
	y := int(d[0]-'0')*1000 + int(d[1]-'0')*100 + int(d[2]-'0')*10 + int(d[3]-'0')
	m := int(d[4]-'0')*10 + int(d[5]-'0')
	day := int(d[6]-'0')*10 + int(d[7]-'0')
	return y >= 1880 && y < 2080 && m >= 1 && m <= 12 && day >= 1 && day <= monthDays(y, m)
}

func monthDays(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// mod11 returns the check digit of 17 digits.
func mod11(d []byte) byte {
	sum := 0
	for _, c := range d {
		sum = (sum + int(c-'0')) * 2 % 11
	}
	return "10X98765432"[sum]
}
