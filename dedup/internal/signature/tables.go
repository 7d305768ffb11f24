package signature

import "unicode"

// laterMarks are the characters with a combining class that Unicode 15, Go's, added to Unicode 14, Python's: there they are unassigned.
var laterMarks = &unicode.RangeTable{R32: []unicode.Range32{
	{0x10EFD, 0x10EFF, 1}, {0x11F41, 0x11F42, 1}, {0x1E08F, 0x1E08F, 1}, {0x1E4EC, 0x1E4EF, 1},
}}

// laterDigits are the decimal digits that Unicode 16 added: the peer's pattern of numbers is one of the module regex, whose tables know them.
var laterDigits = &unicode.RangeTable{R32: []unicode.Range32{
	{0x10D40, 0x10D49, 1},
	{0x116D0, 0x116E3, 1},
	{0x11BF0, 0x11BF9, 1},
	{0x11DE0, 0x11DE9, 1},
	{0x16130, 0x16139, 1},
	{0x16D70, 0x16D79, 1},
	{0x1CCF0, 0x1CCF9, 1},
	{0x1E5F1, 0x1E5FA, 1},
}}

// isDigit is \p{Nd} of the module regex.
func isDigit(r rune) bool {
	if r < 0x80 {
		return '0' <= r && r <= '9'
	}
	return unicode.Is(unicode.Nd, r) || r >= 0x10D40 && unicode.Is(laterDigits, r)
}

// isPoint is what may stand once between the digits of one number.
func isPoint(r rune) bool {
	switch r {
	case '.', ',', '،', '٫', '⎖', '⎗', '⎘':
		return true
	}
	return false
}
