package tokenizer

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// Normalisation to NFC (Unicode Standard Annex 15) as the tokenizers library has it: with the marks and composites of Unicode 9, and
// without the Stream-Safe limit of 30 marks in a row that golang.org/x/text puts on it.

// Hangul syllables are composed by arithmetic (Unicode 16, section 3.12).
const (
	hangulBase, hangulEnd = 0xac00, 0xac00 + 11172
	leadBase, leadCount   = 0x1100, 19
	vowelBase, vowelCount = 0x1161, 21
	tailBase, tailCount   = 0x11a7, 28
)

var (
	composed   map[[2]rune]rune // what two characters make
	decomposed map[rune][]rune  // full decompositions but Hangul
)

// makeCompositions fills the maps from the tables.
func makeCompositions() {
	decomposed = make(map[rune][]rune, len(decompositions)/4)
	apart := make(map[rune]bool, len(excluded))
	for _, r := range excluded {
		apart[r] = true
	}
	var pairs []rune
	for i := 0; i < len(decompositions); {
		r, n := decompositions[i], int(decompositions[i+1])
		decomposed[r] = decompositions[i+2 : i+2+n]
		if !apart[r] {
			pairs = append(pairs, r)
		}
		i += 2 + n
	}
	composed = make(map[[2]rune]rune, len(pairs))
	// A composite of three characters is the composite of the first two with the third: short ones first.
	for n := 2; n <= 4; n++ {
		for _, r := range pairs {
			if d := decomposed[r]; len(d) == n {
				first := d[0]
				for _, c := range d[1 : n-1] {
					first = composed[[2]rune{first, c}]
				}
				composed[[2]rune{first, d[n-1]}] = r
			}
		}
	}
}

// compositionSeconds lists the characters that may join what stands before them.
func compositionSeconds() (seconds []rune) {
	for pair := range composed {
		seconds = append(seconds, pair[1])
	}
	for r := rune(vowelBase); r < vowelBase+vowelCount; r++ {
		seconds = append(seconds, r)
	}
	for r := rune(tailBase + 1); r < tailBase+tailCount; r++ {
		seconds = append(seconds, r)
	}
	return seconds
}

// compose returns what two characters make, false when they stay two.
func compose(a, b rune) (rune, bool) {
	if a >= leadBase && a < leadBase+leadCount && b >= vowelBase && b < vowelBase+vowelCount {
		return hangulBase + ((a-leadBase)*vowelCount+b-vowelBase)*tailCount, true
	}
	if a >= hangulBase && a < hangulEnd && (a-hangulBase)%tailCount == 0 && b > tailBase && b < tailBase+tailCount {
		return a + b - tailBase, true
	}
	r, ok := composed[[2]rune{a, b}]
	return r, ok
}

// normalEnd returns how much of s is in NFC for sure and ends before a character that nothing joins: len(s) when all is.
func normalEnd(s []byte) int {
	safe, last := 0, 0 // the start of the last character of class 0, the class of the character before
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c < utf8.RuneSelf:
			if i+8 <= len(s) && binary.LittleEndian.Uint64(s[i:])&highBits == 0 {
				i += 7
			}
			safe, last = i, 0
			i++
			continue
		case ideograph(c):
			safe, last = i, 0
			i += 3
			continue
		}
		r, n := decode(s, i)
		p := propertyOf(r)
		class := p.combining()
		if p&changes != 0 || class != 0 && class < last {
			return safe
		}
		if last = class; class == 0 {
			safe = i
		}
		i += n
	}
	return len(s)
}

// appendNFC appends the normal form of s, which is valid UTF-8.
func appendNFC(dst []byte, runes []rune, s []byte) ([]byte, []rune) {
	for len(s) > 0 {
		n := normalEnd(s)
		dst = append(dst, s[:n]...)
		if s = s[n:]; len(s) == 0 {
			break
		}
		n = segmentEnd(s)
		runes = composeSegment(decomposeSegment(runes[:0], s[:n]))
		for _, r := range runes {
			dst = utf8.AppendRune(dst, r)
		}
		s = s[n:]
	}
	return dst, runes
}

// segmentEnd returns where, behind its first character, the next one of class 0 begins that nothing joins and NFC leaves alone.
func segmentEnd(s []byte) int {
	_, i := decode(s, 0)
	for i < len(s) {
		r, n := decode(s, i)
		if p := propertyOf(r); p&(changes|0xff) == 0 {
			return i
		}
		i += n
	}
	return i
}

// decomposeSegment takes characters apart and puts marks in canonical order.
func decomposeSegment(dst []rune, s []byte) []rune {
	for i := 0; i < len(s); {
		r, n := decode(s, i)
		i += n
		switch {
		case r >= hangulBase && r < hangulEnd:
			x := r - hangulBase
			dst = append(dst, leadBase+x/(vowelCount*tailCount), vowelBase+x/tailCount%vowelCount)
			if t := x % tailCount; t != 0 {
				dst = append(dst, tailBase+t)
			}
		default:
			if d, ok := decomposed[r]; ok {
				dst = append(dst, d...)
			} else {
				dst = append(dst, r)
			}
		}
	}
	orderMarks(dst)
	return dst
}

// orderMarks sorts each run of marks by class and keeps the order within a class.
func orderMarks(rs []rune) {
	for i := 0; i < len(rs); {
		if propertyOf(rs[i]).combining() == 0 {
			i++
			continue
		}
		end := i
		for end < len(rs) && propertyOf(rs[end]).combining() != 0 {
			end++
		}
		slices.SortStableFunc(rs[i:end], func(a, b rune) int { return propertyOf(a).combining() - propertyOf(b).combining() })
		i = end
	}
}

// composeSegment joins characters in place (D117: a mark is blocked by one of its class or above, or by a starter, between it and the starter).
func composeSegment(rs []rune) []rune {
	out, starter, last := 0, -1, -1
	for _, r := range rs {
		class := propertyOf(r).combining()
		if starter >= 0 && last < class {
			if c, ok := compose(rs[starter], r); ok {
				rs[starter] = c
				continue
			}
		}
		if class == 0 {
			starter, last = out, -1
		} else {
			last = class
		}
		rs[out] = r
		out++
	}
	return rs[:out]
}
