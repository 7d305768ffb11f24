// Package jsontext writes and reads strings and numbers as encoding/json does, byte for byte, without its reflection and its allocations.
//
//	line = jsontext.Append(line, s)     // as an Encoder with SetEscapeHTML(false)
//	line = jsontext.AppendHTML(line, s) // as json.Marshal: <, > and & too are escaped
//	s, ok := jsontext.Unquote(raw)      // as json.Unmarshal; what is not ok is left to that
//
// Bytes that are no UTF-8 become the escape of U+FFFD; U+2028 and U+2029 are escaped, since JavaScript ends a line at them.
package jsontext

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"math/bits"
	"strconv"
	"unicode/utf8"
	"unsafe"
)

// Append appends s as a JSON string.
func Append(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for {
		k := special(s)
		dst = append(dst, s[:k]...)
		if k == len(s) {
			return append(dst, '"')
		}
		n := 1
		dst, n = escape(dst, s[k:])
		s = s[k+n:]
	}
}

// AppendHTML appends s as a JSON string that may stand in a page.
func AppendHTML(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && !needs[c] {
			i++
			continue
		}
		n := 1
		dst = append(dst, s[start:i]...)
		if c == '<' || c == '>' || c == '&' {
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		} else {
			dst, n = escape(dst, s[i:])
		}
		i += n
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

// AppendNumber appends a finite number, the shortest spelling that reads back to it.
func AppendNumber(dst []byte, x float64) []byte {
	if x == math.Trunc(x) && math.Abs(x) < 1<<53 && (x != 0 || !math.Signbit(x)) {
		return strconv.AppendInt(dst, int64(x), 10)
	}
	raw, _ := json.Marshal(x) // a finite number always marshals
	return append(dst, raw...)
}

// needs are the bytes from the space on that AppendHTML does not take as they are.
var needs = [utf8.RuneSelf]bool{'"': true, '\\': true, '<': true, '>': true, '&': true}

const hex = "0123456789abcdef"

// escape appends the character that s begins with, escaped where it must be, and returns its length in s.
func escape(dst []byte, s string) ([]byte, int) {
	switch c := s[0]; c {
	case '"', '\\':
		return append(dst, '\\', c), 1
	case '\n':
		return append(dst, '\\', 'n'), 1
	case '\t':
		return append(dst, '\\', 't'), 1
	case '\r':
		return append(dst, '\\', 'r'), 1
	case '\b':
		return append(dst, '\\', 'b'), 1
	case '\f':
		return append(dst, '\\', 'f'), 1
	default:
		if c < ' ' {
			return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15]), 1
		}
	}
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && n == 1:
		return append(dst, `\ufffd`...), 1
	case r == '\u2028' || r == '\u2029':
		return append(dst, '\\', 'u', '2', '0', '2', hex[r&15]), n
	}
	return append(dst, s[:n]...), n
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special returns the index of the first byte of s that is no printable ASCII or that a string must escape, or len(s). It looks at eight bytes in one step.
func special(s string) int {
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	i := 0
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		quote, slash := x^('"'*ones), x^('\\'*ones)
		if hit := (x | (quote-ones)&^quote | (slash-ones)&^slash | (x-0x20*ones)&^x) & highs; hit != 0 {
			return i + bits.TrailingZeros64(hit)>>3
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return i
		}
	}
	return i
}

// view returns a string that shares memory with b, which nobody writes to any more.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
