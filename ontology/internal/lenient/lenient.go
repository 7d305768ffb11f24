// Package lenient reads the JSON that language models write: with single quotes, bare words, commas too many or missing, Python's True and None,
// and an end that was cut off. What is complete is kept; a string or member that the end cuts is left out.
package lenient

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Kind says what a [Value] is.
type Kind uint8

// The kinds. A number, true, false or null is a Word.
const (
	Word Kind = iota
	String
	List
	Object
)

// A Value is one value.
type Value struct {
	Kind    Kind
	Text    string // of a String or Word
	List    []Value
	Members []Member
}

// A Member is a name and its value.
type Member struct {
	Name  string
	Value Value
}

// maxDepth bounds nesting.
const maxDepth = 8

// Parse reads the value at the beginning of s and returns how many bytes it took. ok is false where s does not begin with a list or an object that can
// be understood.
func Parse(s string) (v Value, n int, ok bool) {
	if s == "" || s[0] != '[' && s[0] != '{' {
		return v, 0, false
	}
	p := parser{s: s}
	v, ok = p.value(0)
	return v, p.at, ok
}

type parser struct {
	s  string
	at int
}

func (p *parser) space() {
	for p.at < len(p.s) {
		switch p.s[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

func (p *parser) peek() byte {
	p.space()
	if p.at == len(p.s) {
		return 0
	}
	return p.s[p.at]
}

// end says whether the text is over.
func (p *parser) end() bool { p.space(); return p.at == len(p.s) }

// value reads a value; ok is false for one that is cut off or is none. A cut list or object is ok: it holds what was complete.
func (p *parser) value(depth int) (v Value, ok bool) {
	if depth > maxDepth {
		return v, false
	}
	switch c := p.peek(); c {
	case 0, ']', '}', ',', ':':
		return v, false
	case '[':
		return p.list(depth)
	case '{':
		return p.object(depth)
	case '"', '\'':
		v.Kind = String
		v.Text, ok = p.quoted(c)
		return v, ok
	}
	v.Text, ok = p.word()
	return v, ok
}

func (p *parser) list(depth int) (v Value, ok bool) {
	v.Kind = List
	p.at++
	for !p.end() {
		switch p.peek() {
		case ']':
			p.at++
			return v, true
		case ',':
			p.at++
			continue
		}
		e, ok := p.value(depth + 1)
		if !ok {
			return v, p.end()
		}
		v.List = append(v.List, e)
	}
	return v, true
}

func (p *parser) object(depth int) (v Value, ok bool) {
	v.Kind = Object
	p.at++
	for !p.end() {
		switch c := p.peek(); c {
		case '}':
			p.at++
			return v, true
		case ',':
			p.at++
			continue
		case '"', '\'':
			name, ok := p.quoted(c)
			if !ok {
				return v, p.end()
			}
			m := Member{Name: name}
			if p.peek() != ':' {
				return v, p.end()
			}
			p.at++
			if m.Value, ok = p.value(depth + 1); !ok {
				return v, p.end()
			}
			v.Members = append(v.Members, m)
		default:
			name, ok := p.word()
			if !ok || p.peek() != ':' {
				return v, p.end()
			}
			p.at++
			m := Member{Name: name}
			if m.Value, ok = p.value(depth + 1); !ok {
				return v, p.end()
			}
			v.Members = append(v.Members, m)
		}
	}
	return v, true
}

// word reads what stands without quotes; ok is false where the text ends with it.
func (p *parser) word() (string, bool) {
	from := p.at
	for p.at < len(p.s) && !strings.ContainsRune(",:]}[{\"\n", rune(p.s[p.at])) {
		p.at++
	}
	w := strings.TrimSpace(p.s[from:p.at])
	return w, w != "" && p.at < len(p.s)
}

// quoted reads a string. In single quotes an apostrophe between two letters is no end.
func (p *parser) quoted(quote byte) (string, bool) {
	var b strings.Builder
	for p.at++; p.at < len(p.s); {
		c := p.s[p.at]
		switch {
		case c == '\\':
			if !p.escape(&b) {
				return "", false
			}
			continue
		case c == quote && !(quote == '\'' && p.at+1 < len(p.s) && letter(p.s[p.at+1]) && letter(p.s[p.at-1])):
			p.at++
			return b.String(), true
		}
		b.WriteByte(c)
		p.at++
	}
	return "", false
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf }

// escape reads what follows a backslash. An escape that JSON does not know is the character itself.
func (p *parser) escape(b *strings.Builder) bool {
	if p.at+1 >= len(p.s) {
		p.at = len(p.s)
		return false
	}
	c := p.s[p.at+1]
	p.at += 2
	switch c {
	case 'n', 'r', 't', 'b', 'f':
		b.WriteByte(' ')
	case 'u':
		if p.at+4 > len(p.s) {
			p.at = len(p.s)
			return false
		}
		x, err := strconv.ParseUint(p.s[p.at:p.at+4], 16, 32)
		if err != nil {
			b.WriteByte('u')
			return true
		}
		p.at += 4
		b.WriteRune(p.pair(rune(x)))
	default:
		b.WriteByte(c)
	}
	return true
}

// pair joins a first surrogate with the second that follows.
func (p *parser) pair(r rune) rune {
	if r < 0xD800 || r > 0xDBFF || p.at+6 > len(p.s) || p.s[p.at:p.at+2] != `\u` {
		return r // a lone surrogate is written as U+FFFD
	}
	x, err := strconv.ParseUint(p.s[p.at+2:p.at+6], 16, 32)
	if err != nil || x < 0xDC00 || x > 0xDFFF {
		return r
	}
	p.at += 6
	return (r-0xD800)<<10 + rune(x) - 0xDC00 + 0x10000
}
