package shingle

import "math/bits"

// base is the multiplier of the rolling combination: odd, so that no bit of a word's hash is lost.
const base = 0x9E37_79B9_7F4A_7C15

// Grams appends to dst the hash of every run of n words, in order; of a text with fewer than n words the one hash of
// all of them. The polynomial of the words' hashes rolls along, so the cost does not depend on n.
func Grams(dst, words []uint64, n int) []uint64 {
	if len(words) < n {
		var h uint64
		for _, w := range words {
			h = h*base + w
		}
		return append(dst, mix(h+uint64(len(words)))) // the length keeps a short text apart from every n-gram
	}
	drop := uint64(1) // base^n
	for range n {
		drop *= base
	}
	var h uint64
	for i, w := range words {
		h = h*base + w
		if i >= n {
			h -= drop * words[i-n]
		}
		if i >= n-1 {
			dst = append(dst, mix(h))
		}
	}
	return dst
}

// mix spreads every bit over all others (the finish of MurmurHash3, Appleby 2011).
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xFF51_AFD7_ED55_8CCD
	x ^= x >> 33
	x *= 0xC4CE_B9FE_1A85_EC53
	return x ^ x>>33
}

// A Set holds distinct hashes in an open table at most half full: building and probing cost about 4 ns an element in cache, where
// sorting cost 60.
type Set struct {
	slots []uint64 // 0 is free
	n     int
	zero  bool // 0 itself is in the set
}

// Build makes s the set of hashes, keeping its memory.
func (s *Set) Build(hashes []uint64) {
	size := 1 << bits.Len(uint(max(2*len(hashes)-1, 1)))
	if cap(s.slots) < size {
		s.slots = make([]uint64, size)
	} else {
		s.slots = s.slots[:size]
		clear(s.slots)
	}
	s.n, s.zero = 0, false
	mask := uint64(size - 1)
	for _, h := range hashes {
		if h == 0 {
			s.zero = true
			continue
		}
		for i := h & mask; ; i = (i + 1) & mask {
			if s.slots[i] == 0 {
				s.slots[i] = h
				s.n++
			} else if s.slots[i] != h {
				continue
			}
			break
		}
	}
	if s.zero {
		s.n++
	}
}

// Len returns the number of distinct hashes.
func (s *Set) Len() int { return s.n }

// Bytes returns the memory that the set holds.
func (s *Set) Bytes() int { return 8 * cap(s.slots) }

// Has says whether h is in the set.
func (s *Set) Has(h uint64) bool {
	if h == 0 {
		return s.zero
	}
	mask := uint64(len(s.slots) - 1)
	for i := h & mask; s.slots[i] != 0; i = (i + 1) & mask {
		if s.slots[i] == h {
			return true
		}
	}
	return false
}

// Jaccard returns |s ∩ o| / |s ∪ o|, 1 for two empty sets.
func (s *Set) Jaccard(o *Set) float64 {
	small, large := s, o
	if small.n > large.n {
		small, large = large, small
	}
	if large.n == 0 {
		return 1
	}
	both := 0
	if small.zero && large.zero {
		both++
	}
	for _, h := range small.slots {
		if h != 0 && large.Has(h) {
			both++
		}
	}
	return float64(both) / float64(s.n+o.n-both)
}

// Index returns where part begins in whole, -1 if it does not occur: Knuth, Morris and Pratt, so that repetitive texts cost no more.
func Index(whole, part []uint64) int {
	if len(part) == 0 {
		return 0
	}
	if len(part) > len(whole) {
		return -1
	}
	border := make([]int32, len(part)) // of each prefix, its longest proper prefix that is a suffix too
	for i, k := 1, 0; i < len(part); i++ {
		for k > 0 && part[i] != part[k] {
			k = int(border[k-1])
		}
		if part[i] == part[k] {
			k++
		}
		border[i] = int32(k)
	}
	k := 0
	for i, w := range whole {
		for k > 0 && w != part[k] {
			k = int(border[k-1])
		}
		if w == part[k] {
			k++
		}
		if k == len(part) {
			return i + 1 - k
		}
	}
	return -1
}
