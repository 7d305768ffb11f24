package text

// Duplicates counts what has been seen before in the same text: second and later copies.
type Duplicates struct {
	Count int // copies
	Runes int // characters in them
}

// DuplicateLines counts the lines that are copies of an earlier line.
func (v *View) DuplicateLines() Duplicates {
	if v.cut.dupLines {
		return v.dupLines
	}
	v.cut.dupLines, v.dupLines = true, Duplicates{}
	lines := v.Lines()
	v.seen.Clear(len(lines))
	for i := range lines {
		if _, ok := v.seen.First(lines[i].Hash, int32(i)); ok {
			v.dupLines.Count++
			v.dupLines.Runes += int(lines[i].Runes)
		}
	}
	return v.dupLines
}

// DuplicateParagraphs counts the paragraphs that are copies of an earlier paragraph.
func (v *View) DuplicateParagraphs() Duplicates {
	if v.cut.dupParagraphs {
		return v.dupParagraphs
	}
	v.cut.dupParagraphs, v.dupParagraphs = true, Duplicates{}
	paragraphs := v.Paragraphs()
	v.seen.Clear(len(paragraphs))
	for i := range paragraphs {
		if _, ok := v.seen.First(paragraphs[i].Hash, int32(i)); ok {
			v.dupParagraphs.Count++
			v.dupParagraphs.Runes += int(paragraphs[i].Runes)
		}
	}
	return v.dupParagraphs
}

// A Table maps 64-bit keys to the index where each was first seen. It is cleared in constant time and keeps its memory, so that one
// serves all texts of a worker. The zero Table is ready after Clear.
type Table struct {
	slots []slot
	mask  uint64
	turn  uint32
}

type slot struct {
	key   uint64
	turn  uint32 // the slot is taken if it equals the table's
	first int32
}

// Clear empties the table and makes room for n keys.
func (t *Table) Clear(n int) {
	size := 64
	for size < 2*n {
		size *= 2
	}
	t.turn++
	if size > len(t.slots) || t.turn == 0 {
		t.slots = make([]slot, max(size, len(t.slots)))
		t.turn = 1
	}
	t.mask = uint64(size - 1)
}

// First returns the index with which key was first given since Clear, and whether that was before this call. No more different keys than
// Clear made room for may be given. key must be well mixed: a hash.
func (t *Table) First(key uint64, i int32) (first int32, seen bool) {
	for at := key & t.mask; ; at = (at + 1) & t.mask {
		s := &t.slots[at]
		if s.turn != t.turn {
			*s = slot{key, t.turn, i}
			return i, false
		}
		if s.key == key {
			return s.first, true
		}
	}
}
