package text

import "unicode/utf8"

// high steps over, or cuts a word from, the character beyond ASCII at start.
func (c *cutter) high(start int) int {
	r, n := decode(c.text, start)
	p := c.table.of(r)
	switch p.wb() {
	case wbLetter, wbHebrew, wbNumeric, wbJoiner:
		return c.word(start, start, 0)
	case wbUnit:
		if c.only && p.kind() <= Kana {
			return c.countUnits(start, start+n, p, r)
		}
		return c.unit(start, start+n, p, r)
	case wbSpace:
		c.step(byteSpace)
	default:
		if p&flagSymbol != 0 {
			c.step(byteSymbol)
		}
	}
	return start + n
}

// unit cuts the grapheme cluster that begins with r, of class p, and ends at i or, with marks, later; then the units that follow it
// without a gap. A subscript consonant after Khmer coeng or Burmese virama belongs to its cluster, as to the conjuncts of rule GB9c.
func (c *cutter) unit(start, i int, p class, r rune) int {
	for runes := 1; ; {
		if i >= len(c.text) || c.text[i] < utf8.RuneSelf {
			return c.add(start, i, runes, p.kind(), byteLetter)
		}
		next, n := decode(c.text, i)
		q := c.table.of(next)
		w := q.wb()
		stacked := (r == 0x17D2 || r == 0x1039) && w == wbUnit && q.kind() == p.kind()
		switch {
		case w == wbIgnorable || stacked:
			i, runes, r = i+n, runes+1, next
		case w == wbUnit:
			start, i = c.add(start, i, runes, p.kind(), byteLetter), i+n
			runes, p, r = 1, q, next
		default:
			return c.add(start, i, runes, p.kind(), byteLetter)
		}
	}
}

// word cuts the word that begins at start by the rules of UAX #29, text[start:i] being ASCII word characters of the classes in has.
func (c *cutter) word(start, i int, has uint8) int {
	s := c.text
	prev, kind, runes, marks := wbOther, Spaced, i-start, 0
	if i > start {
		prev = c.table[s[i-1]].wb()
	}
	for {
		if end, n := c.letters(i); n > 0 {
			prev, i, runes, has = wbLetter, end, runes+n, has|byteLetter
		}
		if i == len(s) {
			break
		}
		r, n := c.rune(i)
		p := c.table.of(r)
		switch w := p.wb(); w {
		case wbIgnorable:
			i, runes = i+n, runes+1
			if p&flagAlpha == 0 {
				marks++
			}
			continue
		case wbLetter, wbHebrew, wbNumeric, wbJoiner:
			if w == wbNumeric {
				has |= byteDigit
			} else if w != wbJoiner {
				has |= byteLetter
				kind = max(kind, p.kind())
				if isSyllable(r) {
					marks--
				}
			}
			prev, i, runes = w, i+n, runes+1
			continue
		case wbMidLetter, wbMidNum, wbMidNumLet, wbSingleQuote, wbDoubleQuote:
			if end, more := c.joins(prev, w, i+n); end > 0 {
				i, runes = end, runes+more
				continue
			}
			if prev == wbHebrew && w == wbSingleQuote { // WB7a
				return c.quoted(start, i+n, runes+1, has)
			}
		}
		break
	}
	if kind == Spaced && has&(byteLetter|byteDigit) != 0 {
		c.tally.letters -= marks
	}
	return c.add(start, i, runes, kind, has)
}

// letters goes over n letters of spaced scripts from i on, of one and two bytes: a short way for what most words are made of.
func (c *cutter) letters(i int) (end, n int) {
	for s := c.text; i+1 < len(s); n++ {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			if r < 0xC2 || r >= 0xE0 || s[i+1]&0xC0 != 0x80 {
				break
			}
			r, size = r&0x1F<<6|rune(s[i+1]&0x3F), 2
		}
		if c.table[r]&(wbMask|kindMask) != wbLetter {
			break
		}
		i += size
	}
	return i, n
}

// isSyllable says whether r is one character for two or more letters of a spaced script: a Hangul syllable, or one of Vai.
func isSyllable(r rune) bool { return r >= 0xAC00 && r <= 0xD7A3 || r >= 0xA500 && r <= 0xA62B }

// quoted ends a Hebrew word behind its single quote and the ignorable characters from i on.
func (c *cutter) quoted(start, i, runes int, has uint8) int {
	for i < len(c.text) {
		r, n := c.rune(i)
		if c.table.of(r).wb() != wbIgnorable {
			break
		}
		i, runes = i+n, runes+1
	}
	return c.add(start, i, runes, Spaced, has)
}

func (c *cutter) rune(i int) (rune, int) {
	if b := c.text[i]; b < utf8.RuneSelf {
		return rune(b), 1
	}
	return decode(c.text, i)
}

// joins says whether the middle character of class mid, which ends at i, joins a word whose last class is prev with what follows
// (WB6, WB7, WB7b, WB7c, WB11, WB12). It returns where what follows begins, and the characters up to there.
func (c *cutter) joins(prev, mid class, i int) (end, runes int) {
	runes = 1
	for i < len(c.text) {
		r, n := c.rune(i)
		next := c.table.of(r).wb()
		if next == wbIgnorable {
			i, runes = i+n, runes+1
			continue
		}
		letters := (prev == wbLetter || prev == wbHebrew) && (next == wbLetter || next == wbHebrew)
		numbers := prev == wbNumeric && next == wbNumeric
		ok := false
		switch mid {
		case wbMidLetter:
			ok = letters
		case wbMidNum:
			ok = numbers
		case wbMidNumLet, wbSingleQuote:
			ok = letters || numbers
		case wbDoubleQuote:
			ok = prev == wbHebrew && next == wbHebrew
		}
		if ok {
			return i, runes
		}
		break
	}
	return 0, 0
}
