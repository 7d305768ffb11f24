package datatrove

import (
	"math"
	"slices"
	"unsafe"

	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/datatrove"
	"github.com/winnow-data/winnow/stages/text/python"
)

// maxKept is how many words memory is kept for once a smaller text follows.
const maxKept = 1 << 20

// A wordList is the words of a text as the @datatrove presets take them, cut once for all of them.
type wordList struct {
	spans  []text.Span
	filled bool     // of the text at hand:
	hashes []uint64 // of each word
	stream string   // the words, nothing between them; lies in bytes
	bytes  []byte
	ends   []int32 // bytes of stream before each word, and at the end
	runes  []int32 // characters of stream before each word, and at the end; of ASCII the same list as ends
	counts []int32 // memory for runes
}

// wordsKey is the key of wordList in a view.
type wordsKey datatrove.Words

// spansOf returns the words of t, of the kind that a preset is set to, but for their spans unfilled.
func spansOf(kind datatrove.Words, t *text.View) *wordList {
	return text.Shared(t, wordsKey(kind), func(s string, w *wordList) {
		if cap(w.spans) > maxKept || cap(w.bytes) > 16*maxKept {
			*w = wordList{}
		}
		w.spans, w.filled = kind.CutterOf(t).Words(w.spans[:0], s), false
	})
}

// wordsOf returns the words of t, of the kind that a preset is set to.
func wordsOf(kind datatrove.Words, t *text.View) *wordList {
	w := spansOf(kind, t)
	if !w.filled {
		w.fill(t.Text(), t.ASCII())
	}
	return w
}

func (w *wordList) fill(s string, ascii bool) {
	w.filled = true
	w.hashes, w.ends = w.hashes[:0], append(w.ends[:0], 0)
	w.bytes = slices.Grow(w.bytes[:0], len(s)+8)[:len(s)+8]
	n := 0
	for _, span := range w.spans {
		from, to := int(span.Start), int(span.End)
		w.hashes = append(w.hashes, text.HashIn(s, from, to))
		if size := to - from; size <= 8 && from+8 <= len(s) { // most words: one move instead of a call
			*(*[8]byte)(w.bytes[n:]) = [8]byte([]byte(s[from : from+8]))
		} else {
			copy(w.bytes[n:], s[from:to])
		}
		n += to - from
		w.ends = append(w.ends, int32(n))
	}
	w.stream = unsafe.String(unsafe.SliceData(w.bytes), n) // nobody writes to bytes before the next text, which makes another
	if w.runes = w.ends; ascii {
		return
	}
	w.counts = append(w.counts[:0], 0)
	runes := int32(0)
	for i := range w.spans {
		runes += int32(python.Len(w.word(i)))
		w.counts = append(w.counts, runes)
	}
	w.runes = w.counts
}

func (w *wordList) len() int { return len(w.spans) }

// word returns the i-th word.
func (w *wordList) word(i int) string { return w.stream[w.ends[i]:w.ends[i+1]] }

// ratio is a/b, and not a number where b is 0: datatrove stops with an error there, and the run quarantines the record.
func ratio(a, b int) float64 {
	if b == 0 {
		return math.NaN()
	}
	return float64(a) / float64(b)
}

// copies counts pieces of text that have stood before: datatrove's find_duplicates.
type copies struct {
	table text.Table
	n     int // pieces
	again int // pieces that are copies
	runes int // characters in them
}

// start forgets all pieces. No more than most may follow.
func (c *copies) start(most int) {
	c.table.Clear(most)
	c.n, c.again, c.runes = 0, 0, 0
}

func (c *copies) add(piece string) {
	if _, ok := c.table.First(text.Hash(piece), 0); ok {
		c.again++
		c.runes += python.Len(piece)
	}
	c.n++
}
