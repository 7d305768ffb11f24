// Package runes looks up properties of characters that are kept as lists of ranges in small text files.
package runes

import (
	"fmt"
	"strconv"
	"strings"
)

// A Range is a run of code points, both ends inside.
type Range struct{ Lo, Hi rune }

// Lines splits a file of lines NAME VALUE. It panics on a name that occurs twice: the files are part of the program.
func Lines(file string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(file) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if _, ok := out[name]; ok {
			panic(fmt.Sprintf("runes: %q occurs twice", name))
		}
		out[name] = value
	}
	return out
}

// Ranges reads ranges such as "41-5A AA": hexadecimal, ascending. It panics on anything else.
func Ranges(s string) []Range {
	var out []Range
	for f := range strings.FieldsSeq(s) {
		lo, hi, more := strings.Cut(f, "-")
		if !more {
			hi = lo
		}
		out = append(out, Range{Hex(lo), Hex(hi)})
	}
	return out
}

// Hex reads a code point, and panics if it is none.
func Hex(s string) rune {
	r, err := strconv.ParseUint(s, 16, 32)
	if err != nil || r > 0x10FFFF {
		panic(fmt.Sprintf("runes: %q is no code point", s))
	}
	return rune(r)
}

const (
	pageBits = 7
	pageSize = 1 << pageBits
)

// A Table holds flags for every code point. The zero Table has none.
type Table struct {
	pages  [0x110000 / pageSize]uint16 // number of the block
	blocks [][pageSize]uint16
}

// Set adds flags to the code points of ranges.
func (t *Table) Set(flags uint16, ranges []Range) {
	if t.blocks == nil {
		t.blocks = make([][pageSize]uint16, 1, 256)
	}
	for _, r := range ranges {
		for c := r.Lo; c <= r.Hi; c++ {
			p := &t.pages[c>>pageBits]
			if *p == 0 {
				*p = uint16(len(t.blocks))
				t.blocks = append(t.blocks, [pageSize]uint16{})
			}
			t.blocks[*p][c&(pageSize-1)] |= flags
		}
	}
}

// Of returns the flags of r; of what is no code point, those of U+0000.
func (t *Table) Of(r rune) uint16 {
	if uint32(r) >= 0x110000 {
		r = 0
	}
	return t.blocks[t.pages[r>>pageBits]][r&(pageSize-1)]
}
