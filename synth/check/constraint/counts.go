package constraint

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/winnow-data/winnow/synth/check/constraint/punkt"
)

func words(a *args) (string, func(*Text) found) {
	n, r := a.count("num_words"), a.relation("relation")
	return counted(r, n, "words", (*Text).wordCount)
}

func sentences(a *args) (string, func(*Text) found) {
	n, r := a.count("num_sentences"), a.relation("relation")
	return counted(r, n, "sentences", (*Text).sentenceCount)
}

func capitalWords(a *args) (string, func(*Text) found) {
	n, r := a.count("capital_frequency"), a.relation("capital_relation")
	return counted(r, n, "words in capitals", (*Text).capitalCount)
}

// letters counts a character in the text in lower case.
func letters(a *args) (string, func(*Text) found) {
	letter, n, r := strings.ToLower(a.text("letter")), a.count("let_frequency"), a.relation("let_relation")
	if utf8.RuneCountInString(letter) > 1 {
		a.fail("argument \"letter\" is %q, want one letter", letter)
	}
	return counted(r, n, fmt.Sprintf("of the letter %q", letter), func(t *Text) int { return strings.Count(t.lower(), letter) })
}

// placeholders counts \[.*?\].
func placeholders(a *args) (string, func(*Text) found) {
	return counted(atLeast, a.count("num_placeholders"), "placeholders [so]", func(t *Text) int {
		n := 0
		for line := range strings.SplitSeq(t.text, "\n") {
			for {
				_, rest, ok := strings.Cut(line, "[")
				if !ok {
					break
				}
				if _, line, ok = strings.Cut(rest, "]"); !ok {
					break
				}
				n++
			}
		}
		return n
	})
}

// bullets counts ^\s*\*[^\*].*$ and ^\s*-.*$.
func bullets(a *args) (string, func(*Text) found) {
	return counted(exactly, a.count("num_bullets"), "list items", func(t *Text) int {
		return items(t.text, starItem) + items(t.text, dashItem)
	})
}

// items counts the items of a list; item returns how many bytes of s are its mark, 0 for no item.
func items(s string, item func(s string) int) int {
	n := 0
	for at := 0; at < len(s); {
		from := len(s) - len(strings.TrimLeftFunc(s[at:], isSpace))
		if mark := item(s[from:]); mark > 0 {
			n++
			from += mark
		}
		line := strings.IndexByte(s[from:], '\n')
		if line < 0 {
			break
		}
		at = from + line + 1
	}
	return n
}

func dashItem(s string) int {
	if strings.HasPrefix(s, "-") {
		return 1
	}
	return 0
}

// starItem takes the character behind the asterisk too, even a line feed.
func starItem(s string) int {
	if len(s) < 2 || s[0] != '*' || s[1] == '*' {
		return 0
	}
	_, size := utf8.DecodeRuneInString(s[1:])
	return 1 + size
}

// highlights counts \*[^\n\*]*\* and, again, \*\*[^\n\*]*\*\*, where something stands inside.
func highlights(a *args) (string, func(*Text) found) {
	return counted(atLeast, a.count("num_highlights"), "*highlighted* parts", func(t *Text) int {
		return marked(t.text, "*") + marked(t.text, "**")
	})
}

func marked(s, mark string) int {
	n := 0
	for {
		i := strings.Index(s, mark)
		if i < 0 {
			return n
		}
		inside := s[i+len(mark):]
		end := strings.IndexAny(inside, "*\n")
		switch {
		case end < 0:
			return n
		case !strings.HasPrefix(inside[end:], mark):
			s = s[i+1:]
			continue
		}
		if strings.TrimFunc(inside[:end], isSpace) != "" {
			n++
		}
		s = inside[end+len(mark):]
	}
}

// paragraphs counts what stands between ***; an empty one between two is a mistake.
func paragraphs(a *args) (string, func(*Text) found) {
	n := a.count("num_paragraphs")
	return fmt.Sprintf("%d paragraphs between ***", n), func(t *Text) found {
		parts := strings.Split(t.text, "***")
		got := len(parts)
		for i, p := range parts {
			if strings.TrimFunc(p, isSpace) != "" {
				continue
			}
			if i > 0 && i < len(parts)-1 {
				return noted(false, "an empty one")
			}
			got--
		}
		f := is(got == n)
		f.count, f.unit = got, "paragraphs"
		return f
	}
}

// sections counts \s?SPLITTER\s?\d+\s?, the splitter being a regular expression.
func sections(a *args) (string, func(*Text) found) {
	splitter, n := a.text("section_spliter"), a.count("num_sections")
	unit := fmt.Sprintf("sections %q", splitter)
	if literal(splitter) {
		return counted(atLeast, n, unit, func(t *Text) int { return numbered(t.text, splitter) })
	}
	if strings.Contains(splitter, "(") {
		a.fail("argument \"section_spliter\" is %q: groups are not allowed", splitter)
	}
	p, err := compile(`\s?`+splitter+`\s?\d+\s?`, false)
	if err != nil {
		a.fail("argument \"section_spliter\" is %q: %w", splitter, err)
	}
	return patterned(atLeast, n, unit, p, func(t *Text) string { return t.text })
}

// numbered counts a word with a number behind it.
func numbered(s, word string) int {
	n := 0
	for {
		i := strings.Index(s, word)
		if i < 0 {
			return n
		}
		rest := s[i+len(word):]
		if r, size := utf8.DecodeRuneInString(rest); size > 0 && isSpace(r) {
			rest = rest[size:]
		}
		if r, size := utf8.DecodeRuneInString(rest); size > 0 && unicode.Is(unicode.Nd, r) {
			n++
			s = strings.TrimLeftFunc(rest, func(r rune) bool { return unicode.Is(unicode.Nd, r) })
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		s = s[i+size:]
	}
}

// firstWord wants so many paragraphs between blank lines, and the n-th to begin with a word.
func firstWord(a *args) (string, func(*Text) found) {
	count, nth := a.count("num_paragraphs"), a.count("nth_paragraph")
	var first string
	if a.decode("first_word", &first, "a word") {
		first = punkt.Lower(first)
	}
	if nth < 1 || nth > count {
		a.fail("argument \"nth_paragraph\" is %d, allowed are 1 to num_paragraphs, %d", nth, count)
	}
	return fmt.Sprintf("%d paragraphs, paragraph %d begins with %q", count, nth, first), func(t *Text) found {
		parts := strings.Split(t.text, "\n\n")
		got := 0
		for _, p := range parts {
			if strings.TrimFunc(p, isSpace) != "" {
				got++
			}
		}
		if nth > got {
			return found{result: failed, count: got, unit: "paragraphs"}
		}
		p := strings.TrimFunc(parts[nth-1], isSpace)
		if p == "" {
			return noted(false, "the paragraph is empty")
		}
		word := opening(p)
		if got != count {
			return found{result: failed, count: got, unit: "paragraphs"}
		}
		if word != first {
			return noted(false, "it begins with "+quoted(word))
		}
		return is(true)
	}
}

// opening is the first word of a paragraph in lower case, up to its punctuation.
func opening(p string) string {
	if i := strings.IndexFunc(p, isSpace); i >= 0 {
		p = p[:i]
	}
	p = strings.TrimLeft(strings.TrimLeft(p, "'"), `"`)
	if i := strings.IndexAny(p, `.,?!'"`); i >= 0 {
		p = p[:i]
	}
	return strings.ReplaceAll(strings.ReplaceAll(punkt.Lower(p), "ς", "σ"), "Σ", "σ")
}
