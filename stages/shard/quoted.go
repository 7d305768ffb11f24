package shard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text"
)

var errUnterminated = errors.New("a string has no end")

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// quoted checks the string whose opening quote is b[i] and returns where it ends.
func quoted(b []byte, i int) (end int, esc bool, err error) {
	if i == len(b) || b[i] != '"' {
		return i, false, fmt.Errorf("byte %d: a string was expected", i)
	}
	i++
	start := i
	beyond := false // ASCII
	for {
		k, e, high := plain(b, i)
		i, esc, beyond = k, esc || e, beyond || high
		switch {
		case i == len(b):
			return i, esc, errUnterminated
		case b[i] == '"':
			if beyond && !text.Valid(b[start:i]) {
				return i, esc, fmt.Errorf("byte %d: invalid UTF-8", start+validPrefix(b[start:i]))
			}
			return i + 1, esc, nil
		case b[i] == '\\':
			n, err := escape(b[i:])
			if err != nil {
				return i, true, fmt.Errorf("byte %d: %w", i, err)
			}
			i, esc = i+n, true
		default:
			return i, esc, fmt.Errorf("byte %d: raw control character %#02x in a string", i, b[i])
		}
	}
}

// plainGeneric goes over what needs no further look in a string: all but quotes, control characters and escapes by number. esc says that
// there were escapes of two bytes, high that a byte beyond ASCII may be among what it has seen, which may reach past end. It looks at
// eight bytes in one step.
func plainGeneric(b []byte, i int) (end int, esc, high bool) {
	var all uint64
	for {
		for i+8 <= len(b) {
			x := binary.LittleEndian.Uint64(b[i:])
			quote, slash := x^('"'*ones), x^('\\'*ones)
			hit := ((quote-ones)&^quote | (slash-ones)&^slash | (x-0x20*ones)&^x) & highs
			all |= x
			if hit != 0 {
				i += bits.TrailingZeros64(hit) >> 3
				break
			}
			i += 8
		}
		for i < len(b) && b[i] >= 0x20 && b[i] != '"' && b[i] != '\\' {
			all |= uint64(b[i])
			i++
		}
		if i+1 >= len(b) || b[i] != '\\' || plainEscape[b[i+1]] == 0 {
			return i, esc, all&highs != 0
		}
		i, esc = i+2, true
	}
}

// validPrefix returns how many bytes of b are valid UTF-8.
func validPrefix(b []byte) int {
	i := 0
	for i < len(b) {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			break
		}
		i += n
	}
	return i
}

// plainEscape maps the letter of an escape of two bytes to what it stands for; 0 for others.
var plainEscape = [256]byte{'n': '\n', '"': '"', '\\': '\\', 't': '\t', 'r': '\r', '/': '/', 'b': '\b', 'f': '\f'}

// escape checks the escape by number that b starts with and returns its length.
func escape(b []byte) (int, error) {
	if len(b) < 2 {
		return 0, errUnterminated
	}
	if b[1] != 'u' {
		return 0, fmt.Errorf(`unknown escape \%c`, b[1])
	}
	r := hex4(b[2:])
	switch {
	case r < 0:
		return 0, errors.New(`\u without four hexadecimal digits`)
	case r < 0xD800 || r > 0xDFFF:
		return 6, nil
	case r > 0xDBFF || len(b) < 12 || b[6] != '\\' || b[7] != 'u':
		return 0, errors.New("lone surrogate")
	}
	if low := hex4(b[8:]); low < 0xDC00 || low > 0xDFFF {
		return 0, errors.New("lone surrogate")
	}
	return 12, nil
}

func hex4(b []byte) rune {
	if len(b) < 4 {
		return -1
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return -1
		}
	}
	return r
}
