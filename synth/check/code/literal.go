package code

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// readLiteral reads a number as Python spells it.
func readLiteral(s string) (Value, error) {
	t := strings.ToLower(strings.ReplaceAll(s, "_", ""))
	if i, ok := new(big.Int).SetString(t, 0); ok && !(len(t) > 1 && t[0] == '0' && t[1] >= '0' && t[1] <= '9') {
		return i, nil
	}
	if strings.Trim(t, "0") == "" {
		return new(big.Int), nil
	}
	imaginary := strings.HasSuffix(t, "j")
	f, err := strconv.ParseFloat(strings.TrimSuffix(t, "j"), 64)
	if err != nil && f == 0 || strings.ContainsAny(t, "xp") {
		return nil, fmt.Errorf("%q is no number", s)
	}
	if imaginary {
		return complex(0, f), nil
	}
	return f, nil
}

// readString reads a string or bytes literal.
func readString(s string) (Value, error) {
	n := strings.IndexAny(s, `'"`)
	prefix, body := strings.ToLower(s[:n]), s[n:]
	quotes := 1
	if len(body) >= 6 && strings.HasPrefix(body, strings.Repeat(body[:1], 3)) {
		quotes = 3
	}
	body = body[quotes : len(body)-quotes]
	body = strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\r", "\n")
	if strings.Contains(prefix, "f") {
		return nil, fmt.Errorf("%.40q is formatted", s)
	}
	raw, isBytes := strings.Contains(prefix, "r"), strings.Contains(prefix, "b")
	if !raw {
		var err error
		if body, err = unescape(body, isBytes); err != nil {
			return nil, err
		}
	}
	if isBytes {
		return Bytes(body), nil
	}
	return body, nil
}

var escapes = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", '\\': "\\", '\'': "'", '"': "\"", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", '\n': ""}

func unescape(s string, isBytes bool) (string, error) {
	if !strings.Contains(s, `\`) {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if e, ok := escapes[s[i]]; ok {
			b.WriteString(e)
			continue
		}
		digits, base := 0, 16
		from := i + 1
		switch c := s[i]; {
		case c == 'x':
			digits = 2
		case c == 'u' && !isBytes:
			digits = 4
		case c == 'U' && !isBytes:
			digits = 8
		case c >= '0' && c <= '7':
			from, base = i, 8
			for digits < 3 && from+digits < len(s) && s[from+digits] >= '0' && s[from+digits] <= '7' {
				digits++
			}
		case c == 'N' && !isBytes:
			return "", fmt.Errorf("a character by its name")
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
			continue
		}
		if from+digits > len(s) {
			return "", fmt.Errorf("a short escape")
		}
		x, err := strconv.ParseUint(s[from:from+digits], base, 32)
		if err != nil || x > utf8.MaxRune {
			return "", fmt.Errorf("a wrong escape")
		}
		i = from + digits - 1
		writeCode(&b, uint32(x), isBytes)
	}
	return b.String(), nil
}

// writeCode writes a byte or a code point; surrogates as three bytes.
func writeCode(b *strings.Builder, x uint32, isBytes bool) {
	switch {
	case isBytes:
		b.WriteByte(byte(x))
	case x >= 0xd800 && x < 0xe000:
		b.Write([]byte{0xe0 | byte(x>>12), 0x80 | byte(x>>6)&0x3f, 0x80 | byte(x)&0x3f})
	default:
		b.WriteRune(rune(x))
	}
}
