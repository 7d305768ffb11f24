package constraint

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/synth/check/constraint/punkt"
)

const failed = stages.Failed

// maxQuoted is how much of an answer a reason shows, in bytes.
const maxQuoted = 60

// quoted shows the beginning of s in a reason.
func quoted(s string) string {
	if len(s) <= maxQuoted {
		return fmt.Sprintf("%q", s)
	}
	end := maxQuoted
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return fmt.Sprintf("%q…", s[:end])
}

var replies = []string{"My answer is yes.", "My answer is no.", "My answer is maybe."}

func constrainedResponse(*args) (string, func(*Text) found) {
	return "one of " + strings.Join(replies, " "), func(t *Text) found {
		for _, r := range replies {
			if strings.Contains(t.text, r) {
				return is(true)
			}
		}
		return noted(false, "none of them is there")
	}
}

// title wants <<[^\n]+>> with something inside.
func title(*args) (string, func(*Text) found) {
	return "a title in <<double angular brackets>>", func(t *Text) found {
		for line := range strings.SplitSeq(t.text, "\n") {
			from, to := strings.Index(line, "<<"), strings.LastIndex(line, ">>")
			if from < 0 || to < from+3 {
				continue
			}
			if inside := strings.TrimRight(strings.TrimLeft(line[from:to+2], "<"), ">"); strings.TrimFunc(inside, isSpace) != "" {
				return is(true)
			}
		}
		return noted(false, "there is none")
	}
}

func twoResponses(*args) (string, func(*Text) found) {
	return "two different responses between ******", func(t *Text) found {
		parts := strings.Split(t.text, "******")
		var said []string
		for i, p := range parts {
			p = strings.TrimFunc(p, isSpace)
			switch {
			case p != "":
				said = append(said, p)
			case i > 0 && i < len(parts)-1:
				return noted(false, "an empty one")
			}
		}
		if len(said) != 2 {
			return found{result: failed, count: len(said), unit: "responses"}
		}
		return noted(said[0] != said[1], "they are the same")
	}
}

func repeatPrompt(a *args) (string, func(*Text) found) {
	prompt := punkt.Lower(a.text("prompt_to_repeat"))
	return "the request repeated first", func(t *Text) found {
		return noted(strings.HasPrefix(punkt.Lower(t.trimmed()), prompt), "the answer begins otherwise")
	}
}

func endPhrase(a *args) (string, func(*Text) found) {
	phrase := punkt.Lower(a.text("end_phrase"))
	return "ends with " + quoted(phrase), func(t *Text) found {
		return noted(strings.HasSuffix(punkt.Lower(strings.Trim(t.trimmed(), `"`)), phrase), "it ends otherwise")
	}
}

func quotation(*args) (string, func(*Text) found) {
	return "wrapped in double quotation marks", func(t *Text) found {
		s := t.trimmed()
		return noted(utf8.RuneCountInString(s[:min(len(s), 8)]) > 1 && s[0] == '"' && s[len(s)-1] == '"', "it is not")
	}
}

func noComma(*args) (string, func(*Text) found) {
	return "no commas", func(t *Text) found {
		n := strings.Count(t.text, ",")
		f := is(n == 0)
		f.count, f.unit = n, "commas"
		return f
	}
}

// postscript wants a marker, which is a regular expression but for IFEval's own two, in the text in lower case.
func postscript(a *args) (string, func(*Text) found) {
	marker := a.text("postscript_marker")
	want := "a postscript " + quoted(marker)
	none := "there is none"
	switch expr := punkt.Lower(marker); {
	case marker == "P.P.S":
		return want, func(t *Text) found { return noted(initials(t.lower(), "p.", "p.", "s"), none) }
	case marker == "P.S.":
		return want, func(t *Text) found { return noted(initials(t.lower(), "p.", "s."), none) }
	case literal(expr):
		return want, func(t *Text) found { return noted(strings.Contains(t.lower(), expr), none) }
	default:
		p, err := compile(expr, false)
		if err != nil {
			a.fail("argument \"postscript_marker\" is %q: %w", marker, err)
		}
		return want, func(t *Text) found { return p.has(t.lower(), none, true) }
	}
}

// initials says whether parts stand in s one behind the other, with at most one blank between two.
func initials(s string, parts ...string) bool {
	for {
		i := strings.Index(s, parts[0])
		if i < 0 {
			return false
		}
		s = s[i+len(parts[0]):]
		rest, ok := s, true
		for _, p := range parts[1:] {
			if r, size := utf8.DecodeRuneInString(rest); size > 0 && isSpace(r) {
				rest = rest[size:]
			}
			if rest, ok = strings.CutPrefix(rest, p); !ok {
				break
			}
		}
		if ok {
			return true
		}
	}
}
