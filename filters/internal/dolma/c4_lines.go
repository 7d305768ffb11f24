package dolma

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
func (f *C4) mark(t *text.View) {
	s := t.Text()
	f.marks = f.marks[:0]
	at, from, plain := 0, 0, t.ASCII()
	for {
		size := strings.IndexByte(s[from:], '\n')
		to := len(s)
		if size >= 0 {
			to = from + size + 1
		}
		whole := s[from:to]
		runes := len(whole)
		if !plain {
			runes = utf8.RuneCountInString(whole)
			if f.Tagger != "v1" {
				runes += strings.Count(whole, "İ")
			}
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

// folded returns the text in which ASCII letters stand for all that Python's str.lower makes ASCII letters of: outside ASCII these are the
// Kelvin sign, and "İ", which becomes an i and a dot. Nearly always it is the text itself.
func (f *C4) folded(t *text.View) string {
	const kelvin, dotted = "\u212A", "\u0130"
	s := t.Text()
	if t.ASCII() || !strings.Contains(s, kelvin) && !strings.Contains(s, dotted) {
		return s
	}
	return strings.NewReplacer(kelvin, "k", dotted, "i\u0307").Replace(s)
}
