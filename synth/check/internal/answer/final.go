package answer

import (
	"strings"
	"unicode/utf8"
)

// A How says where an answer is looked for.
type How string

// The places of answers.
const (
	Auto   How = "auto"   // the last statement of any kind, else the whole text where it is a value, else the last number
	Hash   How = "hash"   // the line behind the last ####
	Boxed  How = "boxed"  // the last \boxed{…}
	Phrase How = "phrase" // behind the last "answer is", "Answer:", 答案是, 故选
	Number How = "number" // the last number of the text
	All    How = "all"    // the whole text
)

// Hows lists the places of answers.
var Hows = []How{Auto, Hash, Boxed, Phrase, Number, All}

// A Span is the part of a text that states its answer.
type Span struct {
	Text  string
	Kind  How    // Hash, Boxed, Phrase, Number or All
	Loose bool   // All for want of a statement: where it is no value its last number is meant
	Hedge string // what next to the statement changes its value or takes it back
}

// Final returns where text states its answer. ok is false where it states none; of a statement that is begun and left empty, too.
func Final(text string, how How) (span Span, ok bool) {
	text = spoken(text)
	switch how {
	case All:
		return Span{Text: text, Kind: All}, strings.TrimSpace(text) != ""
	case Number:
		return counted(text)
	}
	for i := len(text) - 1; i >= 0; i-- {
		at, kind := marker(text, i)
		if kind == "" || how != Auto && how != kind {
			continue
		}
		if s, found := statement(text, at, kind); found {
			return Span{Text: s, Kind: kind, Hedge: around(text, s, at, kind)}, s != ""
		}
	}
	if how != Auto {
		return Span{}, false
	}
	if l := lastLine(text); len(l) == 1 && l[0] >= 'A' && l[0] <= 'J' {
		return Span{Text: l, Kind: Phrase}, true
	}
	if t := unfenced(text); len(t) <= maxWhole && t != "" {
		return Span{Text: t, Kind: All, Loose: true}, true
	}
	return counted(text)
}

// counted returns the last number of text.
func counted(text string) (Span, bool) {
	s, ok := lastNumber(text)
	span := Span{Text: s, Kind: Number}
	if at := place(text, s); at >= 0 {
		span.Hedge = hedge(text, at)
	}
	if cut(s) {
		span.Hedge = "a formula that is not read"
	}
	return span, ok
}

// lastLine returns the last line of text that is not blank, without Markdown around it.
func lastLine(text string) string {
	t := strings.TrimRight(text, " \t\r\n")
	return strings.Trim(t[strings.LastIndexByte(t, '\n')+1:], " *().")
}

// maxWhole is how long a text may be to be an answer as a whole, in bytes.
const maxWhole = 400

// spoken returns text without what a model thinks to itself: up to the last closing tag, and from an opening tag that stays open.
func spoken(text string) string {
	if !thinks(text) {
		return text
	}
	for _, tag := range [...]string{"think>", "thinking>", "thought>"} {
		for end := len(text); ; {
			k := strings.LastIndex(text[:end], tag)
			if k < 0 {
				break
			}
			if strings.HasSuffix(text[:k], "</") {
				text = text[k+len(tag):]
				break
			}
			if strings.HasSuffix(text[:k], "<") {
				text = text[:k-1]
				break
			}
			end = k
		}
	}
	return text
}

// thinks says whether text has a tag of those that spoken looks for.
func thinks(text string) bool {
	for from := 0; ; {
		k := strings.IndexByte(text[from:], '>')
		if k < 0 {
			return false
		}
		from += k + 1
		if tag := text[:from-1]; strings.HasSuffix(tag, "think") || strings.HasSuffix(tag, "thinking") || strings.HasSuffix(tag, "thought") {
			return true
		}
	}
}

// marker says whether the last byte of a marker of answers stands at i; at is where the statement begins.
func marker(s string, i int) (at int, kind How) {
	switch s[i] {
	case '#':
		if i >= 3 && s[i-3:i] == "###" && (i == 3 || s[i-4] != '#') {
			return i + 1, Hash
		}
	case '\\':
		for _, box := range [...]string{`\boxed`, `\fbox`, `\framebox`} {
			if strings.HasPrefix(s[i:], box) {
				return i + len(box), Boxed
			}
		}
	case 'r', 'R':
		if i >= 5 && strings.EqualFold(s[i-5:i+1], "answer") && (i == 5 || !isLetter(s[i-6])) {
			return i + 1, Phrase
		}
	case 'n', 'N', 'e', 'E', 's', 'S':
		for _, word := range [...]string{"option", "choice", "ans"} {
			if k := i + 1 - len(word); k >= 0 && strings.EqualFold(s[k:i+1], word) && (k == 0 || !isLetter(s[k-1])) && (i+1 == len(s) || !isLetter(s[i+1])) {
				return i + 1, Phrase
			}
		}
	case ':':
		if i >= 1 && s[i-1] == 'A' && (i == 1 || s[i-2] == '\n') && !strings.Contains(strings.TrimSpace(s[i:]), "\n") {
			return i + 1, Phrase
		}
	case 0x88:
		if strings.HasSuffix(s[:i+1], "答案") {
			return i + 1, Phrase
		}
	case 0x89:
		for _, m := range [...]string{"故选", "应选", "以选", "答案选"} {
			if strings.HasSuffix(s[:i+1], m) {
				return i + 1, Phrase
			}
		}
	case 0x9a:
		if strings.HasSuffix(s[:i+1], "答：") {
			return i + 1, Phrase
		}
	}
	return 0, ""
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// statement returns what is stated at a marker; found is false where the marker states nothing, such as a heading or "the answer is correct".
func statement(s string, at int, kind How) (text string, found bool) {
	switch kind {
	case Hash:
		return hashed(s, at)
	case Boxed:
		return boxed(s, at)
	}
	if s[at-1] >= utf8.RuneSelf {
		return chinese(s, at)
	}
	if s[at-1] == ':' {
		return sentence(s[at:]), true
	}
	return english(s, at)
}

// hashed returns the line behind ####. A heading of Markdown, which has no digits and more text below, is none.
func hashed(s string, at int) (string, bool) {
	line, rest := s[at:], ""
	if k := strings.IndexByte(line, '\n'); k >= 0 {
		line, rest = line[:k], line[k:]
	}
	line = strings.TrimSpace(line)
	if line != "" && !strings.ContainsAny(line, `0123456789\`) && (len(line) > 60 || strings.TrimSpace(rest) != "") {
		return "", false
	}
	return line, true
}

// boxed returns what stands in the braces behind \boxed, or the number behind it. An unclosed box is an answer that was cut off.
func boxed(s string, at int) (string, bool) {
	for at < len(s) && s[at] == ' ' {
		at++
	}
	if at == len(s) {
		return "", true
	}
	if s[at] != '{' {
		k := at
		for k < len(s) && (s[k]-'0' <= 9 || s[k] == '.' && k+1 < len(s) && s[k+1]-'0' <= 9) {
			k++
		}
		return s[at:k], true
	}
	depth := 0
	for i := at; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return strings.TrimSpace(s[at+1 : i]), true
			}
		}
	}
	return "", true
}

// english returns what is stated behind the word "answer" that ends at at.
// lettered reads the letter of an option behind "answer", "option" or "choice": Answer - D, OPTION E, Choice (B).
// preceding reads the statement before the word that ends at at: C is the correct answer, 5 is the answer.
// linked finds what joins "answer" with its value: a colon, "is", or "to the question is".
// afterNot finds the statement behind a denial in the same sentence: "not 5, it is 6", "not 5 but 6".
// chinese returns what is stated behind 答案, 故选 and their like.
// sentence returns s up to the end of its first sentence or line; a point before a digit ends none, nor does anything within $…$ or brackets.
// unfenced returns text without the fences of a code block around it.
func unfenced(text string) string {
	t := strings.TrimSpace(text)
	if !strings.HasPrefix(t, "```") || !strings.HasSuffix(t, "```") || len(t) < 7 {
		return t
	}
	t = strings.TrimSuffix(t, "```")
	if k := strings.IndexByte(t, '\n'); k >= 0 {
		return strings.TrimSpace(t[k:])
	}
	return strings.TrimSpace(t[3:])
}
