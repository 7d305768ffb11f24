package lingua

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"sync"
	"unicode"

	"github.com/winnow-data/winnow/stages/lingua/script"
)

//go:generate go run ./_generate

// packed is read-only. Its layout, all numbers little-endian, 32 bits:
//
//	"winnowL1", number of scripts, then per script:
//	ISO 15924 code (4 bytes), number of languages, their ISO 639-1 codes (2 bytes each)
//	number of letters, the letters in ascending order
//	b, number of rows, 1<<b slots of a hash table (row + 1, 0 empty; linear probing), the rows
//
// A row is a key of three letter indexes, each one more than the place in the list, 10 bits each, and one cell per language, padded
// with zeros to a multiple of 8 bytes. A cell is the cost of the third letter after the first two, -ln p, in units of
// 8/254 nat; 255: rarer than exp(-8) or never seen.
//
//go:embed table.bin
var packed []byte

// unseen is the cell of a trigram that a language does not have.
const unseen = 255

// nats is the unit of a cell.
const nats = 8.0 / 254

// maxLanguages bounds the languages of one script, for arrays on the stack.
const maxLanguages = 64

// A table holds the models of the languages of one script.
type table struct {
	script    script.ID
	languages []string // ISO 639-1
	letters   letterIndex
	shift     uint   // 32 - b
	slots     []byte // 4 << b
	rows      []byte
	stride    int
}

// letterIndex maps a letter, of either case, to its index; 0 for a letter outside the models.
type letterIndex struct {
	page  [(unicode.MaxRune >> 8) + 1]uint8
	pages [][256]uint16
}

func (x *letterIndex) of(r rune) uint16 { return x.pages[x.page[r>>8]][r&0xFF] }

func (x *letterIndex) set(r rune, i uint16) {
	if x.page[r>>8] == 0 {
		x.page[r>>8] = uint8(len(x.pages))
		x.pages = append(x.pages, [256]uint16{})
	}
	x.pages[x.page[r>>8]][r&0xFF] = i
}

// tables returns the table of each script that has one.
var tables = sync.OnceValue(func() *[script.Count]*table {
	all, err := parse(packed)
	if err != nil {
		panic(err) // the embedded file is broken: a bug, and TestTables would have said so
	}
	return all
})

// parse reads the layout described at packed without copying rows.
func parse(b []byte) (*[script.Count]*table, error) {
	r := reader{b: b}
	if string(r.bytes(8)) != "winnowL1" {
		return nil, fmt.Errorf("reading the language table: it does not begin with winnowL1")
	}
	all := new([script.Count]*table)
	for n := r.number(); n > 0 && r.err == nil; n-- {
		t := &table{letters: letterIndex{pages: make([][256]uint16, 1)}}
		code := string(r.bytes(4))
		id, ok := script.ByCode(code)
		if !ok && r.err == nil {
			return nil, fmt.Errorf("reading the language table: unknown script %q", code)
		}
		t.script = id
		languages := min(r.number(), maxLanguages)
		for range languages {
			t.languages = append(t.languages, string(r.bytes(2)))
		}
		for i := range min(r.number(), 1<<10-1) {
			t.learn(rune(r.number()), uint16(i+1))
		}
		t.fold()
		slotBits := min(r.number(), 30)
		t.shift = uint(32 - slotBits)
		rows := r.number()
		t.stride = (4 + languages + 7) / 8 * 8
		t.slots = r.bytes(4 << slotBits)
		t.rows = r.bytes(rows * t.stride)
		all[id] = t
	}
	if r.err == nil && len(r.b) > 0 {
		return nil, fmt.Errorf("reading the language table: %d bytes left over", len(r.b))
	}
	return all, r.err
}

// learn gives a letter an index.
func (t *table) learn(letter rune, i uint16) {
	if letter >= 0 && letter <= unicode.MaxRune {
		t.letters.set(letter, i)
	}
}

// fold gives capitals the index of their small letters.
func (t *table) fold() {
	for _, r := range unicode.Upper.R16 {
		for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
			if i := t.letters.of(unicode.ToLower(c)); i != 0 {
				t.letters.set(c, i)
			}
		}
	}
}

// reader cuts a byte slice from the front; the first error stays.
type reader struct {
	b   []byte
	err error
}

func (r *reader) bytes(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b) {
		if r.err == nil {
			r.err = fmt.Errorf("reading the language table: it ends within %d bytes", n)
		}
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) number() int {
	b := r.bytes(4)
	if b == nil {
		return 0
	}
	return int(binary.LittleEndian.Uint32(b))
}
