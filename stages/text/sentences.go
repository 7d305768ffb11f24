package text

import (
	"unicode"
	"unicode/utf8"
)

// Sentences returns the number of sentences. A sentence ends at the end of its line, or at a run of end marks (Sentence_Terminal, and the
// Khmer and Tibetan marks) and closing quotes or brackets that white space follows, unless a lower-case letter comes next
// (UAX #29, SB8); marks of scripts without spaces need no space. A sentence holds at least one letter or number.
// Thai and Lao, which have no end marks, end sentences and clauses with a space: there a space between letters counts as an end.
func (v *View) Sentences() int {
	if v.cut.sentences {
		return v.sentences
	}
	v.cut.sentences, v.sentences = true, 0
	bySpace := !v.HasEndMarks()
	for _, l := range v.Lines() {
		v.sentences += sentences(v.text[l.Start:l.End], bySpace)
	}
	return v.sentences
}

// HasEndMarks says whether the script of the text has end marks: Thai and Lao have none.
func (v *View) HasEndMarks() bool {
	k := v.Kind()
	return k != Thai && k != Lao
}

// sentences counts the sentences of one line.
func sentences(s string, bySpace bool) (n int) {
	t := classes()
	open := false // a letter or number has been seen since the last end
	for i := 0; i < len(s); {
		b := s[i]
		if k := byteClass[b]; k&(byteLetter|byteDigit) != 0 {
			open = true
			i += max(1, letters(s, i))
			continue
		} else if b < utf8.RuneSelf && b != '.' && b != '!' && b != '?' && b != ':' && !(bySpace && k == byteSpace) {
			i++
			continue
		}
		r, size := decode(s, i)
		i += size
		c := t.of(r)
		switch {
		case c&flagEnd != 0 || r == ':' && afterArmenian(s[:i-1]):
			end, next := ending(s, i, c, t)
			i = next
			if end && open {
				n, open = n+1, false
			}
		case bySpace && c.wb() == wbSpace:
			if open {
				n, open = n+1, false
			}
		case c.wb() >= wbLetter && c.wb() <= wbNumeric || c.wb() == wbUnit:
			open = true
		}
	}
	if open {
		n++
	}
	return n
}

// ending looks at what follows an end mark of class c before s[i:]: further marks, closers, then white space and no lower-case letter. It
// returns whether a sentence ends there and where the marks do.
func ending(s string, i int, c class, t *classTable) (end bool, next int) {
	all := c
	for i < len(s) {
		r, n := decode(s, i)
		c = t.of(r)
		if c&(flagEnd|flagCloser) == 0 && c.wb() != wbIgnorable {
			break
		}
		all |= c & flagNoSpaces
		i += n
	}
	if i == len(s) || all&flagNoSpaces != 0 {
		return true, i
	}
	if c.wb() != wbSpace {
		return false, i
	}
	for j := i; j < len(s); {
		r, n := decode(s, j)
		if t.of(r).wb() != wbSpace {
			return !unicode.IsLower(r), i
		}
		j += n
	}
	return true, i
}
