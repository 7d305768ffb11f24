package fasttext

// A scored label, by ln(probability + 1e-5).
type scored struct {
	score float32
	label int32
}

// A best list keeps the k best labels in a heap with the worst on top. It makes the moves of libstdc++'s push_heap, pop_heap and
// sort_heap, so that labels of equal score come out in the reference's order.
type best struct {
	k    int
	heap []scored
}

// full says that a score has no chance.
func (b *best) full(score float32) bool { return len(b.heap) == b.k && score < b.heap[0].score }

func (b *best) offer(s scored) {
	b.heap = append(b.heap, s)
	b.up(len(b.heap)-1, s)
	if len(b.heap) > b.k {
		b.pop(len(b.heap))
		b.heap = b.heap[:b.k]
	}
}

// sorted returns the labels, best first. The heap is one no longer.
func (b *best) sorted() []scored {
	for n := len(b.heap); n > 1; n-- {
		b.pop(n)
	}
	return b.heap
}

// pop moves the worst of the first n behind the others.
func (b *best) pop(n int) {
	if n < 2 {
		return
	}
	h, last := b.heap, b.heap[n-1]
	h[n-1] = h[0]
	n--
	hole, child := 0, 0
	for child < (n-1)/2 {
		child = 2 * (child + 1)
		if h[child].score > h[child-1].score {
			child--
		}
		h[hole], hole = h[child], child
	}
	if n%2 == 0 && child == (n-2)/2 {
		child = 2*child + 1
		h[hole], hole = h[child], child
	}
	b.up(hole, last)
}

// up puts s at a hole or above it.
func (b *best) up(hole int, s scored) {
	for hole > 0 && b.heap[(hole-1)/2].score > s.score {
		b.heap[hole] = b.heap[(hole-1)/2]
		hole = (hole - 1) / 2
	}
	b.heap[hole] = s
}
