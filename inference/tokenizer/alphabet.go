package tokenizer

import "unicode/utf8"

// byteOf gives the byte that a character of GPT-2's byte-level alphabet stands for, by code point below 324; -1 for other characters.
// The alphabet (openai/gpt-2, encoder.py, bytes_to_unicode) keeps the printable characters of Latin-1 and moves the other bytes, in order, to
// U+0100 and up: space is U+0120, Ġ.
var byteOf = makeByteOf()

func makeByteOf() (table [324]int16) {
	for i := range table {
		table[i] = -1
	}
	moved := 256
	for b := range 256 {
		if b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae {
			table[b] = int16(b)
			continue
		}
		table[moved] = int16(b)
		moved++
	}
	return table
}

// appendBytes appends the bytes that a token in the byte-level alphabet stands for. It reports false, and appends nothing, when a character
// is outside the alphabet.
func appendBytes(dst []byte, token string) ([]byte, bool) {
	n := len(dst)
	for i := 0; i < len(token); {
		c := token[i]
		if c < utf8.RuneSelf {
			i++
			if byteOf[c] < 0 {
				return dst[:n], false
			}
			dst = append(dst, c)
			continue
		}
		r, size := utf8.DecodeRuneInString(token[i:])
		if int(r) >= len(byteOf) || byteOf[r] < 0 {
			return dst[:n], false
		}
		dst = append(dst, byte(byteOf[r]))
		i += size
	}
	return dst, true
}
