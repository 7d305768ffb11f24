package inflate

import "math/bits"

// An entry of a table says what a code stands for and how long it is:
//
//	bits 0-4 length of the code, 0 if there is none   5-8 extra bits   9 literal   10 link to a second table   11 end of the block
//	bits 16-31 the literal, the base of a length or distance, or the place of the second table, whose index has as many bits as bits 5-8 say
type entry = uint32

const (
	isLiteral entry = 1 << 9
	isLink    entry = 1 << 10
	isEnd     entry = 1 << 11
)

func (t *table) extra(e entry) uint64 { return uint64(e >> 5 & 15) }

// A table decodes a Huffman code of up to 15 bits: the first bits by one look, the rest of long codes by a second one.
type table struct {
	bits    uint
	entries []entry
	longest [1 << 10]uint8 // of the codes that begin with these bits
}

// Templates of entries, without the length of the code.
var (
	literals  [288]entry
	distances [32]entry
)

func init() {
	for i := range 256 {
		literals[i] = isLiteral | entry(i)<<16
	}
	literals[256] = isEnd
	base := entry(3)
	for i := 257; i < 285; i++ {
		extra := entry(max(i-261, 0) / 4)
		literals[i] = base<<16 | extra<<5
		base += 1 << extra
	}
	literals[285] = 258 << 16
	base = 1
	for i := range 30 {
		extra := entry(max(i-2, 0) / 2)
		distances[i] = base<<16 | extra<<5
		base += 1 << extra
	}
}

// build makes the table of codes of the given lengths. It says whether they make a code, as package flate does: complete, or a single one of one bit, or
// none.
func (t *table) build(first uint, lengths []uint8, templates []entry) bool {
	var count, next [16]int
	longest := 0
	for _, n := range lengths {
		count[n]++
		longest = max(longest, int(n))
	}
	count[0] = 0
	code := 0
	for n := 1; n <= longest; n++ {
		code <<= 1
		next[n] = code
		code += count[n]
	}
	if longest > 0 && code != 1<<longest && (code != 1 || longest != 1) {
		return false
	}
	t.bits = first
	size := 1 << first
	if cap(t.entries) < size {
		t.entries = make([]entry, size, 4*size)
	}
	t.entries = t.entries[:size]
	clear(t.entries)
	if longest > int(first) {
		t.links(lengths, next, size)
	}
	for symbol, n := range lengths {
		if n == 0 {
			continue
		}
		at := reverse(next[n], n)
		next[n]++
		e := entry(n)
		if symbol < len(templates) {
			e |= templates[symbol]
		}
		if uint(n) <= first {
			for ; at < size; at += 1 << n {
				t.entries[at] = e
			}
			continue
		}
		link := t.entries[at&(size-1)]
		second := t.entries[link>>16:][:1<<t.extra(link)]
		for at >>= first; at < len(second); at += 1 << (uint(n) - first) {
			second[at] = e
		}
	}
	return true
}

// links makes room for the second tables.
func (t *table) links(lengths []uint8, next [16]int, size int) {
	longest := t.longest[:size]
	clear(longest)
	for _, n := range lengths {
		if n == 0 {
			continue
		}
		at := reverse(next[n], n)
		next[n]++
		if uint(n) > t.bits {
			longest[at&(size-1)] = max(longest[at&(size-1)], n)
		}
	}
	for at, n := range longest {
		if n == 0 {
			continue
		}
		more := uint(n) - t.bits
		t.entries[at] = entry(len(t.entries))<<16 | entry(more)<<5 | isLink | entry(t.bits)
		for range 1 << more {
			t.entries = append(t.entries, 0)
		}
	}
}

// reverse returns the n bits of a code, the last one first.
func reverse(code int, n uint8) int { return int(bits.Reverse16(uint16(code)) >> (16 - n)) }
