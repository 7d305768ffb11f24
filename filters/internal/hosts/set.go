package hosts

import "slices"

// A set holds 64-bit hashes, eight bytes each, sorted, with an index over their first bits: one or two cache misses a look-up.
type set struct {
	hashes []uint64
	starts []uint32 // by the first bits: where hashes with them begin
	shift  uint
}

// newSet sorts the hashes and drops doubles.
func newSet(hashes []uint64) set {
	slices.Sort(hashes)
	hashes = slices.Clip(slices.Compact(hashes))
	bits := uint(1)
	for bits < 24 && len(hashes)>>bits > 4 {
		bits++
	}
	s := set{hashes: hashes, starts: make([]uint32, 1<<bits+1), shift: 64 - bits}
	at := 0
	for i := range s.starts {
		for at < len(hashes) && hashes[at]>>s.shift < uint64(i) {
			at++
		}
		s.starts[i] = uint32(at)
	}
	return s
}

func (s *set) has(h uint64) bool {
	if len(s.hashes) == 0 {
		return false
	}
	b := h >> s.shift
	for _, x := range s.hashes[s.starts[b]:s.starts[b+1]] {
		if x >= h {
			return x == h
		}
	}
	return false
}
