package fasttext

import (
	"errors"
	"math/bits"
)

// survivors tells where the n-grams that survived pruning have their rows. Where the buckets are few enough for it, as in lid.176.ftz, it
// is a bit for each bucket, with the number of survivors before each 64 of them: half a megabyte that stays in the processor's second cache.
// Else it is a hash table.
type survivors struct {
	blocks []block
	rows   []int32  // by rank, ascending in bucket
	table  []uint64 // bucket<<32 | row + 1; 0 empty
}

type block struct {
	bits   uint64
	before uint32
}

func (d *dictionary) readPruning(r *reader, n int64, buckets int) error {
	if n < 0 {
		return nil
	}
	d.pruned = true
	b := r.items(int(min(n, 1<<40)), 8)
	if r.err != nil {
		return r.err
	}
	size := 4
	for size < 2*int(n) {
		size *= 2
	}
	s := &d.survivors
	s.table = make([]uint64, size)
	p := reader{b: b}
	for range n {
		bucket, row := p.int32(), p.int32()
		if bucket < 0 || row < 0 {
			return errors.New("pruned n-grams: a number below 0")
		}
		s.table[s.slot(uint32(bucket))] = uint64(bucket)<<32 | uint64(row+1) // the last one counts
		d.prunedRows = max(d.prunedRows, row+1)
	}
	if buckets/64 <= 4*int(n)+1024 {
		s.rank(buckets)
	}
	return nil
}

// rank makes blocks of the table. Buckets that no n-gram can fall into are left out.
func (s *survivors) rank(buckets int) {
	s.blocks = make([]block, (buckets+63)/64)
	for _, e := range s.table {
		if bucket := int(e >> 32); e != 0 && bucket < buckets {
			s.blocks[bucket/64].bits |= 1 << (bucket % 64)
		}
	}
	n := uint32(0)
	for i := range s.blocks {
		s.blocks[i].before = n
		n += uint32(bits.OnesCount64(s.blocks[i].bits))
	}
	s.rows = make([]int32, n+1) // the last one is read, not taken, behind the last survivor
	for _, e := range s.table {
		if bucket := int(e >> 32); e != 0 && bucket < buckets {
			at, _ := s.blocks[bucket/64].find(uint32(bucket))
			s.rows[at] = int32(uint32(e)) - 1
		}
	}
	s.table = nil
}

// find returns how many survivors lie before a bucket of the block, and 1 if it survived itself, else 0.
func (b block) find(bucket uint32) (before uint32, is int) {
	bit := bucket % 64
	return b.before + uint32(bits.OnesCount64(b.bits&(1<<bit-1))), int(b.bits >> bit & 1)
}

func (s *survivors) slot(bucket uint32) int {
	mask := len(s.table) - 1
	for at := int(bucket*0x9E3779B1>>1) & mask; ; at = (at + 1) & mask {
		if e := s.table[at]; e == 0 || uint32(e>>32) == bucket {
			return at
		}
	}
}

// push appends the row of an n-gram's bucket, nothing where pruning has taken it.
func (d *dictionary) push(rows []int32, bucket uint32) []int32 {
	s := &d.survivors
	switch {
	case !d.pruned:
		return append(rows, int32(d.nwords)+int32(bucket))
	case s.blocks != nil:
		if at, is := s.blocks[bucket/64].find(bucket); is != 0 {
			rows = append(rows, int32(d.nwords)+s.rows[at])
		}
	default:
		if e := uint32(s.table[s.slot(bucket)]); e != 0 {
			rows = append(rows, int32(d.nwords)+int32(e-1))
		}
	}
	return rows
}

// A modulus takes remainders by multiplication (Lemire, Kaser and Kurz 2019, arXiv:1902.01961), which is exact for numbers of 32 bits.
type modulus struct{ by, inverse uint64 }

func newModulus(by uint32) modulus {
	if by == 0 {
		return modulus{}
	}
	return modulus{uint64(by), ^uint64(0)/uint64(by) + 1}
}

func (m modulus) of(x uint32) uint32 {
	high, _ := bits.Mul64(m.inverse*uint64(x), m.by)
	return uint32(high)
}
