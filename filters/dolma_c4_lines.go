package filters

import (
	"strings"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/python"
)

// minLineWords is dolma's MIN_WORDS_PER_LINE.
const minLineWords = 3

// mark goes over the lines of a text: split at "\n", white space around them taken off, then looked at. v2 counts code points of the lowered text:
// "İ", the only character that becomes two there, makes what follows stand one further.
func (f *DolmaC4) mark(t *text.View) {
	s := t.Text()
	f.marks = f.marks[:0]
	at, from := 0, 0
	for {
		size := strings.IndexByte(s[from:], '\n')
		to := len(s)
		if size >= 0 {
			to = from + size + 1
		}
		whole := s[from:to]
		runes := utf8.RuneCountInString(whole)
		if f.Tagger != "v1" {
			runes += strings.Count(whole, "İ")
		}
		line := strings.TrimFunc(whole, python.IsSpace)
		f.marks = append(f.marks, lineMark{
			start: at, end: at + runes, from: from, to: to,
			noEnding: !hasEndMark(line), short: fewWords(line),
		})
		if size < 0 {
			return
		}
		at, from = at+runes, to
	}
}

// hasEndMark says whether a line ends in one of dolma's EOL_PUNCTUATION.
func hasEndMark(line string) bool {
	return line != "" && strings.IndexByte(`.?!"`, line[len(line)-1]) >= 0
}

// fewWords says whether a line has fewer than minLineWords words. It has no white space around it.
func fewWords(line string) bool {
	words := 0
	for line != "" {
		if words++; words == minLineWords {
			return false
		}
		i := strings.IndexFunc(line, python.IsSpace)
		if i < 0 {
			break
		}
		line = strings.TrimLeftFunc(line[i:], python.IsSpace)
	}
	return true
}

// lower returns the text lowered as far as the rules can tell: of all characters outside ASCII only the Kelvin sign and "İ" have ASCII
// letters in what Python's str.lower makes of them.
func (f *DolmaC4) lower(t *text.View) string {
	s := t.Text()
	if cap(f.lowered) > maxKept && len(s) <= maxKept {
		f.lowered = nil
	}
	out := f.lowered[:0]
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'A' <= c && c <= 'Z':
			c |= 0x20
		case c == 0xC4 && strings.HasPrefix(s[i:], "İ"):
			out = append(out, "i\u0307"...)
			i++
			continue
		case c == 0xE2 && strings.HasPrefix(s[i:], "\u212A"):
			out = append(out, 'k')
			i += 2
			continue
		}
		out = append(out, c)
	}
	f.lowered = out
	return string(out)
}
