package punkt

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Span is a sentence: bytes Start to End of the text.
type Span struct{ Start, End int }

// Sentences returns the number of sentences of a text.
func Sentences(text string) int {
	n := 0
	for range Spans(text) {
		n++
	}
	return n
}

// Spans yields the sentences of a text, with the closing quotes and brackets that follow a full stop.
func Spans(text string) iter.Seq[Span] {
	return func(yield func(Span) bool) {
		var prev Span
		have, moved := false, 0
		for next := range cuts(text) {
			if !have {
				prev, have = next, true
				continue
			}
			prev.Start += moved
			whole, trimmed := realigned(text[min(next.Start, next.End):next.End])
			moved = whole
			if whole > 0 {
				if !yield(Span{prev.Start, next.Start + trimmed}) {
					return
				}
			} else if prev.Start < prev.End && !yield(prev) {
				return
			}
			prev = next
		}
		prev.Start += moved
		if prev.Start < prev.End {
			yield(prev)
		}
	}
}

// realigned returns the length of the quotes and brackets that s begins with and that belong to the sentence before, with the white space behind
// them and without.
func realigned(s string) (whole, trimmed int) {
	for trimmed < len(s) {
		r, size := utf8.DecodeRuneInString(s[trimmed:])
		if !strings.ContainsRune("\"')]}‘’“”«»", r) {
			break
		}
		trimmed += size
		rest := s[trimmed:]
		space := len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
		if rest == "" || space > 0 || strings.HasPrefix(rest, "--") {
			return trimmed + space, trimmed
		}
	}
	return 0, 0
}

// cuts yields sentences before closing punctuation finds its place.
func cuts(text string) iter.Seq[Span] {
	return func(yield func(Span) bool) {
		start := 0
		var list []token
		for e := range marks(text) {
			list = tokens(list[:0], text[e.word:e.after])
			if !breaks(list) {
				continue
			}
			if !yield(Span{start, e.at + 1}) {
				return
			}
			start = e.at + 1
			if e.next > 0 {
				start = e.next
			}
		}
		yield(Span{start, len(strings.TrimRightFunc(text, isSpace))})
	}
}

// isSpace is white space to Python's str methods, which take four separators more than Unicode's property.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

// An end is a place where a sentence may end: a period, question or exclamation mark with what stands around it.
type end struct {
	word  int // where the word before it begins
	at    int
	next  int // where the next word begins; 0 where closing punctuation follows
	after int // where that which follows ends
}

// marks yields the possible ends; of several in one word the last.
func marks(text string) iter.Seq[end] {
	return func(yield func(end) bool) {
		var last end
		have, from, stop := false, 0, 0 // the word before the last end
		for i := 0; i < len(text); i++ {
			if c := text[i]; c >= utf8.RuneSelf || kinds[c]&ends == 0 {
				continue
			}
			e, ok := endAt(text, i)
			if !ok {
				continue
			}
			word := from
			if space := strings.LastIndexAny(text[stop:i], " \t\n\r\v\f"); space > 0 {
				word = stop + space + 1
			}
			if have && stop <= word && !yield(last) {
				return
			}
			e.word = word
			last, have, from, stop = e, true, word, i
		}
		if have {
			yield(last)
		}
	}
}

// endAt says whether a sentence can end with the mark at i: closing punctuation follows, or white space and a word.
func endAt(text string, i int) (end, bool) {
	r, size := utf8.DecodeRuneInString(text[i+1:])
	if size == 0 {
		return end{}, false
	}
	if isClosing(r) {
		return end{at: i, after: i + 1 + size}, true
	}
	if !unicode.IsSpace(r) {
		return end{}, false
	}
	rest := strings.TrimLeftFunc(text[i+1:], unicode.IsSpace)
	if rest == "" {
		return end{}, false
	}
	next := len(text) - len(rest)
	if k := strings.IndexFunc(rest, unicode.IsSpace); k >= 0 {
		rest = rest[:k]
	}
	return end{at: i, next: next, after: next + len(rest)}, true
}

// breaks says whether a sentence ends inside of a context.
func breaks(list []token) bool {
	for i := range len(list) - 1 {
		a, b := &list[i], &list[i+1]
		a.decide(b)
		if a.breaks {
			return true
		}
	}
	return false
}

// decide looks at the token behind a to say whether a sentence ends with a (section 4 of the paper).
func (a *token) decide(b *token) {
	if !a.period {
		return
	}
	p := params()
	stem, next := a.stem(), b.next()
	if p.collocations[[2]string{stem, next}] {
		a.breaks, a.abbr = false, true
		return
	}
	if (a.abbr || a.ellipsis) && !a.initial {
		if p.starts(b) == yes || b.capital() && p.starters[next] {
			a.breaks = true
			return
		}
	}
	if !a.initial && stem != number {
		return
	}
	starts := p.starts(b)
	if starts == no || starts == unsure && a.initial && b.capital() && p.context[next]&lower == 0 {
		a.breaks, a.abbr = false, true
	}
}

type answer int

const (
	unsure answer = iota
	yes
	no
)

// starts says by its case whether a sentence starts with a token.
func (p *parameters) starts(t *token) answer {
	switch t.text {
	case ";", ":", ",", ".", "!", "?":
		return no
	}
	c := p.context[t.next()]
	switch {
	case t.capital() && c&lower != 0 && c&midUpper == 0:
		return yes
	case t.small() && (c&upper != 0 || c&begLower == 0):
		return no
	}
	return unsure
}
