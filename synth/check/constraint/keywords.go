package constraint

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/winnow-data/winnow/synth/check/constraint/punkt"
)

// A keyword is a regular expression, as in the reference. Most are plain words: those are looked for in the folded text.
type keyword struct {
	shown string
	plain string // folded; "" for a pattern
	expr  *pattern
}

// keyword reads one that matches inside of words, or only whole ones.
func (a *args) keyword(name, s string, whole bool) keyword {
	if literal(s) {
		return keyword{shown: s, plain: foldText(s)}
	}
	expr := s
	if whole {
		expr = `\b` + s + `\b`
	}
	p, err := compile(expr, true)
	if err != nil {
		a.fail("argument %q holds %q: %w", name, s, err)
	}
	return keyword{shown: s, expr: p}
}

// existence wants every keyword, also inside of words.
func existence(a *args) (string, func(*Text) found) {
	words := a.texts("keywords")
	keys := make([]keyword, len(words))
	for i, s := range words {
		keys[i] = a.keyword("keywords", s, false)
	}
	return fmt.Sprintf("with %q", words), func(t *Text) found {
		for _, k := range keys {
			f := found{}
			if k.plain != "" {
				f = noted(strings.Contains(t.folded(), k.plain), "")
			} else {
				f = k.expr.has(t.text, "", true)
			}
			if f.result != passed {
				f.note = strings.TrimSpace(fmt.Sprintf("%q is missing %s", k.shown, f.note))
				return f
			}
		}
		return is(true)
	}
}

// forbidden wants none of the words; a part of a longer word does not count.
func forbidden(a *args) (string, func(*Text) found) {
	words := a.texts("forbidden_words")
	keys := make([]keyword, len(words))
	for i, s := range words {
		keys[i] = a.keyword("forbidden_words", s, true)
	}
	return fmt.Sprintf("without %q", words), func(t *Text) found {
		for _, k := range keys {
			f := found{}
			if k.plain != "" {
				f = noted(!hasWord(t.folded(), k.plain), "")
			} else {
				f = k.expr.has(t.text, "", false)
			}
			if f.result != passed {
				f.note = strings.TrimSpace(fmt.Sprintf("%q is there %s", k.shown, f.note))
				return f
			}
		}
		return is(true)
	}
}

// hasWord says whether word stands in s between word boundaries.
func hasWord(s, word string) bool {
	for at := 0; ; {
		i := strings.Index(s[at:], word)
		if i < 0 {
			return false
		}
		i += at
		if boundary(s, i) && boundary(s, i+len(word)) {
			return true
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		at = i + size
	}
}

// boundary is \b to Python's re.
func boundary(s string, i int) bool {
	before, n := utf8.DecodeLastRuneInString(s[:i])
	after, m := utf8.DecodeRuneInString(s[i:])
	return (n > 0 && punkt.IsAlnum(before)) != (m > 0 && punkt.IsAlnum(after))
}

// frequency counts a keyword, also inside of words.
func frequency(a *args) (string, func(*Text) found) {
	word, n, r := a.text("keyword"), a.count("frequency"), a.relation("relation")
	k := a.keyword("keyword", word, false)
	unit := fmt.Sprintf("of %q", word)
	if k.expr == nil {
		return counted(r, n, unit, func(t *Text) int { return strings.Count(t.folded(), k.plain) })
	}
	return patterned(r, n, unit, k.expr, func(t *Text) string { return t.text })
}
