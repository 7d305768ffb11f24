package notation

import (
	"strings"
	"unicode"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// A Unit is what a [Quantity] is measured in: known units as a factor to the unit of their dimension, others by name.
type Unit struct {
	Factor exact.Rat
	Dims   [Dimensions]int8
	Noun   string // words that are no known unit: lower case, singular, one space between
}

// Known says whether u is a unit of measure.
func (u Unit) Known() bool { return u.Dims != [Dimensions]int8{} || !u.Factor.IsOne() }

// Multiple says whether u only counts, as a dozen does.
func (u Unit) Multiple() bool {
	return u.Dims == [Dimensions]int8{} && u.Noun == "" && !u.Factor.Equal(exact.Rat{}) && !u.Factor.IsOne()
}

// Angle says whether u is degrees.
func (u Unit) Angle() bool {
	return u.Dims[angle] == 1
}

// UnitOf reads the unit of a quantity: cm^2, miles per hour, km/h, square metres, \text{cm}^2, apples.
func UnitOf(s string) Unit {
	u := Unit{Factor: exact.Int(1)}
	var nouns []string
	sign, square := int8(1), int8(1)
	var last measure
	known := false
	apply := func(m measure, k int8) {
		for ; k > 0; k-- {
			u.Factor = u.Factor.Mul(m.factor)
			for i := range m.dims {
				u.Dims[i] += m.dims[i]
			}
		}
		for ; k < 0; k++ {
			u.Factor = u.Factor.Div(m.factor)
			for i := range m.dims {
				u.Dims[i] -= m.dims[i]
			}
		}
	}
	for _, w := range unitWords(s) {
		switch lower := strings.ToLower(w); lower {
		case "per", "/", "a", "an", "each", "every", "每":
			if lower[0] == 'a' && (len(nouns) > 0 || !known) {
				continue
			}
			sign = -1
		case "square", "sq", "平方":
			square = 2
		case "cubic", "cu", "立方":
			square = 3
		case "squared", "2", "²":
			if known {
				apply(last, sign)
			}
		case "cubed", "3", "³":
			if known {
				apply(last, 2*sign)
			}
		case "-1":
			if known {
				apply(last, -2*sign)
			}
		case "-2":
			if known {
				apply(last, -3*sign)
			}
		case "*", "·", "of", "the", "1", "个", "them", "it", "all", "total", "more", "left", "altogether", "away", "old", "long", "tall", "high", "wide", "deep", "remaining", "only",
			"my", "his", "her", "their", "those", "these", "exactly", "out", "extra", "different", "such":
		default:
			m, ok := measureOf(w)
			if !ok || len(nouns) > 0 {
				if !known {
					nouns = append(nouns, singular(lower))
				}
				continue
			}
			apply(m, sign*square)
			last, known, square = m, true, 1
		}
	}
	u.Noun = strings.Join(nouns, " ")
	switch u.Noun {
	case "euro", "eur", "€":
		u.Noun = "euro"
	case "元", "块", "yuan", "rmb", "cny", "¥", "￥", "人民币":
		u.Noun = "yuan"
	case "£", "gbp":
		u.Noun = "pound sterling"
	}
	return u
}

// singular takes the plural from an English noun.
func singular(s string) string {
	switch {
	case strings.HasSuffix(s, "ies") && len(s) > 4:
		return s[:len(s)-3] + "y"
	case strings.HasSuffix(s, "ses"), strings.HasSuffix(s, "xes"), strings.HasSuffix(s, "ches"), strings.HasSuffix(s, "shes"):
		return s[:len(s)-2]
	case strings.HasSuffix(s, "s") && !strings.HasSuffix(s, "ss") && len(s) > 2:
		return s[:len(s)-1]
	}
	return s
}

// unitWords cuts a unit into words, signs and exponents; LaTeX around them falls away.
func unitWords(s string) []string {
	var words []string
	for i := 0; i < len(s); {
		c := rune(s[i])
		n := 1
		if c >= 0x80 {
			for _, r := range s[i:] {
				c = r
				break
			}
			n = len(string(c))
		}
		switch {
		case c == '\\':
			n++
			for i+n < len(s) && s[i+n]|0x20 >= 'a' && s[i+n]|0x20 <= 'z' {
				n++
			}
			switch s[i:min(i+n, len(s))] {
			case `\$`:
				words = append(words, "$")
			case `\cdot`:
				words = append(words, "*")
			}
		case c >= '0' && c <= '9' || c == '-' && i+1 < len(s) && s[i+1]-'0' <= 9:
			for i+n < len(s) && s[i+n]-'0' <= 9 {
				n++
			}
			words = append(words, s[i:i+n])
		case c < 0x80 && unicode.IsLetter(c):
			for i+n < len(s) && s[i+n] < 0x80 && unicode.IsLetter(rune(s[i+n])) {
				n++
			}
			words = append(words, s[i:i+n])
		case han(c):
			j := i
			for _, r := range s[i:] {
				if !han(r) {
					break
				}
				j += len(string(r))
			}
			n = j - i
			words = append(words, s[i:j])
		case c == '/' || c == '$' || c == '²' || c == '³' || c == '€' || c == '£' || c == '¥' || c == '￥' || c == '¢':
			words = append(words, s[i:i+n])
		case c >= 0x80 && unicode.IsLetter(c):
			words = append(words, s[i:i+n])
		}
		i += n
	}
	return words
}
