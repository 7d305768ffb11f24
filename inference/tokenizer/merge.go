package tokenizer

// longWord is the number of bytes from which a word is merged with a heap instead of by looking at all pairs each time.
const longWord = 96

// A merger holds what merging a word needs.
type merger struct {
	ids   []int32
	ranks []uint32 // ranks[i] is the rank of ids[i] and ids[i+1]
	long  longMerger
}

// merge returns the ids of a word: from its bytes, the pair of the lowest rank is merged, the leftmost first, until none is left. The
// slice is good until the next call.
func (t *Tokenizer) merge(w *scratch, word []byte) []int32 {
	m := &w.merger
	if t.whole != nil {
		if id, ok := t.whole[string(word)]; ok {
			m.ids = append(m.ids[:0], id)
			return m.ids
		}
	}
	m.ids = t.begin(m.ids[:0], word)
	if len(m.ids) > longWord {
		m.ids = m.long.merge(t, m.ids)
		return m.ids
	}
	return m.short(t)
}

// short merges m.ids, whose number is small: it looks at all ranks for the lowest.
func (m *merger) short(t *Tokenizer) []int32 {
	ids, n := m.ids, len(m.ids)
	if cap(m.ranks) <= n {
		m.ranks = make([]uint32, 2*longWord)
	}
	ranks := m.ranks[:n]
	for i := 0; i+1 < n; i++ {
		ranks[i] = t.pairs.rank(ids[i], ids[i+1])
	}
	for n > 1 {
		best, at := uint32(noRank), 0
		for i, r := range ranks[:n-1] {
			if r < best {
				best, at = r, i
			}
		}
		if best == noRank {
			break
		}
		ids[at] = t.merged[best]
		n--
		for i := at + 1; i < n; i++ { // a few: not worth a call of memmove
			ids[i], ranks[i] = ids[i+1], ranks[i+1]
		}
		if at+1 < n {
			ranks[at] = t.pairs.rank(ids[at], ids[at+1])
		}
		if at > 0 {
			ranks[at-1] = t.pairs.rank(ids[at-1], ids[at])
		}
	}
	m.ids = ids[:n]
	return m.ids
}

// A longMerger merges in n log n: pairs lie in a heap by rank, then place, and symbols in a list.
type longMerger struct {
	heap       []uint64 // rank << 32 | place
	next, prev []int32
	ids        []int32
}

func (l *longMerger) merge(t *Tokenizer, ids []int32) []int32 {
	n := len(ids)
	l.ids, l.heap = ids, l.heap[:0]
	l.next, l.prev = l.next[:0], l.prev[:0]
	for i := range n {
		l.next, l.prev = append(l.next, int32(i+1)), append(l.prev, int32(i-1))
	}
	for i := 0; i+1 < n; i++ {
		l.push(t, int32(i))
	}
	for len(l.heap) > 0 {
		e := l.pop()
		at := int32(uint32(e))
		if ids[at] < 0 {
			continue // merged into the one before
		}
		after := l.next[at]
		if int(after) == n || t.pairs.rank(ids[at], ids[after]) != uint32(e>>32) {
			continue // a pair that is no more
		}
		ids[at], ids[after] = t.merged[e>>32], -1
		l.next[at] = l.next[after]
		if int(l.next[at]) < n {
			l.prev[l.next[at]] = at
		}
		l.push(t, at)
		if before := l.prev[at]; before >= 0 {
			l.push(t, before)
		}
	}
	out := 0
	for i := 0; i < n; i = int(l.next[i]) {
		id := ids[i]
		ids[out] = id
		out++
	}
	return ids[:out]
}

// push enters the pair that begins at a place, if it merges.
func (l *longMerger) push(t *Tokenizer, at int32) {
	after := l.next[at]
	if int(after) == len(l.ids) {
		return
	}
	rank := t.pairs.rank(l.ids[at], l.ids[after])
	if rank == noRank {
		return
	}
	h := append(l.heap, uint64(rank)<<32|uint64(at))
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if h[up] <= h[i] {
			break
		}
		h[up], h[i] = h[i], h[up]
		i = up
	}
	l.heap = h
}

// pop takes the pair of the lowest rank.
func (l *longMerger) pop() uint64 {
	h := l.heap
	top, n := h[0], len(h)-1
	h[0] = h[n]
	h = h[:n]
	for i := 0; ; {
		down := 2*i + 1
		if down >= n {
			break
		}
		if down+1 < n && h[down+1] < h[down] {
			down++
		}
		if h[i] <= h[down] {
			break
		}
		h[i], h[down] = h[down], h[i]
		i = down
	}
	l.heap = h
	return top
}
