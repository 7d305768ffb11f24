package tokenizer

import "unicode/utf8"

// Decode returns the text of ids, special tokens included. Bytes that are no UTF-8 become U+FFFD, one for each maximal part of a character,
// and an id without a token gives nothing.
func (t *Tokenizer) Decode(ids []int32) string {
	var raw []byte
	for _, id := range ids {
		raw = append(raw, t.Bytes(id)...)
	}
	if utf8.Valid(raw) {
		return string(raw)
	}
	text, rest := appendRunes(make([]byte, 0, len(raw)+len(raw)/2), raw)
	if len(rest) > 0 {
		text = append(text, "\uFFFD"...)
	}
	return string(text)
}

// A Stream decodes ids as they come. What it returns is always whole characters, and all parts together are what Decode returns.
type Stream struct {
	t       *Tokenizer
	pending []byte // the beginning of a character
}

// NewStream begins a text.
func (t *Tokenizer) NewStream() *Stream { return &Stream{t: t} }

// Push takes an id and returns the text that is sure by then: "" while a character is not whole.
func (s *Stream) Push(id int32) string {
	b := s.t.Bytes(id)
	if len(s.pending) == 0 && utf8.Valid(b) {
		return string(b)
	}
	s.pending = append(s.pending, b...)
	text, rest := appendRunes(nil, s.pending)
	s.pending = append(s.pending[:0], rest...)
	return string(text)
}

// Flush ends the text: half a character that is left becomes U+FFFD. The stream may be used for another text.
func (s *Stream) Flush() string {
	if len(s.pending) == 0 {
		return ""
	}
	s.pending = s.pending[:0]
	return "\uFFFD"
}

// appendRunes appends src as valid UTF-8 and returns what is left of it: the beginning of a character that is not whole yet.
func appendRunes(dst, src []byte) (text, rest []byte) {
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r != utf8.RuneError || n > 1 {
			dst = append(dst, src[i:i+n]...)
			i += n
			continue
		}
		if !utf8.FullRune(src[i:]) {
			return dst, src[i:]
		}
		dst = append(dst, "\uFFFD"...)
		i += maximalPart(src[i:])
	}
	return dst, nil
}

// maximalPart returns the length of the longest beginning of b that also begins a character, at least 1 (Unicode 16, section 3.9, U+FFFD
// substitution of maximal subparts; what Python and Rust do).
func maximalPart[T string | []byte](b T) int {
	lo, hi, want := byte(0x80), byte(0xbf), 0
	switch c := b[0]; {
	case c >= 0xc2 && c <= 0xdf:
		want = 1
	case c == 0xe0:
		lo, want = 0xa0, 2
	case c == 0xed:
		hi, want = 0x9f, 2
	case c >= 0xe1 && c <= 0xef:
		want = 2
	case c == 0xf0:
		lo, want = 0x90, 3
	case c == 0xf4:
		hi, want = 0x8f, 3
	case c >= 0xf1 && c <= 0xf3:
		want = 3
	}
	n := 1
	for n <= want && n < len(b) && b[n] >= lo && b[n] <= hi {
		lo, hi = 0x80, 0xbf
		n++
	}
	return n
}
