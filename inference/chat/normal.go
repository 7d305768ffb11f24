package chat

import (
	"bytes"
	"strings"
)

// normal rewrites a Jinja template so that two ways to write the same are equal: comments and white space outside strings go, strings get single
// quotes and real line ends, ['role'] becomes .role, and text between tags is what trim_blocks and lstrip_blocks leave of it.
func normal(src string) string {
	src = strings.TrimSpace(strings.ReplaceAll(src, "\r\n", "\n"))
	var b bytes.Buffer
	afterBlock, cut := false, false // the tag before was a block; it cuts white space
	for start := true; src != ""; start = false {
		open := nextTag(src)
		text := src[:open]
		lineStart := start || strings.Contains(text, "\n")
		src = src[open:]
		if cut {
			text = strings.TrimLeft(text, " \t\n")
		} else if afterBlock {
			text = strings.TrimPrefix(text, "\n")
		}
		if len(src) > 2 && src[2] == '-' {
			text = strings.TrimRight(text, " \t\n")
		} else if lineStart && src != "" && src[1] != '{' {
			if line := text[strings.LastIndexByte(text, '\n')+1:]; strings.Trim(line, " \t") == "" {
				text = text[:len(text)-len(line)]
			}
		}
		b.WriteString(text)
		if src == "" {
			break
		}
		tag, rest := cutTag(src)
		kind := src[1]
		src = rest
		cut = strings.HasSuffix(tag, "-")
		afterBlock = kind != '{'
		if kind == '#' {
			continue
		}
		b.WriteString(map[byte]string{'{': "{{", '%': "{%"}[kind])
		normalTag(&b, strings.Trim(strings.TrimSuffix(strings.TrimPrefix(tag, "-"), "-"), " \t\n"))
		b.WriteString(map[byte]string{'{': "}}", '%': "%}"}[kind])
	}
	return b.String()
}

// nextTag returns where the next tag or comment begins.
func nextTag(s string) int {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '{' && (s[i+1] == '{' || s[i+1] == '%' || s[i+1] == '#') {
			return i
		}
	}
	return len(s)
}

// cutTag splits what stands in a tag from what follows it. A tag that does not end takes all.
func cutTag(s string) (tag, rest string) {
	end := map[byte]string{'{': "}}", '%': "%}", '#': "#}"}[s[1]]
	var quote byte
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '\'' || c == '"') && s[1] != '#':
			quote = c
		case strings.HasPrefix(s[i:], end):
			return s[2:i], s[i+2:]
		}
	}
	return s[2:], ""
}

// normalTag writes an expression: a single space stays where two words would run together.
func normalTag(b *bytes.Buffer, s string) {
	var last byte
	for i := 0; i < len(s); {
		switch c := s[i]; c {
		case ' ', '\t', '\n':
			for i < len(s) && strings.IndexByte(" \t\n", s[i]) >= 0 {
				i++
			}
			if i < len(s) && wordByte(last) && wordByte(s[i]) {
				b.WriteByte(' ')
			}
			continue
		case '\'', '"':
			value, n := quoted(s[i:])
			i += n
			if last == '[' && i < len(s) && s[i] == ']' && isWord(value) {
				b.Truncate(b.Len() - 1)
				b.WriteString("." + value)
				last = 'a'
				i++
				continue
			}
			b.WriteString("'" + value + "'")
			last = '\''
		default:
			b.WriteByte(c)
			last = c
			i++
		}
	}
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isWord(s string) bool {
	for i := range len(s) {
		if !wordByte(s[i]) {
			return false
		}
	}
	return s != ""
}

// quoted reads the string literal that s begins with and returns its value and length. An escape that no known template has becomes a zero byte,
// which none has either.
func quoted(s string) (value string, n int) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == s[0]:
			return b.String(), i + 1
		case s[i] == '\\' && i+1 < len(s):
			i++
			switch s[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case '\'', '"', '\\':
				b.WriteByte(s[i])
			default:
				b.WriteByte(0)
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), len(s)
}
