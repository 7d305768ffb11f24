package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Line is a line that is not blank, without the white space around it.
type Line struct {
	Span
	Runes  int32  // characters
	Width  int32  // columns: wide characters count two
	Ending Ending // how it ends
	Hash   uint64 // of its bytes
}

// An Ending says how a line ends. Closing quotes and brackets after a mark do not hide it.
type Ending uint8

// The ends of a line.
const (
	EndMark     Ending = 1 << iota // Sentence_Terminal, ellipsis excluded
	EndQuote                       // a closing quotation mark
	EndEllipsis                    // "..." or "…"
)

// A Paragraph is a run of lines without a blank line between them.
type Paragraph struct {
	First, Last int32  // indexes in Lines, both inside
	Runes       int32  // characters of its lines
	Hash        uint64 // of its lines
}

// Lines returns the lines that are not blank, in order.
func (v *View) Lines() []Line {
	if !v.cut.lines {
		v.cutLines()
	}
	return v.lines
}

// Paragraphs returns the paragraphs, in order.
func (v *View) Paragraphs() []Paragraph {
	v.Lines()
	return v.paragraphs
}

// Newlines returns the number of \n in the text.
func (v *View) Newlines() int {
	v.Lines()
	return v.newlines
}

func (v *View) cutLines() {
	v.checkSize()
	v.cut.lines = true
	v.lines, v.paragraphs, v.newlines = v.lines[:0], v.paragraphs[:0], 0
	plain := v.ASCII()
	blank := true
	for start := 0; start <= len(v.text); {
		end := len(v.text)
		if i := strings.IndexByte(v.text[start:], '\n'); i >= 0 {
			end = start + i
			v.newlines++
		}
		if lo, hi := trim(v.text, start, end); lo < hi {
			v.addLine(lo, hi, plain, blank)
			blank = false
		} else {
			blank = true
		}
		start = end + 1
	}
}

func (v *View) addLine(start, end int, plain, first bool) {
	s := v.text[start:end]
	l := Line{Span: Span{int32(start), int32(end)}, Hash: hashIn(v.text, start, end), Ending: LineEnding(s)}
	if plain || isASCII(s) {
		l.Runes, l.Width = int32(len(s)), int32(len(s))
	} else {
		runes, columns := measure(s)
		l.Runes, l.Width = int32(runes), int32(columns)
	}
	at := int32(len(v.lines))
	v.lines = append(v.lines, l)
	if first {
		v.paragraphs = append(v.paragraphs, Paragraph{at, at, l.Runes, Join(0, l.Hash)})
		return
	}
	p := &v.paragraphs[len(v.paragraphs)-1]
	p.Last, p.Runes, p.Hash = at, p.Runes+l.Runes, Join(p.Hash, l.Hash)
}

// trim returns s[start:end] without white space at both ends.
func trim(s string, start, end int) (int, int) {
	for start < end && byteClass[s[start]] == byteSpace {
		start++
	}
	for start < end && byteClass[s[end-1]] == byteSpace {
		end--
	}
	if start < end && (s[start] >= utf8.RuneSelf || s[end-1] >= utf8.RuneSelf) {
		in := s[start:end]
		left := strings.TrimLeftFunc(in, unicode.IsSpace)
		start += len(in) - len(left)
		end = start + len(strings.TrimRightFunc(left, unicode.IsSpace))
	}
	return start, end
}

// LineEnding says how a line that does not end in white space ends.
func LineEnding(s string) (e Ending) {
	t := classes()
	for i := len(s); i > 0; {
		r, n := rune(s[i-1]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeLastRuneInString(s[:i])
		}
		switch c := t.of(r); {
		case r == 0x2026 || r == '.' && i >= 3 && s[i-3:i] == "...":
			return e | EndEllipsis
		case c&flagEnd != 0 || r == ':' && afterArmenian(s[:i-1]):
			return e | EndMark
		case c&flagCloser != 0:
			if c&flagQuote != 0 && i == len(s) {
				e |= EndQuote
			}
		case c.wb() != wbIgnorable: // such as a variation selector
			return e
		}
		i -= n
	}
	return e
}

// afterArmenian says whether s ends in an Armenian letter, closing quotes and brackets aside: a colon that follows stands for the
// Armenian full stop, which looks the same and which most keyboards lack.
func afterArmenian(s string) bool {
	t := classes()
	for s != "" {
		r, n := utf8.DecodeLastRuneInString(s)
		if t.of(r)&flagCloser == 0 {
			return unicode.Is(unicode.Armenian, r)
		}
		s = s[:len(s)-n]
	}
	return false
}
