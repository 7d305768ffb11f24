package text

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
