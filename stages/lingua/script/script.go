// Package script says in which writing system a letter stands, quickly enough to ask for every letter of a text, and which
// kind of Chinese characters a text uses.
//
//	for _, r := range text {
//		if s := script.Of(r); s != script.None { counts[s]++ }
//	}
package script

import (
	"slices"
	"sync"
	"unicode"
)

// An ID is a script, as a small number for counting. The numbers are those of one Unicode version and never leave a process.
type ID uint8

// The two IDs that stand for no script.
const (
	None   ID = 0 // not a letter
	Shared ID = 1 // a letter that many scripts share, such as the Japanese long-vowel mark ー
)

// Count is larger than every ID: the length of an array indexed by ID.
const Count = 256

type tables struct {
	page  [(unicode.MaxRune >> 8) + 1]uint16 // rune>>8 → index in pages
	pages [][256]ID
	codes [Count]string
	ids   map[string]ID
}

// load builds the tables from package unicode. It takes about a millisecond, once.
var load = sync.OnceValue(func() *tables {
	t := &tables{pages: make([][256]ID, 1), ids: map[string]ID{}}
	names := make([]string, 0, len(unicode.Scripts))
	for name := range unicode.Scripts {
		if codes[name] != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	each(unicode.L, func(r rune) { t.set(r, Shared) })
	for i, name := range names {
		id := ID(i) + Shared + 1
		t.codes[id], t.ids[codes[name]] = codes[name], id
		each(unicode.Scripts[name], func(r rune) {
			if t.of(r) != None {
				t.set(r, id)
			}
		})
	}
	return t
})

func each(table *unicode.RangeTable, f func(rune)) {
	for _, r := range table.R16 {
		for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
			f(c)
		}
	}
	for _, r := range table.R32 {
		for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
			f(c)
		}
	}
}

func (t *tables) of(r rune) ID { return t.pages[t.page[r>>8]][r&0xFF] }

func (t *tables) set(r rune, id ID) {
	if t.page[r>>8] == 0 {
		t.page[r>>8] = uint16(len(t.pages))
		t.pages = append(t.pages, [256]ID{})
	}
	t.pages[t.page[r>>8]][r&0xFF] = id
}

// A Table answers for many runes without looking for its tables each time. It is read-only and shared.
type Table struct{ t *tables }

// Load returns the table.
func Load() Table { return Table{load()} }

// Of returns the script of a letter, [None] for what is not a letter. r must be a rune that decoding a string yields.
func (t Table) Of(r rune) ID { return t.t.of(r) }

// Of returns the script of a letter, [None] for what is not a letter or not a rune.
func Of(r rune) ID {
	if r < 0 || r > unicode.MaxRune {
		return None
	}
	return load().of(r)
}

// ByCode returns the script of an ISO 15924 code that Unicode has characters for; Hans, Hant, Jpan and Kore are no scripts
// of Unicode but mixtures, and have none.
func ByCode(code string) (ID, bool) {
	id, ok := load().ids[code]
	return id, ok
}

// Code returns the ISO 15924 code, "Zyyy" (undetermined) for [None] and [Shared].
func (s ID) Code() string {
	if c := load().codes[s]; c != "" {
		return c
	}
	return "Zyyy"
}
