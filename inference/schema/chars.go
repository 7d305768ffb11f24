package schema

// What has been read of one character inside a JSON string (RFC 8259, section 7): nothing, a part of a UTF-8 sequence (RFC 3629, table in
// section 4), or a part of an escape. Surrogates are never escaped: a lone one is no text.
const (
	charNone  = iota
	charTail1 // continuation bytes to come
	charTail2
	charTail3
	charE0 // A0..BF must follow, then one more
	charED // 80..9F
	charF0 // 90..BF, then two more
	charF4 // 80..8F
	charEscape
	charHex1 // \u: four digits to come; d or D must be followed by 0..7
	charHexD
	charHex2
	charHex3
	charHex4
)

// nextChar is the state behind b, and whether the character is whole; ok is false where no character goes on like that.
func nextChar(state int64, b byte) (next int64, whole, ok bool) {
	tail := func(lo, hi byte, next int64) (int64, bool, bool) { return next, next == charNone, b >= lo && b <= hi }
	hex := b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
	switch state {
	case charTail1:
		return tail(0x80, 0xbf, charNone)
	case charTail2:
		return tail(0x80, 0xbf, charTail1)
	case charTail3:
		return tail(0x80, 0xbf, charTail2)
	case charE0:
		return tail(0xa0, 0xbf, charTail1)
	case charED:
		return tail(0x80, 0x9f, charTail1)
	case charF0:
		return tail(0x90, 0xbf, charTail2)
	case charF4:
		return tail(0x80, 0x8f, charTail2)
	case charEscape:
		switch b {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			return charNone, true, true
		case 'u':
			return charHex1, false, true
		}
		return 0, false, false
	case charHex1:
		if b == 'd' || b == 'D' {
			return charHexD, false, true
		}
		return charHex2, false, hex
	case charHexD:
		return charHex3, false, b >= '0' && b <= '7'
	case charHex2:
		return charHex3, false, hex
	case charHex3:
		return charHex4, false, hex
	case charHex4:
		return charNone, true, hex
	}
	return firstByte(b)
}

// firstByte begins a character.
func firstByte(b byte) (next int64, whole, ok bool) {
	switch {
	case b == '\\':
		return charEscape, false, true
	case b == '"' || b < 0x20:
		return 0, false, false
	case b < 0x80:
		return charNone, true, true
	case b < 0xc2:
		return 0, false, false
	case b < 0xe0:
		return charTail1, false, true
	case b == 0xe0:
		return charE0, false, true
	case b == 0xed:
		return charED, false, true
	case b < 0xf0:
		return charTail2, false, true
	case b == 0xf0:
		return charF0, false, true
	case b < 0xf4:
		return charTail3, false, true
	case b == 0xf4:
		return charF4, false, true
	}
	return 0, false, false
}

// closeChar ends a character that has begun.
var closeChar = [...]string{
	charNone: "", charTail1: "\x80", charTail2: "\x80\x80", charTail3: "\x80\x80\x80", charE0: "\xa0\x80", charED: "\x80\x80", charF0: "\x90\x80\x80", charF4: "\x80\x80\x80",
	charEscape: "n", charHex1: "0020", charHexD: "020", charHex2: "020", charHex3: "20", charHex4: "0",
}
