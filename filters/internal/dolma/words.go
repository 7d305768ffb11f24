package dolma

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/python"
)

// A word is what lies between white space: Python's str.split().
type word struct {
	text.Span
	runes int32
}

// maxKept is how many words memory is kept for once a smaller text follows.
const maxKept = 1 << 20

// wordList is a text cut as dolma's gopher tagger cuts it. It keeps its memory.
type wordList struct {
	text   string
	words  []word
	chars  int // code points of all words
	counts []int32
	long   []int32
}

// shortWord bounds the lengths, in code points, that are counted in a table for the median.
const shortWord = 64

// cut splits s at white space.
func (w *wordList) cut(s string) {
	if cap(w.words) > maxKept && len(s) <= maxKept {
		*w = wordList{}
	}
	w.text, w.words, w.chars = s, w.words[:0], 0
	for i := 0; i < len(s); {
		i = w.next(s, i)
	}
}

// next adds the word that begins at or behind s[i:] and returns where it ends.
func (w *wordList) next(s string, i int) int {
	for i < len(s) {
		size, space := spaceAt(s, i)
		if !space {
			break
		}
		i += size
	}
	start, runes := i, int32(0)
	for i < len(s) {
		if c := s[i]; c > ' ' && c < utf8.RuneSelf {
			i++
			runes++
			continue
		}
		size, space := spaceAt(s, i)
		if space {
			break
		}
		i += size
		runes++
	}
	if i > start {
		w.words = append(w.words, word{text.Span{Start: int32(start), End: int32(i)}, runes})
		w.chars += int(runes)
	}
	return i
}

// spaceAt returns the bytes of the character at s[i:] and whether Python's str.isspace holds for it.
func spaceAt(s string, i int) (size int, space bool) {
	if c := s[i]; c < utf8.RuneSelf {
		return 1, python.IsSpace(rune(c))
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	return size, python.IsSpace(r)
}

// at returns word i.
func (w *wordList) at(i int) string { return w.text[w.words[i].Start:w.words[i].End] }

// median returns the median length of the words in code points, the mean of the two in the middle where their number is even; 0 for none.
func (w *wordList) median() float64 {
	n := len(w.words)
	if n == 0 {
		return 0
	}
	w.counts = append(w.counts[:0], make([]int32, shortWord)...)
	w.long = w.long[:0]
	for i := range w.words {
		if r := w.words[i].runes; r < shortWord {
			w.counts[r]++
		} else {
			w.long = append(w.long, r)
		}
	}
	slices.Sort(w.long)
	if n%2 == 1 {
		return float64(w.ranked(n / 2))
	}
	return float64(w.ranked(n/2-1)+w.ranked(n/2)) / 2
}

// ranked returns the length at place k of the lengths in order.
func (w *wordList) ranked(k int) int {
	for length, c := range w.counts {
		if k < int(c) {
			return length
		}
		k -= int(c)
	}
	return int(w.long[k])
}

// hasAlpha says whether Python's str.isalpha holds for a character of s.
func hasAlpha(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf {
			return strings.IndexFunc(s[i:], python.IsAlpha) >= 0
		} else if c|0x20 >= 'a' && c|0x20 <= 'z' {
			return true
		}
	}
	return false
}

// precision is how many decimals dolma's taggers write (core/taggers.py, TAGGER_SCORE_PRECISION); its mixer decides by what is written.
const precision = 5

// written rounds a share as Python's round(x, 5) does: to the nearest decimal of the exact binary value, ties to even.
func written(x float64) float64 {
	const scale = 1e5
	y := x * scale
	whole := math.Floor(y)
	switch d := y - whole; {
	case whole > 1<<40 || d > 0.499 && d < 0.501:
		r, err := strconv.ParseFloat(strconv.FormatFloat(x, 'f', precision, 64), 64)
		if err != nil {
			return x // what FormatFloat writes always parses
		}
		return r
	case d >= 0.5:
		whole++
	}
	return whole / scale
}
