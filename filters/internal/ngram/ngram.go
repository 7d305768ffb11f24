// Package ngram counts the n-grams of a text that are repeated, for the rules of Gopher (Rae et al. 2021, appendix A.1.1) and for what peers
// make of them. It goes from n-1 to n:
//
//	ends := c.Room(len(words))      // to be filled: characters in the words before each
//	c.Words(hashes)                 // n = 1
//	for n := 2; n <= ngram.MaxDup; n++ {
//		c.Step(n, nil)
//		first, count := c.MostFrequent() // of the n-grams
//	}
package ngram

import (
	"slices"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// The n of the n-grams that are measured: the most frequent one, then the copies.
const (
	MinTop, MaxTop = 2, 4
	MinDup, MaxDup = 5, 10
)

// maxKept is how many words a filter keeps memory for once a smaller text follows.
const maxKept = 1 << 20

// A Counter finds repeated n-grams and keeps its memory. It goes from n-1 to n: an n-gram is repeated only where two repeated (n-1)-grams follow each other, so
// that from n = 3 on it looks at a small part of an ordinary text. The id of an n-gram is the position where it first stands; it
// is looked up by the ids of the two (n-1)-grams it consists of, so that n-grams are told apart exactly, and words by 64-bit hashes.
type Counter struct {
	table text.Table
	ids   []int32 // by position: id of the (n-1)-gram there, where live
	next  []int32 // by position: id of the n-gram there
	live  []int32 // positions of repeated (n-1)-grams, ascending
	stats []gram  // by id
	ends  []int32 // by position: characters in the words before it
}

// A gram is what is known of an n-gram.
type gram struct {
	count int32 // occurrences
	apart int32 // occurrences that do not overlap, from the left
	end   int32 // where the last of these ends
}

// Measure fills m with shares of the characters in lines: of words in the most frequent 2-, 3- and 4-gram, then of words in copies of 5- to 10-grams.
func (c *Counter) Measure(t *text.View, m []float64) {
	chars := 0
	for _, p := range t.Paragraphs() {
		chars += int(p.Runes)
	}
	total := float64(chars)
	for i := range m {
		m[i] = 0
		if total == 0 { // a share of nothing says nothing
			m[i] = stages.NA
		}
	}
	if total == 0 {
		return
	}
	c.start(t)
	n := 1
	for k := MinTop; k <= MaxDup && len(c.live) > 0; k++ {
		units := t.Units(k)
		for ; n < units-1 && len(c.live) > 0; n++ {
			c.Step(n+1, nil)
		}
		if n != units-1 || len(c.live) == 0 {
			return
		}
		n = units
		if k <= MaxTop {
			c.Step(n, nil)
			m[k-MinTop] = float64(c.top(n)) / total
			continue
		}
		copies := 0
		c.Step(n, &copies)
		m[k-MinTop] = float64(copies) / total
	}
}

// start sets c up with the words of t: n = 1.
func (c *Counter) start(t *text.View) {
	hashes := t.WordHashes()
	ends := c.Room(len(hashes))
	end, spans, plain := int32(0), t.Words(), t.ASCII()
	for i := range hashes {
		ends[i] = end
		if plain {
			end += spans[i].End - spans[i].Start
		} else {
			end += int32(t.WordRunes(i))
		}
	}
	ends[len(hashes)] = end
	c.Words(hashes)
}

// Room readies c for a text of so many words and returns the list for the caller to fill, of the characters in the words before each position.
func (c *Counter) Room(words int) (ends []int32) {
	if cap(c.ids) > maxKept && words <= maxKept {
		*c = Counter{}
	}
	c.ids, c.next, c.stats = resize(c.ids, words), resize(c.next, words), resize(c.stats, words)
	c.ends, c.live = resize(c.ends, words+1), resize(c.live, words)
	return c.ends
}

// Words takes the hashes of the words: n = 1.
func (c *Counter) Words(hashes []uint64) {
	c.table.Clear(len(hashes))
	for i, h := range hashes {
		id, _ := c.table.First(h, int32(i))
		c.ids[i] = id
		if id == int32(i) {
			c.stats[i].count = 0
		}
		c.stats[id].count++
	}
	c.live = c.live[:0]
	for i, id := range c.ids {
		if c.stats[id].count > 1 {
			c.live = append(c.live, int32(i))
		}
	}
}

// Step goes from n-1 to n. With copies it adds the characters of the words in second and later copies of n-grams, each word once.
func (c *Counter) Step(n int, copies *int) {
	c.table.Clear(len(c.live))
	covered := int32(0) // words before it are counted
	candidates := c.live[:0]
	for k := 0; k+1 < len(c.live); k++ {
		i := c.live[k]
		if c.live[k+1] != i+1 {
			continue
		}
		id, seen := c.table.First(pair(c.ids[i], c.ids[i+1]), i)
		c.next[i] = id
		s := &c.stats[id]
		if !seen {
			*s = gram{count: 1, apart: 1, end: i + int32(n)}
		} else {
			s.count++
			if i >= s.end {
				s.apart++
				s.end = i + int32(n)
			}
			if copies != nil {
				from := max(i, covered)
				covered = i + int32(n)
				*copies += int(c.ends[covered] - c.ends[from])
			}
		}
		candidates = append(candidates, i)
	}
	c.ids, c.next = c.next, c.ids
	c.live = slices.DeleteFunc(candidates, func(i int32) bool { return c.stats[c.ids[i]].count < 2 })
}

// top returns the characters in all occurrences, not overlapping, of the n-gram that occurs most often. Step must have come to n.
func (c *Counter) top(n int) (chars int) {
	var best, longest int32
	for _, i := range c.live {
		if c.ids[i] != i {
			continue
		}
		apart := c.stats[i].apart
		if apart < 2 || apart < best {
			continue
		}
		if long := c.ends[i+int32(n)] - c.ends[i]; apart > best || long > longest {
			best, longest = apart, long
		}
	}
	return int(best) * int(longest)
}

// MostFrequent returns where the n-gram that occurs most often stands, the first of several, and how often it does: the first one, once, where
// none is repeated.
func (c *Counter) MostFrequent() (at, count int32) {
	count = 1
	for _, i := range c.live {
		if c.ids[i] == i && c.stats[i].count > count {
			at, count = i, c.stats[i].count
		}
	}
	return at, count
}

// Chars returns the characters in the n words from one on.
func (c *Counter) Chars(at int32, n int) int { return int(c.ends[at+int32(n)] - c.ends[at]) }

// Repeated returns the characters in all occurrences of n-grams that occur more than once. Step must have come to n.
func (c *Counter) Repeated(n int) (chars int) {
	for _, i := range c.live {
		chars += c.Chars(i, n)
	}
	return chars
}

// All returns the characters in all n-grams of the text.
func (c *Counter) All(n int) (chars int) {
	for i := 0; i+n < len(c.ends); i++ {
		chars += c.Chars(int32(i), n)
	}
	return chars
}

// pair packs two ids and mixes them without loss, so that different pairs have different keys.
func pair(a, b int32) uint64 {
	x := uint64(uint32(a))<<32 | uint64(uint32(b))
	x ^= x >> 32
	x *= 0x9E3779B97F4A7C15
	return x ^ x>>29
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2)
	}
	return s[:n]
}
