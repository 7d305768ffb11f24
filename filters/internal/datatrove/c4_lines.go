package datatrove

import (
	"math"
	"strings"

	"github.com/winnow-data/winnow/filters/internal/phrase"
	"github.com/winnow-data/winnow/stages/text/python"
)

// A fate is what datatrove's C4QualityFilter does with a line: the counter that it raises for it.
type fate uint8

const (
	fateKept fate = iota
	fateLongWord
	fateNoEnd
	fateFewWords
	fateJavascript
	fatePolicy
	fateLorem // drops the document
	fateCurly // drops the document
	fates
)

// reasons are the reasons of the fates that drop a document.
var reasons = [fates]string{fateLorem: "lorem_ipsum", fateCurly: "curly_bracket"}

// phrases are what lines are asked for: lorem ipsum, javascript, then notices.
var phrases = phrase.NewSet("lorem ipsum", "javascript",
	"terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")

// edit returns what is left of s, and the reason to drop the document where there is one. It adds to f.found and f.fates.
func (f *C4) edit(s string) (edited, reason string) {
	gap := byte('\n')
	if f.SplitParagraph {
		f.lines = python.SplitLines(f.lines[:0], s)
	} else {
		gap = ' '
		f.lines = f.cutter.Sentences(f.lines[:0], s)
	}
	if cap(f.out) > maxKept && len(s) <= maxKept {
		f.out = nil
	}
	f.out = f.out[:0]
	kept := false
	for _, l := range f.lines {
		line, fate := f.line(s[l.Start:l.End])
		f.fates[fate]++
		if reason := reasons[fate]; reason != "" {
			return s, reason
		}
		if fate != fateKept {
			continue
		}
		if !f.NumSentences.Open() {
			f.found += f.sentences(line)
		}
		if kept {
			f.out = append(f.out, gap)
		}
		f.out = append(f.out, line...)
		kept = true
	}
	return python.Strip(string(f.out)), ""
}

// sentences returns the sentences of a line that stays.
func (f *C4) sentences(line string) int {
	if !f.SplitParagraph {
		return 1
	}
	return f.cutter.CountSentences(line)
}

// line decides the fate of a line and returns what is left of it.
func (f *C4) line(s string) (line string, fate fate) {
	line = python.Strip(s)
	if float64(len(line)) > f.inWord.Max && f.hasLongWord(line) {
		return line, fateLongWord
	}
	few := !f.perLine.Has(f.words(line))
	if f.RemoveCitations && strings.IndexByte(line, '[') >= 0 {
		line = withoutCitations(line)
	}
	if f.NoTerminalPunct && !hasEnd(line) {
		return line, fateNoEnd
	}
	if few {
		return line, fateFewWords
	}
	lorem, javascript, policy := phrasesIn(line)
	switch {
	case f.LoremIpsum && lorem:
		return line, fateLorem
	case f.Javascript && javascript:
		return line, fateJavascript
	case f.CurlyBracket && strings.IndexByte(line, '{') >= 0:
		return line, fateCurly
	case f.Policy && policy:
		return line, fatePolicy
	}
	return line, fateKept
}

// hasEnd says whether a line ends in one of . ? ! " ' and not in "...".
func hasEnd(line string) bool {
	if line == "" {
		return false
	}
	switch line[len(line)-1] {
	case '?', '!', '"', '\'':
		return true
	case '.':
		return !strings.HasSuffix(line, "...")
	}
	return false
}

// kelvin is the one character beyond ASCII whose lower case can be part of a phrase: k.
const kelvin = "\u212A"

// phrasesIn says which kinds of phrases the line holds in lower case.
func phrasesIn(line string) (lorem, javascript, policy bool) {
	if strings.Contains(line, kelvin) {
		line = python.Lower(line)
	}
	for i := 0; ; i++ {
		at, k := phrases.Next(line, i)
		if at < 0 {
			return lorem, javascript, policy
		}
		switch k {
		case 0:
			lorem = true
		case 1:
			javascript = true
		default:
			policy = true
		}
		i = at
	}
}

// hasLongWord says whether a word of the line has more characters than are allowed.
func (f *C4) hasLongWord(line string) bool {
	for rest := line; rest != ""; {
		var word string
		if word, rest = python.Word(rest); float64(len(word)) > f.inWord.Max && float64(python.Len(word)) > f.inWord.Max {
			return true
		}
	}
	return false
}

// words returns the words of a line, or as many as it needs to stay where there is no upper bound.
func (f *C4) words(line string) (n float64) {
	enough := math.Inf(1)
	if math.IsInf(f.perLine.Max, 1) {
		enough = f.perLine.Min
	}
	for rest := line; n < enough && rest != ""; {
		var word string
		if word, rest = python.Word(rest); word != "" {
			n++
		}
	}
	return n
}

// withoutCitations takes out what matches \[\d*]|\[edit]|\[citation needed].
func withoutCitations(line string) string {
	var b strings.Builder
	for {
		at := strings.IndexByte(line, '[')
		if at < 0 {
			b.WriteString(line)
			return b.String()
		}
		b.WriteString(line[:at])
		line = line[at:]
		n := citation(line)
		if n == 0 {
			b.WriteByte('[')
			n = 1
		}
		line = line[n:]
	}
}

// citationMarks beside the numbered ones.
var citationMarks = []string{"[edit]", "[citation needed]"}

// citation returns the length of the citation mark that s, which begins with a bracket, begins with; 0 for none.
func citation(s string) int {
	for i, c := range s {
		switch {
		case i == 0 || python.IsDecimal(c):
			continue
		case c == ']':
			return i + 1
		}
		break
	}
	for _, m := range citationMarks {
		if strings.HasPrefix(s, m) {
			return len(m)
		}
	}
	return 0
}
