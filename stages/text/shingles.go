package text

import "unicode/utf8"

// AppendShingles appends to dst a hash for every window of n words, in order: of [Hash] of the words as they are written. A text
// of fewer than n words has none.
func (v *View) AppendShingles(dst []uint64, n int) []uint64 {
	hashes := v.WordHashes()
	for i := 0; i+n <= len(hashes); i++ {
		h := uint64(n)
		for _, w := range hashes[i : i+n] {
			h = Join(h, w)
		}
		dst = append(dst, h)
	}
	return dst
}

// AppendCharShingles appends to dst a hash for every window of n characters inside words, in order: white space, punctuation and
// symbols are left out, and windows run across them. It suits text without spaces.
func (v *View) AppendCharShingles(dst []uint64, n int) []uint64 {
	if n <= 0 {
		return dst
	}
	if cap(v.ring) < n {
		v.ring = make([]rune, n)
	}
	ring, seen := v.ring[:n], 0
	for _, w := range v.Words() {
		for i := int(w.Start); i < int(w.End); {
			r, size := utf8.DecodeRuneInString(v.text[i:])
			i += size
			ring[seen%n] = r
			if seen++; seen < n {
				continue
			}
			h := uint64(n)
			for k := range n {
				h = Join(h, uint64(ring[(seen+k)%n]))
			}
			dst = append(dst, h)
		}
	}
	return dst
}
