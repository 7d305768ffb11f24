package filters

import (
	"strings"
	"unicode/utf8"
)

// A commentStyle is how a programming language writes comments and strings.
type commentStyle struct {
	line       []string // begins a comment that ends with the line
	open, end  string   // of a block comment; "" none
	quotes     string   // begin and end strings, with \ as the escape
	docstrings bool     // Python's: a string in three quotes that begins a line
}

var (
	cStyle    = commentStyle{line: []string{"//"}, open: "/*", end: "*/", quotes: `"'`}
	jsStyle   = commentStyle{line: []string{"//"}, open: "/*", end: "*/", quotes: "\"'`"}
	hashStyle = commentStyle{line: []string{"#"}, quotes: `"'`}
	dashStyle = commentStyle{line: []string{"--"}, quotes: `"'`}
)

// commentStyles by the name of the language, lower case.
var commentStyles = map[string]commentStyle{
	"python": {line: []string{"#"}, quotes: `"'`, docstrings: true},
	"java":   cStyle, "c": cStyle, "c++": cStyle, "cpp": cStyle, "c#": cStyle, "csharp": cStyle, "swift": cStyle, "kotlin": cStyle, "scala": cStyle, "dart": cStyle,
	"rust":       {line: []string{"//"}, open: "/*", end: "*/", quotes: `"`},
	"javascript": jsStyle, "typescript": jsStyle, "go": jsStyle, "jsx": jsStyle, "tsx": jsStyle,
	"php":  {line: []string{"//", "#"}, open: "/*", end: "*/", quotes: `"'`},
	"ruby": hashStyle, "shell": hashStyle, "bash": hashStyle, "perl": hashStyle, "r": hashStyle, "yaml": hashStyle, "toml": hashStyle, "elixir": hashStyle,
	"julia": {line: []string{"#"}, open: "#=", end: "=#", quotes: `"`},
	"sql":   {line: []string{"--"}, open: "/*", end: "*/", quotes: `"'`}, "lua": dashStyle, "ada": dashStyle,
	"haskell": {line: []string{"--"}, open: "{-", end: "-}", quotes: `"`},
	"css":     {open: "/*", end: "*/", quotes: `"'`}, "html": {open: "<!--", end: "-->"}, "xml": {open: "<!--", end: "-->"},
	"tex": {line: []string{"%"}}, "erlang": {line: []string{"%"}, quotes: `"`}, "lisp": {line: []string{";"}, quotes: `"`}, "clojure": {line: []string{";"}, quotes: `"`},
}

// chars returns the characters in comments and docstrings, their marks included. It knows strings, so that "//" in an address is none.
func (c commentStyle) chars(s string) (n int) {
	fresh := true // nothing but white space stands before on the line
	for i := 0; i < len(s); {
		size, comment := c.at(s, i, fresh)
		if comment {
			n += utf8.RuneCountInString(s[i : i+size])
		}
		switch b := s[i]; {
		case b == '\n':
			fresh = true
		case b != ' ' && b != '\t' && b != '\r':
			fresh = false
		}
		i += size
	}
	return n
}

// at returns how many bytes belong together at s[i:], a comment, a string or one byte, and whether they are a comment.
func (c commentStyle) at(s string, i int, fresh bool) (size int, comment bool) {
	rest := s[i:]
	if c.docstrings && (strings.HasPrefix(rest, `"""`) || strings.HasPrefix(rest, `'''`)) {
		end := strings.Index(rest[3:], rest[:3])
		if end < 0 {
			return len(rest), fresh
		}
		return end + 6, fresh
	}
	if c.open != "" && strings.HasPrefix(rest, c.open) {
		end := strings.Index(rest[len(c.open):], c.end)
		if end < 0 {
			return len(rest), true
		}
		return len(c.open) + end + len(c.end), true
	}
	for _, mark := range c.line {
		if strings.HasPrefix(rest, mark) {
			if end := strings.IndexByte(rest, '\n'); end >= 0 {
				return end, true
			}
			return len(rest), true
		}
	}
	if strings.IndexByte(c.quotes, rest[0]) >= 0 {
		return quoted(rest), false
	}
	return 1, false
}

// quoted returns the bytes of the string that s begins with. One in ' or " ends with its line at the latest: an apostrophe is no string.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == s[0]:
			return i + 1
		case s[i] == '\n' && s[0] != '`':
			return 1
		case s[i] == '\\' && s[0] != '`':
			i++
		}
	}
	return 1
}
