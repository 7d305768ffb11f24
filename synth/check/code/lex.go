package code

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kinds of tokens.
type kind uint8

const (
	name kind = iota
	number
	str
	op
)

// A token is a piece of Python source.
type token struct {
	kind kind
	text string
	at   int // offset in the source
}

// A line is a logical line: brackets and backslashes joined, comments gone.
type line struct {
	indent int
	tokens []token
}

// cut splits Python source into logical lines. It knows the lexical grammar (Python reference, chapter 2) and nothing of statements.
func cut(source string) ([]line, error) {
	l := lexer{s: source}
	if err := l.all(); err != nil {
		return nil, fmt.Errorf("read Python at byte %d: %w", l.i, err)
	}
	return l.lines, nil
}

type lexer struct {
	s     string
	i     int
	depth int
	lines []line
	cur   line
}

func (l *lexer) all() error {
	fresh := true // at the start of a physical line outside of brackets
	for l.i < len(l.s) {
		if fresh && l.depth == 0 && len(l.cur.tokens) == 0 {
			l.cur.indent = l.indentation()
			fresh = false
			continue
		}
		c := l.s[l.i]
		switch {
		case c == '\n' || c == '\r':
			l.i++
			if l.depth == 0 {
				l.flush()
				fresh = true
			}
		case c == ' ' || c == '\t' || c == '\f':
			l.i++
		case c == '#':
			for l.i < len(l.s) && l.s[l.i] != '\n' {
				l.i++
			}
		case c == '\\':
			rest := strings.TrimPrefix(l.s[l.i+1:], "\r")
			if !strings.HasPrefix(rest, "\n") {
				return fmt.Errorf("a stray backslash")
			}
			l.i = len(l.s) - len(rest) + 1
		case c == ';' && l.depth == 0:
			indent := l.cur.indent
			l.i++
			l.flush()
			l.cur.indent = indent
			fresh = false
		default:
			if err := l.token(); err != nil {
				return err
			}
		}
	}
	if l.depth != 0 {
		return fmt.Errorf("an open bracket")
	}
	l.flush()
	return nil
}

func (l *lexer) flush() {
	if len(l.cur.tokens) > 0 {
		l.lines = append(l.lines, l.cur)
	}
	l.cur = line{}
}

func (l *lexer) indentation() int {
	n := 0
	for ; l.i < len(l.s); l.i++ {
		switch l.s[l.i] {
		case ' ':
			n++
		case '\t':
			n += 8 - n%8
		default:
			return n
		}
	}
	return n
}

func (l *lexer) add(k kind, n int) {
	l.cur.tokens = append(l.cur.tokens, token{k, l.s[l.i : l.i+n], l.i})
	l.i += n
}

func (l *lexer) token() error {
	rest := l.s[l.i:]
	if n := stringLength(rest); n > 0 {
		l.add(str, n)
		return nil
	} else if n < 0 {
		return fmt.Errorf("an open string")
	}
	r, _ := utf8.DecodeRuneInString(rest)
	switch {
	case r == '_' || unicode.IsLetter(r):
		n := 0
		for n < len(rest) {
			r, size := utf8.DecodeRuneInString(rest[n:])
			if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) {
				break
			}
			n += size
		}
		l.add(name, n)
		return nil
	case r >= '0' && r <= '9' || r == '.' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		l.add(number, numberLength(rest))
		return nil
	}
	for n := 3; n > 0; n-- {
		if n <= len(rest) && operators[rest[:n]] {
			switch rest[0] {
			case '(', '[', '{':
				l.depth++
			case ')', ']', '}':
				if l.depth--; l.depth < 0 {
					return fmt.Errorf("a closing bracket too many")
				}
			}
			l.add(op, n)
			return nil
		}
	}
	return fmt.Errorf("unknown character %q", r)
}

var operators = func() map[string]bool {
	m := map[string]bool{}
	for _, s := range strings.Fields("( ) [ ] { } , : . = -> + - * / // % ** @ & | ^ ~ << >> < > <= >= == != := += -= *= /= //= %= **= @= &= |= ^= <<= >>= ... ;") {
		m[s] = true
	}
	return m
}()

// numberLength is the length of the number that s starts with.
func numberLength(s string) int {
	n := 1
	for ; n < len(s); n++ {
		c := s[n]
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == '.':
		case (c == '+' || c == '-') && (s[n-1] == 'e' || s[n-1] == 'E') && !strings.HasPrefix(strings.ToLower(s), "0x"):
		default:
			return n
		}
	}
	return n
}

// stringLength is the length of the string literal, prefix included, that s starts with: 0 for none, -1 for one without an end.
func stringLength(s string) int {
	n := 0
	for n < len(s) && n < 3 && strings.IndexByte("rRbBuUfF", s[n]) >= 0 {
		n++
	}
	if n >= len(s) || s[n] != '"' && s[n] != '\'' {
		return 0
	}
	quote := s[n : n+1]
	if strings.HasPrefix(s[n:], strings.Repeat(quote, 3)) {
		quote = s[n : n+3]
	}
	for i := n + len(quote); i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '\n' && len(quote) == 1:
			return -1
		case strings.HasPrefix(s[i:], quote):
			return i + len(quote)
		}
	}
	return -1
}
