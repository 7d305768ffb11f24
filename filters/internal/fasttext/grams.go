package fasttext

import "slices"

// grams appends the rows of the character n-grams of a word that stands between < and >: from each character on, shortest first; single
// characters only inside. A character is a byte with the continuation bytes that follow, valid UTF-8 or not.
func (d *dictionary) grams(rows []int32, s []byte, a *args) []int32 {
	if d.survivors.blocks != nil {
		return d.survivingGrams(rows, s, a)
	}
	for i := range s {
		if s[i]&0xC0 == 0x80 {
			continue
		}
		h := uint32(fnvBasis)
		for j, n := i, 1; j < len(s) && n <= a.maxn; n++ {
			h = step(h, s[j])
			for j++; j < len(s) && s[j]&0xC0 == 0x80; j++ {
				h = step(h, s[j])
			}
			if n >= a.minn && (n > 1 || i > 0 && j < len(s)) {
				rows = d.push(rows, d.mod.of(h))
			}
		}
	}
	return rows
}

// survivingGrams is grams for a pruned model with blocks. Which n-grams survived is as good as chance to the processor, so each row is
// written, and kept by counting it.
func (d *dictionary) survivingGrams(rows []int32, s []byte, a *args) []int32 {
	n := len(rows)
	rows = slices.Grow(rows, len(s)*a.maxn)
	out := rows[:cap(rows)]
	words, blocks, kept := int32(d.nwords), d.survivors.blocks, d.survivors.rows
	for i := range s {
		if s[i]&0xC0 == 0x80 {
			continue
		}
		h := uint32(fnvBasis)
		for j, long := i, 1; j < len(s) && long <= a.maxn; long++ {
			h = step(h, s[j])
			for j++; j < len(s) && s[j]&0xC0 == 0x80; j++ {
				h = step(h, s[j])
			}
			if long >= a.minn && (long > 1 || i > 0 && j < len(s)) {
				bucket := d.mod.of(h)
				at, is := blocks[bucket/64].find(bucket)
				out[n] = words + kept[at]
				n += is
			}
		}
	}
	return out[:n]
}
