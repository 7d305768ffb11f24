package ontology

import (
	"context"
	"slices"
)

// What became of a document in a choice.
const (
	passedOver byte = iota
	taken
	untagged
	unscored
	tooSimilar
	overQuota
	badVector // none, or of another width than most: the last pass quarantines it
)

// A choice is what became of every document of a pool.
type choice struct {
	fate    []byte
	order   []int32         // the taken ones, as they were taken
	perPass []int           // by complexity: documents taken in each pass
	nearest map[int32]match // of the too similar ones
	width   int             // of the vectors
}

type match struct {
	kept   int32
	cosine float64
}

// diverse takes up to rows documents by complexity-first diverse sampling.
//
// Instead of going through the whole list in every pass it goes from tag to tag: the first document left that has a tag which the pass has not seen is taken, or
// the pass has seen the tag before it comes there. So a pass takes exactly the first documents left of its unseen tags, in the order of the list, and
// costs as much as there are tags, however many documents there are.
func diverse(ctx context.Context, p *pool, rows int) (*choice, error) {
	c := &choice{fate: make([]byte, p.len())}
	list := p.byComplexity()
	for i := range c.fate {
		c.fate[i] = untagged
	}
	for _, i := range list {
		c.fate[i] = passedOver
	}
	docs, ends := p.byTag(list)
	next := make([]int64, len(ends)) // of each tag, where in docs its first document left may be
	for t := 1; t < len(ends); t++ {
		next[t] = ends[t-1]
	}
	seen := make([]int32, len(ends)) // the pass, from 1, that has seen the tag
	first := func(t int32) (uint64, bool) {
		for next[t] < ends[t] && c.fate[list[docs[next[t]]]] != passedOver {
			next[t]++
		}
		if next[t] == ends[t] {
			return 0, false
		}
		return uint64(docs[next[t]])<<32 | uint64(uint32(t)), true
	}
	var q queue
	for pass := int32(1); len(c.order) < rows; pass++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		q = q[:0]
		for t := range ends {
			if x, ok := first(int32(t)); ok {
				q = append(q, x)
			}
		}
		q.fix()
		before := len(c.order)
		for len(q) > 0 && len(c.order) < rows {
			x := q.pop()
			t, i := int32(uint32(x)), list[x>>32]
			if seen[t] == pass {
				continue
			}
			if c.fate[i] == passedOver && !p.room(i) {
				c.fate[i] = overQuota
			}
			if c.fate[i] != passedOver { // another tag's turn has found it over its quota
				if x, ok := first(t); ok {
					q.push(x)
				}
				continue
			}
			c.fate[i] = taken
			c.order = append(c.order, i)
			p.take(i)
			for _, t := range p.tagsOf(i) {
				seen[t] = pass
			}
		}
		if len(c.order) == before {
			break
		}
		c.perPass = append(c.perPass, len(c.order)-before)
	}
	return c, nil
}

// byComplexity lists the documents with tags: most tags first, then by id.
func (p *pool) byComplexity() []int32 {
	most := 0
	for i := range p.len() {
		most = max(most, len(p.tagsOf(int32(i))))
	}
	starts := make([]int, most+2) // documents with more tags than n stand before starts[n]
	for i := range p.len() {
		starts[len(p.tagsOf(int32(i)))]++
	}
	sum := 0
	for n := most; n >= 0; n-- {
		starts[n], sum = sum, sum+starts[n]
	}
	list, at := make([]int32, p.len()), slices.Clone(starts)
	for i := range list {
		n := len(p.tagsOf(int32(i)))
		list[at[n]] = int32(i)
		at[n]++
	}
	for n := most; n > 0; n-- {
		slices.SortFunc(list[starts[n]:at[n]], p.byID)
	}
	return list[:starts[0]]
}

// byTag lists for each tag the places in list of the documents that have it, ascending: those of tag t end at ends[t].
func (p *pool) byTag(list []int32) (docs []int32, ends []int64) {
	ends = make([]int64, len(p.names))
	for _, t := range p.tags {
		ends[t]++
	}
	sum := int64(0)
	for t, n := range ends {
		ends[t], sum = sum, sum+n
	}
	docs = make([]int32, sum)
	for at, i := range list {
		for _, t := range p.tagsOf(i) {
			docs[ends[t]] = int32(at)
			ends[t]++
		}
	}
	return docs, ends
}

// A queue is a heap: the least number first.
type queue []uint64

func (q queue) fix() {
	for i := len(q)/2 - 1; i >= 0; i-- {
		q.down(i)
	}
}

func (q *queue) push(x uint64) {
	*q = append(*q, x)
	h := *q
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if h[up] <= h[i] {
			return
		}
		h[up], h[i] = h[i], h[up]
		i = up
	}
}

func (q *queue) pop() uint64 {
	h := *q
	x := h[0]
	h[0] = h[len(h)-1]
	*q = h[:len(h)-1]
	q.down(0)
	return x
}

func (q queue) down(i int) {
	for {
		c := 2*i + 1
		if c >= len(q) {
			return
		}
		if c+1 < len(q) && q[c+1] < q[c] {
			c++
		}
		if q[i] <= q[c] {
			return
		}
		q[i], q[c] = q[c], q[i]
		i = c
	}
}
