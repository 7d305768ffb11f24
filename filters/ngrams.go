package filters

import (
	"slices"

	"github.com/winnow-data/winnow/stages/text"
)

// The n of the n-grams that are measured: the most frequent one, then the copies.
const (
	minTop, maxTop = 2, 4
	minDup, maxDup = 5, 10
)

// maxKept is how many words a filter keeps memory for once a smaller text follows.
const maxKept = 1 << 20

// ngrams finds repeated n-grams. It goes from n-1 to n: an n-gram is repeated only where two repeated (n-1)-grams follow each other, so
// that from n = 3 on it looks at a small part of an ordinary text. The id of an n-gram is the position where it first stands; it
// is looked up by the ids of the two (n-1)-grams it consists of, so that n-grams are told apart exactly, and words by 64-bit hashes.
type ngrams struct {
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

// measure fills m with shares of the characters in lines: of words in the most frequent 2-, 3- and 4-gram, then of words in copies of 5- to 10-grams.
func (g *ngrams) measure(t *text.View, m []float64) {
	chars := 0
	for _, p := range t.Paragraphs() {
		chars += int(p.Runes)
	}
	total := float64(chars)
	for i := range m {
		m[i] = ratio(0, total)
	}
	if total == 0 {
		return
	}
	g.start(t)
	n := 1
	for k := minTop; k <= maxDup && len(g.live) > 0; k++ {
		units := t.Units(k)
		for ; n < units-1 && len(g.live) > 0; n++ {
			g.step(n+1, nil)
		}
		if n != units-1 || len(g.live) == 0 {
			return
		}
		n = units
		if k <= maxTop {
			g.step(n, nil)
			m[k-minTop] = float64(g.top(n)) / total
			continue
		}
		copies := 0
		g.step(n, &copies)
		m[k-minTop] = float64(copies) / total
	}
}

// start sets g up with the words of t: n = 1.
func (g *ngrams) start(t *text.View) {
	hashes := t.WordHashes()
	ends := g.makeRoom(len(hashes))
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
	g.words(hashes)
}

// makeRoom readies g for a text of so many words and returns the list for the caller to fill, of the characters in the words before each position.
func (g *ngrams) makeRoom(words int) (ends []int32) {
	if cap(g.ids) > maxKept && words <= maxKept {
		*g = ngrams{}
	}
	g.ids, g.next, g.stats = resize(g.ids, words), resize(g.next, words), resize(g.stats, words)
	g.ends, g.live = resize(g.ends, words+1), resize(g.live, words)
	return g.ends
}

// words takes the hashes of the words: n = 1.
func (g *ngrams) words(hashes []uint64) {
	g.table.Clear(len(hashes))
	for i, h := range hashes {
		id, _ := g.table.First(h, int32(i))
		g.ids[i] = id
		if id == int32(i) {
			g.stats[i].count = 0
		}
		g.stats[id].count++
	}
	g.live = g.live[:0]
	for i, id := range g.ids {
		if g.stats[id].count > 1 {
			g.live = append(g.live, int32(i))
		}
	}
}

// step goes from n-1 to n. With copies it adds the characters of the words in second and later copies of n-grams, each word once.
func (g *ngrams) step(n int, copies *int) {
	g.table.Clear(len(g.live))
	covered := int32(0) // words before it are counted
	candidates := g.live[:0]
	for k := 0; k+1 < len(g.live); k++ {
		i := g.live[k]
		if g.live[k+1] != i+1 {
			continue
		}
		id, seen := g.table.First(pair(g.ids[i], g.ids[i+1]), i)
		g.next[i] = id
		s := &g.stats[id]
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
				*copies += int(g.ends[covered] - g.ends[from])
			}
		}
		candidates = append(candidates, i)
	}
	g.ids, g.next = g.next, g.ids
	g.live = slices.DeleteFunc(candidates, func(i int32) bool { return g.stats[g.ids[i]].count < 2 })
}

// top returns the characters in all occurrences, not overlapping, of the n-gram that occurs most often. step must have come to n.
func (g *ngrams) top(n int) (chars int) {
	var best, longest int32
	for _, i := range g.live {
		if g.ids[i] != i {
			continue
		}
		apart := g.stats[i].apart
		if apart < 2 || apart < best {
			continue
		}
		if long := g.ends[i+int32(n)] - g.ends[i]; apart > best || long > longest {
			best, longest = apart, long
		}
	}
	return int(best) * int(longest)
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
