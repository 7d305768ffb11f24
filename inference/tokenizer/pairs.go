package tokenizer

import (
	"math/bits"
	"math/rand/v2"
)

// noRank is above every rank: the pair does not merge.
const noRank = 1<<21 - 1

// A pairTable gives the rank of the merge of two ids. It is an open hash table of 8-byte entries: left, right and rank in 21 bits each,
// plus 1 so that 0 is free.
type pairTable struct {
	slots []uint64
	mul   uint64 // odd and random, so that no file can be made to fill the table badly
	shift uint   // 64 - log2(len(slots))
	// maybe has a bit for each pair that merges, by a hash of one bit more than that of slots. Most pairs that are asked for do not merge, and
	// this table of 128 kB stays in the cache where that of 4 MB does not.
	maybe []uint64
}

// newPairTable makes room for n merges at a load of at most one half.
func newPairTable(n int) pairTable {
	log := bits.Len(uint(2 * max(n, 4)))
	return pairTable{slots: make([]uint64, 1<<log), maybe: make([]uint64, max(1<<(log+1)/64, 1)), mul: rand.Uint64() | 1, shift: uint(64 - log)}
}

// add enters a merge. It returns the rank that the pair has already, or noRank.
func (p *pairTable) add(left, right int32, rank int) int {
	key := uint64(left)<<21 | uint64(right)
	mask := len(p.slots) - 1
	h := key * p.mul >> (p.shift - 1)
	p.maybe[h/64] |= 1 << (h % 64)
	for i := int(h / 2); ; i++ {
		e := p.slots[i&mask]
		if e == 0 {
			p.slots[i&mask] = (key<<21 | uint64(rank)) + 1
			return noRank
		}
		if (e-1)>>21 == key {
			return int(e-1) & noRank
		}
	}
}

// rank returns the rank of a pair, noRank when it does not merge.
func (p *pairTable) rank(left, right int32) uint32 {
	key := uint64(left)<<21 | uint64(right)
	h := key * p.mul >> (p.shift - 1)
	if p.maybe[h/64]>>(h%64)&1 == 0 {
		return noRank
	}
	mask := len(p.slots) - 1
	for i := int(h / 2); ; i++ {
		e := p.slots[i&mask]
		if e == 0 {
			return noRank
		}
		if (e-1)>>21 == key {
			return uint32(e-1) & noRank
		}
	}
}
