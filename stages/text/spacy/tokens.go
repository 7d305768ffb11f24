package spacy

import (
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text"
)

// tokens appends the tokens of s, those of white space too: the plain form of what [Tokenizer] does, step by step.
func (r *rules) tokens(dst []text.Span, s string) []text.Span {
	first := len(dst)
	for i := 0; i < len(s); {
		start, space := i, isSpaceAt(s, i)
		for i < len(s) && isSpaceAt(s, i) == space {
			_, n := utf8.DecodeRuneInString(s[i:])
			i += n
		}
		switch {
		case !space:
			dst = r.chunk(dst, s, start, i, true)
		case start > 0 && s[start] == ' ' && start+1 == i:
		case start > 0 && s[start] == ' ':
			dst = append(dst, span(start+1, i))
		default:
			dst = append(dst, span(start, i))
		}
	}
	replaced, _ := r.replaceSequences(dst[first:], s)
	return append(dst[:first], replaced...)
}

func span(from, to int) text.Span { return text.Span{Start: int32(from), End: int32(to)} }

// chunk appends the tokens of the chunk s[from:to], by steps 2 and 3 of the package comment. special says whether special cases count.
func (r *rules) chunk(dst []text.Span, s string, from, to int, special bool) []text.Span {
	is := func(from, to int) bool { return special && r.isSpecial(s[from:to]) }
	var few [16]int
	ends := few[:0] // of suffixes, the last one of the chunk first
	for last := -1; from < to && to-from != last && !is(from, to); {
		last = to - from
		p := r.prefix(s[from:to])
		if p > 0 && from+p < to && is(from+p, to) {
			dst = append(dst, span(from, from+p))
			from += p
			break
		}
		q := r.suffix(s[from+p : to])
		if q > 0 && from < to-q && is(from, to-q) {
			ends = append(ends, to)
			to -= q
			break
		}
		if p > 0 {
			dst = append(dst, span(from, from+p))
			from += p
		}
		if q > 0 {
			ends = append(ends, to)
			to -= q
		}
	}
	if from < to {
		dst = r.middle(dst, s, from, to, special)
	}
	for i := len(ends) - 1; i >= 0; i-- {
		dst = append(dst, span(to, ends[i]))
		to = ends[i]
	}
	return dst
}

// middle appends the tokens of what is left of a chunk without its prefixes and suffixes.
func (r *rules) middle(dst []text.Span, s string, from, to int, special bool) []text.Span {
	if special && r.isSpecial(s[from:to]) {
		for _, p := range r.special[s[from:to]] {
			dst = append(dst, span(from, from+len(p)))
			from += len(p)
		}
		return dst
	}
	m := s[from:to]
	if r.isURL(m) {
		return append(dst, span(from, to))
	}
	done := 0
	for i := 0; ; {
		start, end := r.infix(m, i)
		if start < 0 {
			break
		}
		i = end
		if start == 0 {
			continue
		}
		if start > done {
			dst = append(dst, span(from+done, from+start))
		}
		dst = append(dst, span(from+start, from+end))
		done = end
	}
	if done < len(m) {
		dst = append(dst, span(from+done, to))
	}
	return dst
}
