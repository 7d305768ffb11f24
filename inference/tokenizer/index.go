package tokenizer

import (
	"hash/maphash"
	"math/bits"
)

// An index finds the id of a token while a tokenizer is made. It is an open hash table over the tokens themselves, seeded so that no vocabulary can
// be made to fill it badly.
type index struct {
	tokens []string
	slots  []uint64 // high half of the hash, id + 1 in the low half; 0 is free
	seed   maphash.Seed
}

func newIndex(tokens []string) *index {
	return &index{tokens: tokens, slots: make([]uint64, 1<<bits.Len(uint(2*len(tokens)))), seed: maphash.MakeSeed()}
}

// add enters the token of an id. It returns the id that has the same token already, or -1.
func (x *index) add(id int) int {
	h := maphash.String(x.seed, x.tokens[id])
	mask := len(x.slots) - 1
	for i := int(h) & mask; ; i = (i + 1) & mask {
		e := x.slots[i]
		if e == 0 {
			x.slots[i] = h>>32<<32 | uint64(id+1)
			return -1
		}
		if e>>32 == h>>32 && x.tokens[uint32(e)-1] == x.tokens[id] {
			return int(uint32(e) - 1)
		}
	}
}

// id returns the id of a token.
func (x *index) id(token string) (int32, bool) {
	h := maphash.String(x.seed, token)
	mask := len(x.slots) - 1
	for i := int(h) & mask; ; i = (i + 1) & mask {
		e := x.slots[i]
		if e == 0 {
			return 0, false
		}
		if e>>32 == h>>32 && x.tokens[uint32(e)-1] == token {
			return int32(uint32(e) - 1), true
		}
	}
}
