package jsontext

import "unicode/utf8"

// simple are the escapes of JSON that stand for one byte.
var simple = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// Unquote decodes a JSON string that holds no surrogates and is well-formed UTF-8; ok is false for any other, which may be one all the same.
func Unquote(raw []byte) (s string, ok bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return "", false
	}
	in := raw[1 : len(raw)-1]
	k := special(view(in))
	if k == len(in) {
		return string(in), true
	}
	out, ok := decode(make([]byte, 0, len(in)), in, k)
	return view(out), ok
}

// AppendUnquoted appends what [Unquote] decodes to dst. Where ok is false, what stands behind dst is of no use.
func AppendUnquoted(dst, raw []byte) (out []byte, ok bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return dst, false
	}
	in := raw[1 : len(raw)-1]
	return decode(dst, in, special(view(in)))
}

// decode appends what the inside of a string stands for; its first k bytes are as they are.
func decode(out, in []byte, k int) ([]byte, bool) {
	if !utf8.Valid(in[k:]) {
		return out, false
	}
	for {
		out, in = append(out, in[:k]...), in[k:]
		n := 0
		switch {
		case len(in) == 0:
			return out, true
		case in[0] >= utf8.RuneSelf:
			for n < len(in) && in[n] >= utf8.RuneSelf {
				n++
			}
			out = append(out, in[:n]...)
		default:
			if out, n = unescape(out, in); n == 0 {
				return out, false
			}
		}
		in = in[n:]
		k = special(view(in))
	}
}

// unescape appends what the escape stands for that b begins with, and returns its length; 0 for none.
func unescape(dst, b []byte) ([]byte, int) {
	if b[0] != '\\' || len(b) < 2 {
		return dst, 0
	}
	if c := simple[b[1]]; c != 0 {
		return append(dst, c), 2
	}
	if r, ok := hexRune(b[1:]); ok && (r < 0xD800 || r > 0xDFFF) {
		return utf8.AppendRune(dst, r), 6
	}
	return dst, 0
}

// hexRune reads u and four hexadecimal digits.
func hexRune(b []byte) (r rune, ok bool) {
	if len(b) < 5 || b[0] != 'u' {
		return 0, false
	}
	for _, c := range b[1:5] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
