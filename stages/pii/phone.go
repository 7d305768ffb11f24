package pii

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// international reads a number in the form of ITU-T E.123: a plus sign, a country code that exists, 9 to 15 digits (E.164, 6.2).
func (sc *scan) international(i int, g *groups) (start, end int, ok bool) {
	w := sc.before(i, contextBytes)
	plus := 0
	switch {
	case ends(w, "+"):
		plus = 1
	case ends(w, "＋"):
		plus = 3
	default:
		return 0, 0, false
	}
	start = i - plus
	if start < sc.last {
		return 0, 0, false
	}
	front := w[:len(w)-plus]
	if ends(front, "(") && g.n > 1 && g.g[1].sep == ')' && start > sc.last {
		start--
		front = front[:len(front)-1]
	}
	if !opens(front) || ends(front, ")") || ends(front, "]") || ends(front, "+") {
		return 0, 0, false
	}
	k := sc.longest(g, func(d []byte, k int) bool { return e164(d, k) })
	if k == 0 || zeros(g.digits(k)) || catalogued(front) {
		return 0, 0, false
	}
	return start, g.g[k-1].end, true
}

// longest returns the largest number of groups that makes a number by ok and may end where it ends; 0 if none does.
func (sc *scan) longest(g *groups, ok func(d []byte, k int) bool) int {
	for k := g.n; k > 0; k-- {
		if !g.g[k-1].wider && ok(g.digits(k), k) && closes(sc.s, g.g[k-1].end) {
			return k
		}
	}
	return 0
}

// e164 says whether d, in k groups, is a country code and a subscriber's number.
func e164(d []byte, k int) bool {
	switch {
	case len(d) < 9 || len(d) > 15 || k > 1 && len(d) > 13 || k == 1 && len(d) < 10:
		return false
	case d[0] == '1':
		return len(d) == 11 && nanp(d[1:])
	case d[0] == '8' && d[1] == '6':
		return len(d) == 13 && cnMobile(d[2:]) || len(d) >= 11 && len(d) <= 14 && d[2] != '1'
	}
	return country(d)
}

// country says whether d begins with a country code (ITU-T E.164, list of assigned codes).
func country(d []byte) bool {
	switch two := int(d[0]-'0')*10 + int(d[1]-'0'); two {
	case 20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58,
		60, 61, 62, 63, 64, 65, 66, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98:
		return true
	case 22, 23, 24, 50, 59:
		return true
	}
	const three = "211 212 213 216 218 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297 298 299 " +
		"350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 380 381 382 383 385 386 387 389 420 421 423 " +
		"670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 850 852 853 855 856 880 886 " +
		"960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 992 993 994 995 996 998"
	return bytes.Contains([]byte(three), d[:3])
}

// A hint is what stands before a number, looked at when a shape alone does not decide.
type hint struct {
	w     string
	known bool
	named bool
}

// phone says whether a word for telephone stands before the number.
func (h *hint) phone() bool {
	if !h.known {
		h.named, h.known = mentions(h.w, phoneWords), true
	}
	return h.named
}

// national reads a number in the form of a region.
func (sc *scan) national(i int, g *groups) (start, end int, ok bool) {
	start = i
	w := sc.before(i, contextBytes)
	bracket := ends(w, "(") && i > sc.last && g.n > 1 && g.g[1].sep == ')'
	if bracket {
		start, w = i-1, w[:len(w)-1]
	}
	h := hint{w: w}
	if ends(w, "#") || !opens(w) && !(ends(w, ".") && h.phone()) {
		return 0, 0, false
	}
	k := 0
	if sc.m.region[US] {
		k = sc.us(g, &h, bracket, sc.afterNumber(start))
	}
	if k == 0 && sc.m.region[CN] {
		k = sc.cn(g, &h, sc.afterNumber(start) || w != "" && strings.IndexByte("=$&", w[len(w)-1]) >= 0)
	}
	if k == 0 && sc.m.region[EU] {
		k = sc.longest(g, func(d []byte, k int) bool { return european(g, d, k) })
		if k > 0 && !h.phone() {
			k = 0
		}
	}
	if k == 0 || zeros(g.digits(k)) || catalogued(w) {
		return 0, 0, false
	}
	return start, g.g[k-1].end, true
}

// us reads 415-555-2671, (415) 555-2671, 415.555.2671, with 1 in front or not; bare or spaced ones only behind a word for telephone.
func (sc *scan) us(g *groups, h *hint, bracket, table bool) int {
	from := 0
	if g.n > 1 && g.g[0].n == 1 && g.d[0] == '1' {
		from = 1
		bracket = g.g[1].sep == '('
	}
	k, marked := from+3, false
	switch {
	case g.shape(from, 3, 3, 4):
		a, b := g.g[from+1].sep, g.g[from+2].sep
		marked = a == '-' && b == '-' || a == '.' && b == '.' || a == ')' && bracket || a == ' ' && b == '-' && !table
		if !marked && a != ' ' && a != '-' && a != '/' {
			return 0
		}
	case g.shape(from, 3, 7) && bracket:
		k, marked = from+2, true
	case g.g[0].n == 10, g.g[0].n == 11 && g.d[0] == '1':
		k = 1
	default:
		return 0
	}
	d := g.digits(k)
	if len(d) == 11 {
		d = d[1:]
	}
	if len(d) != 10 || !nanp(d) || !closes(sc.s, g.g[k-1].end) || !marked && !h.phone() {
		return 0
	}
	return k
}

// nanp says whether ten digits can be a number of the North American Numbering Plan (ATIS-0300051): area code and exchange begin with
// 2 to 9, an area code has no 9 in the middle, neither is a service code (N11).
func nanp(d []byte) bool {
	return d[0] >= '2' && d[1] != '9' && !(d[1] == '1' && d[2] == '1') && d[3] >= '2' && !(d[4] == '1' && d[5] == '1')
}

// cn reads a mobile number of mainland China, 3-4-4 or in one run, with 86 or 0086 in front or not. One run of digits counts among Han
// characters or behind a word for telephone; so does, behind such a word, a landline number with its area code.
func (sc *scan) cn(g *groups, h *hint, table bool) int {
	from := 0
	if g.n > 1 && (string(g.digits(1)) == "86" || string(g.digits(1)) == "0086") {
		from = 1
	}
	k := 0
	switch {
	case g.shape(from, 11):
		k = from + 1
	case g.shape(from, 3, 4, 4) && g.g[from+1].sep == g.g[from+2].sep && (g.g[from+1].sep == '-' || g.g[from+1].sep == ' '):
		k = from + 3
	case g.shape(0, 13) && g.d[0] == '8' && g.d[1] == '6', g.shape(0, 15) && string(g.d[:4]) == "0086":
		k = 1
	}
	if k > 0 && closes(sc.s, g.g[k-1].end) {
		d := g.digits(k)
		bare := g.g[k-1].n >= 11
		if cnMobile(d[len(d)-11:]) && (!table && (!bare || sc.chinese(h.w, g.g[k-1].end)) || h.phone()) {
			return k
		}
	}
	k = sc.longest(g, func(d []byte, k int) bool { return cnLandline(g, d, k) })
	if k > 0 && !h.phone() {
		return 0
	}
	return k
}

// chinese says whether a number between w and end stands in a Chinese text, or behind a word that announces it.
func (sc *scan) chinese(w string, end int) bool {
	_, n := utf8.DecodeRuneInString(sc.s[end:])
	return hasHan(w) || hasHan(sc.s[end:end+n]) || mentions(w, mobileWords)
}

// cnMobile says whether eleven digits are a number of a network for mobiles: 130 to 199 without the blocks that are not given out.
func cnMobile(d []byte) bool {
	if d[0] != '1' {
		return false
	}
	switch d[1] {
	case '3', '8':
		return true
	case '4':
		return d[2] >= '5'
	case '5':
		return d[2] != '4'
	case '6':
		return d[2] == '2' || d[2] >= '5' && d[2] <= '7'
	case '7':
		return d[2] <= '8'
	case '9':
		return d[2] != '4'
	}
	return false
}

// cnLandline says whether d is an area code of three or four digits and seven or eight digits.
func cnLandline(g *groups, d []byte, k int) bool {
	if k > 3 || len(d) < 10 || len(d) > 12 || d[0] != '0' || d[1] == '0' {
		return false
	}
	if k == 1 {
		return true
	}
	area := g.g[0].n
	return area == 3 && d[1] <= '2' && len(d) == 11 || area == 4 && d[1] >= '3' && len(d) >= 11
}

// european says whether d, in k groups, can be a national number in Europe: 8 to 13 digits and no date.
func european(g *groups, d []byte, k int) bool {
	if len(d) < 8 || len(d) > 13 || k == 1 && d[0] != '0' && len(d) > 9 {
		return false
	}
	if d[0] != '0' && len(d) > 9 {
		return false
	}
	if k == 3 && (g.shape(0, 4, 2, 2) || g.shape(0, 2, 2, 4)) {
		return false
	}
	for i := 1; i < k; i++ {
		if g.g[i].n < 2 {
			return false
		}
	}
	return true
}

// zeros says whether d ends in six zeros: a round quantity.
func zeros(d []byte) bool { return bytes.HasSuffix(d, []byte("000000")) }
