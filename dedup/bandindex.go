package dedup

import (
	"cmp"
	"slices"
)

const (
	// indexSize is how many survivors of one cluster can be found by their bands, and bucketSize how many by one of them. Both bound
	// memory and work for clusters of hundreds of thousands of unrelated documents, and must not depend on the memory at hand.
	indexSize  = 1 << 16
	bucketSize = 64
)

// A bandIndex finds survivors that share bands with a document.
type bandIndex struct {
	first   map[uint64]int32 // key → entry
	entries []bandEntry
	indexed int
	full    bool
	shared  []uint8 // of each survivor, bands shared with the document at hand
	hits    []int32
}

// A bandEntry is one survivor under a key. The first of a key counts them.
type bandEntry struct {
	survivor, next int32 // next is 0 at the end: entry 0 is unused
	last, count    int32 // of the first entry
}

func (x *bandIndex) add(survivor int32, keys []uint64) {
	if x.indexed == indexSize {
		x.full = true
		return
	}
	if x.first == nil {
		x.first = map[uint64]int32{}
		x.entries = append(x.entries[:0], bandEntry{})
	}
	x.indexed++
	for _, k := range keys {
		at := int32(len(x.entries))
		head, ok := x.first[k]
		switch {
		case !ok:
			x.first[k] = at
			x.entries = append(x.entries, bandEntry{survivor: survivor, last: at, count: 1})
		case x.entries[head].count < bucketSize:
			x.entries = append(x.entries, bandEntry{survivor: survivor})
			x.entries[x.entries[head].last].next = at
			x.entries[head].last = at
			x.entries[head].count++
		}
	}
}

// find returns the at most n survivors that share most bands with keys, of equals the best, in their order. missed says that there may
// be others.
func (x *bandIndex) find(keys []uint64, n int) (near []int32, missed bool) {
	x.hits, missed = x.hits[:0], x.full
	for _, k := range keys {
		at := x.first[k]
		if at != 0 && x.entries[at].count >= bucketSize {
			missed = true
		}
		for ; at != 0; at = x.entries[at].next {
			s := x.entries[at].survivor
			for int(s) >= len(x.shared) {
				x.shared = append(x.shared, make([]uint8, len(x.shared)+64)...)
			}
			if x.shared[s] == 0 {
				x.hits = append(x.hits, s)
			}
			if x.shared[s] < 255 {
				x.shared[s]++
			}
		}
	}
	slices.SortFunc(x.hits, func(a, b int32) int {
		return cmp.Or(cmp.Compare(x.shared[b], x.shared[a]), cmp.Compare(a, b))
	})
	for _, s := range x.hits {
		x.shared[s] = 0
	}
	if len(x.hits) > n {
		x.hits, missed = x.hits[:n], true
	}
	slices.Sort(x.hits)
	return x.hits, missed
}

func (x *bandIndex) reset() {
	if x.first != nil {
		x.first, x.entries, x.indexed, x.full = nil, x.entries[:0], 0, false
	}
}
