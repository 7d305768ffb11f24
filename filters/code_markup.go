package filters

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/winnow-data/winnow/filters/internal/phrase"
)

// isHTML says whether a file is an HTML page: by its language, or by how it begins.
func isHTML(s, language string) bool {
	if language == "html" {
		return true
	}
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	return phrase.HasPrefixFold(s, "<!doctype html") || phrase.HasPrefixFold(s, "<html")
}

// isData says whether a file is data rather than code: JSON or YAML by its language, or JSON by what it is.
func isData(s, language string) bool {
	switch language {
	case "json", "yaml", "jsonl", "json5":
		return true
	}
	s = strings.TrimSpace(s)
	if s == "" {
		return false
	}
	first, last := s[0], s[len(s)-1]
	return (first == '{' && last == '}' || first == '[' && last == ']') && json.Valid([]byte(s))
}

// unseen are the elements whose contents no reader sees.
var unseen = []string{"script", "style", "template", "noscript"}

// visibleChars counts the characters of a page outside tags, comments, scripts and styles; runs of white space count one. It is a count,
// no parser: broken markup gives some number, never an error.
func visibleChars(s string) (chars int) {
	space := true
	for i := 0; i < len(s); {
		if s[i] != '<' {
			r, size := rune(s[i]), 1
			if r >= utf8.RuneSelf {
				r, size = utf8.DecodeRuneInString(s[i:])
			}
			if blank := unicode.IsSpace(r); !blank || !space {
				chars++
				space = blank
			}
			i += size
			continue
		}
		next := behindTag(s, i)
		if next == i+1 { // no tag: a sign like others
			chars++
			space = false
		}
		i = next
	}
	return chars
}

// behindTag returns where the tag at s[i:] ends, with what it hides; behind the "<" if none begins there.
func behindTag(s string, i int) int {
	rest := s[i:]
	if strings.HasPrefix(rest, "<!--") {
		if end := strings.Index(rest, "-->"); end >= 0 {
			return i + end + len("-->")
		}
		return len(s)
	}
	if len(rest) < 2 || !byteIsLetter(rest[1]) && rest[1] != '/' && rest[1] != '!' && rest[1] != '?' {
		return i + 1
	}
	end := strings.IndexByte(rest, '>')
	if end < 0 {
		return len(s)
	}
	for _, name := range unseen {
		if phrase.HasPrefixFold(rest[1:], name) && !byteIsLetter(rest[1+len(name)]) {
			if close := indexClosing(rest[end:], name); close >= 0 {
				return i + end + close
			}
			return len(s)
		}
	}
	return i + end + 1
}

// indexClosing returns where </name begins in s, or -1.
func indexClosing(s, name string) int {
	for i := 0; ; {
		at := strings.Index(s[i:], "</")
		if at < 0 {
			return -1
		}
		if i += at; phrase.HasPrefixFold(s[i+2:], name) {
			return i
		}
		i += 2
	}
}
