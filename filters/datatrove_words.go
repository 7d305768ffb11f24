package filters

import (
	"math"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/datatrove"
	"github.com/winnow-data/winnow/stages/text/python"
)

// peerWords are the words of a text as the @datatrove presets take them, cut once for all of them.
type peerWords struct {
	cutter *datatrove.Cutter
	spans  []text.Span
	hashes []uint64 // of each word
	stream []byte   // the words, nothing between them
	ends   []int32  // bytes of stream before each word, and at the end
	runes  []int32  // characters of stream before each word, and at the end
}

// peerWordsKey is the key of peerWords in a view.
type peerWordsKey datatrove.Words

// wordsOf returns the words of t, of the kind that a preset is set to.
func wordsOf(kind datatrove.Words, t *text.View) *peerWords {
	return text.Shared(t, peerWordsKey(kind), func(s string, w *peerWords) {
		if w.cutter == nil || cap(w.spans) > maxKept {
			*w = peerWords{cutter: kind.Cutter()}
		}
		w.cut(s)
	})
}

func (w *peerWords) cut(s string) {
	w.spans = w.cutter.Words(w.spans[:0], s)
	w.hashes, w.stream, w.ends, w.runes = w.hashes[:0], w.stream[:0], append(w.ends[:0], 0), append(w.runes[:0], 0)
	runes := int32(0)
	for _, span := range w.spans {
		word := s[span.Start:span.End]
		w.hashes = append(w.hashes, text.Hash(word))
		w.stream = append(w.stream, word...)
		w.ends = append(w.ends, int32(len(w.stream)))
		runes += int32(utf8.RuneCountInString(word))
		w.runes = append(w.runes, runes)
	}
}

func (w *peerWords) len() int { return len(w.spans) }

// word returns the i-th word.
func (w *peerWords) word(i int) []byte { return w.stream[w.ends[i]:w.ends[i+1]] }

// peerRatio is a/b, and not a number where b is 0: datatrove stops with an error there, and the run quarantines the record.
func peerRatio(a, b int) float64 {
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
