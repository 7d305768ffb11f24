package tokenizer

import (
	"slices"
	"sync"
)

//go:generate go run ./internal/gentables -classes ../../../shared/golden/tokenizer/classes.json -out tables.go

// A property is what the scanners and normalisation ask of a character: the canonical combining class in the low 8 bits, its class for the
// patterns above, and whether NFC may change it.
type property uint16

const (
	classShift          = 8
	changes    property = 1 << 12 // NFC changes it, or may join it with what stands before
)

func (p property) class() class   { return class(p >> classShift & 7) }
func (p property) combining() int { return int(p & 0xff) }

// The table of properties in blocks of 128 characters, equal blocks once.
const blockBits = 7

type propertyTable struct {
	blocks  [(0x10ffff >> blockBits) + 1]uint16
	content [][1 << blockBits]property
}

// properties is the table of Unicode 16, made from the ranges in tables.go when the first tokenizer is.
var properties propertyTable

var makeProperties = sync.OnceFunc(func() {
	all := make([]property, 0x110000)
	set := func(ranges []rune, c class) {
		for i := 0; i < len(ranges); i += 2 {
			for r := ranges[i]; r <= ranges[i+1]; r++ {
				all[r] = property(c) << classShift
			}
		}
	}
	set(letterRanges, letter)
	set(numberRanges, number)
	set(spaceRanges, space)
	all['\n'], all['\r'] = property(lineEnd)<<classShift, property(lineEnd)<<classShift
	for i := 0; i < len(combiningRanges); i += 3 {
		for r := combiningRanges[i]; r <= combiningRanges[i+1]; r++ {
			all[r] |= property(combiningRanges[i+2])
		}
	}
	makeCompositions()
	for _, r := range excluded {
		all[r] |= changes
	}
	for _, second := range compositionSeconds() {
		all[second] |= changes
	}
	index := map[[1 << blockBits]property]uint16{}
	for i := range properties.blocks {
		block := [1 << blockBits]property(all[i<<blockBits:])
		at, ok := index[block]
		if !ok {
			at = uint16(len(properties.content))
			index[block] = at
			properties.content = append(properties.content, block)
		}
		properties.blocks[i] = at
	}
	properties.content = slices.Clip(properties.content)
})

// propertyOf returns the properties of a valid character.
func propertyOf(r rune) property {
	return properties.content[properties.blocks[uint32(r)>>blockBits%uint32(len(properties.blocks))]][r&(1<<blockBits-1)]
}

func classOf(r rune) class { return propertyOf(r).class() }

const highBits = 0x8080808080808080

// ideograph reports whether a byte begins a character of U+5000 to U+9FFF in valid UTF-8: a letter of three bytes that NFC leaves alone.
func ideograph(c byte) bool { return c-0xe5 < 5 }

// decode returns the character at i of valid UTF-8, which is not checked again, and its length.
func decode(b []byte, i int) (rune, int) {
	c := rune(b[i])
	switch {
	case c < 0x80:
		return c, 1
	case c < 0xe0:
		return c&0x1f<<6 | rune(b[i+1]&0x3f), 2
	case c < 0xf0:
		return c&0xf<<12 | rune(b[i+1]&0x3f)<<6 | rune(b[i+2]&0x3f), 3
	}
	return c&7<<18 | rune(b[i+1]&0x3f)<<12 | rune(b[i+2]&0x3f)<<6 | rune(b[i+3]&0x3f), 4
}
