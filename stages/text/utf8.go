package text

import (
	"unicode/utf8"
	"unsafe"
)

// Valid says whether b is valid UTF-8, as [utf8.Valid] does.
func Valid(b []byte) bool {
	if len(b) < shortUTF8 {
		return utf8.Valid(b)
	}
	_, ok := runes(unsafe.String(unsafe.SliceData(b), len(b)))
	return ok
}

// countRunes is [utf8.RuneCountInString].
func countRunes(s string) int {
	if len(s) >= shortUTF8 {
		if n, ok := runes(s); ok {
			return n
		}
	}
	return utf8.RuneCountInString(s)
}

const (
	utf8Block = 32 // bytes that a kernel looks at in one step
	shortUTF8 = 24 // less is faster without
)

// runesGeneric returns the number of characters of s, if s is valid UTF-8.
func runesGeneric(s string) (n int, ok bool) {
	if !utf8.ValidString(s) {
		return 0, false
	}
	return utf8.RuneCountInString(s), true
}
