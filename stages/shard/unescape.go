package shard

import (
	"bytes"
	"unicode/utf8"
	"unsafe"
)

// unescape appends the string that b, checked by the scanner and without quotes, stands for. dst may be b[:0]: the result is
// never longer than what it is read from.
func unescape(dst, b []byte) []byte {
	for {
		k := bytes.IndexByte(b, '\\')
		if k < 0 {
			return append(dst, b...)
		}
		dst = append(dst, b[:k]...)
		for { // escapes that follow each other
			if c := plainEscape[b[k+1]]; c != 0 {
				dst = append(dst, c)
				k += 2
			} else {
				r := hex4(b[k+2:])
				k += 6
				if r >= 0xD800 && r <= 0xDBFF {
					r = (r-0xD800)<<10 | (hex4(b[k+2:]) - 0xDC00) + 0x10000
					k += 6
				}
				dst = utf8.AppendRune(dst, r)
			}
			if k == len(b) || b[k] != '\\' {
				break
			}
		}
		b = b[k:]
	}
}

// text returns the string of a raw JSON string, decoded within its own memory, which must not be read as JSON again.
func (m *member) text() string {
	b := m.raw[1 : len(m.raw)-1]
	if m.esc {
		b = unescape(b[:0], b)
	}
	return view(b)
}

// view returns a string that shares memory with b, which nobody writes to any more.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

const hexDigits = "0123456789abcdef"

// appendQuoted appends s as a JSON string: the shortest spelling, bytes beyond ASCII as they are, invalid UTF-8 as U+FFFD.
func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	if !utf8.ValidString(s) {
		s = string(bytes.ToValidUTF8([]byte(s), []byte("\uFFFD")))
	}
	for {
		k := special(s)
		dst = append(dst, s[:k]...)
		if k == len(s) {
			return append(dst, '"')
		}
		switch c := s[k]; c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\f':
			dst = append(dst, '\\', 'f')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		s = s[k+1:]
	}
}

// unsafeBytes returns the bytes of s, which must not be written to.
func unsafeBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
