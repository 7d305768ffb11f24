// Package itemsets finds what often occurs together: sets of items by FP-Growth (Han, Pei, Yin, Mining frequent patterns without candidate
// generation, 2000), and the rules that follow from them.
package itemsets

import (
	"cmp"
	"slices"
)

// A Set is items that occur together.
type Set struct {
	Items []int32 // ascending
	Count int     // transactions that hold all of them
}

// Mine returns every set of at most longest items (0: of any size) that at least least transactions hold, in no order that is promised but the
// same each time. A transaction holds each item once; items are 0 … items-1.
func Mine(transactions [][]int32, items, least, longest int) []Set {
	counts := make([]int, items)
	for _, t := range transactions {
		for _, x := range t {
			counts[x]++
		}
	}
	m := miner{least: max(least, 1), longest: longest, rank: make([]int32, items)}
	for x, n := range counts {
		if m.rank[x] = -1; n >= m.least {
			m.item = append(m.item, int32(x))
		}
	}
	slices.SortFunc(m.item, func(a, b int32) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	for r, x := range m.item {
		m.rank[x] = int32(r)
	}
	var p paths
	for _, t := range transactions {
		from := len(p.flat)
		for _, x := range t {
			if r := m.rank[x]; r >= 0 {
				p.flat = append(p.flat, r)
			}
		}
		if len(p.flat) > from {
			slices.Sort(p.flat[from:])
			p.add(from, 1)
		}
	}
	m.sums = make([]int, len(m.item))
	m.grow(newTree(&p, len(m.item)), nil)
	return m.sets
}

// miner collects sets. Items are ranks: 0 is the most frequent.
type miner struct {
	least, longest int
	item           []int32 // rank → item
	rank           []int32
	sums           []int // scratch, zero between uses
	sets           []Set
}

// paths are transactions, or the parts of them above an item.
type paths struct {
	flat []int32
	list []path
}

type path struct {
	from, to int32 // in flat
	count    int32
}

func (p *paths) add(from, count int) {
	p.list = append(p.list, path{int32(from), int32(len(p.flat)), int32(count)})
}

// A tree shares the beginnings of paths. Node 0 is the root.
type tree struct {
	item, count, up, next []int32
	first                 []int32 // of each item, its first node; 0: none
}

// newTree builds the tree of sorted paths: each shares what it has in common with the one before.
func newTree(p *paths, items int) *tree {
	slices.SortFunc(p.list, func(a, b path) int { return slices.Compare(p.flat[a.from:a.to], p.flat[b.from:b.to]) })
	t := &tree{first: make([]int32, items)}
	t.push(-1, 0, 0)
	var stack []int32 // nodes of the path before
	var before []int32
	for _, x := range p.list {
		row := p.flat[x.from:x.to]
		same := 0
		for same < len(row) && same < len(before) && row[same] == before[same] {
			t.count[stack[same]] += x.count
			same++
		}
		stack = stack[:same]
		for _, item := range row[same:] {
			up := int32(0)
			if n := len(stack); n > 0 {
				up = stack[n-1]
			}
			stack = append(stack, t.push(item, x.count, up))
		}
		before = row
	}
	return t
}

func (t *tree) push(item, count, up int32) int32 {
	n := int32(len(t.item))
	t.item, t.count, t.up = append(t.item, item), append(t.count, count), append(t.up, up)
	if item < 0 {
		t.next = append(t.next, 0)
		return n
	}
	t.next = append(t.next, t.first[item])
	t.first[item] = n
	return n
}

// grow adds the sets that end in tail and go on upwards in t.
func (m *miner) grow(t *tree, tail []int32) {
	for item := int32(len(t.first)) - 1; item >= 0; item-- {
		count := 0
		for n := t.first[item]; n != 0; n = t.next[n] {
			count += int(t.count[n])
		}
		if count < m.least {
			continue
		}
		set := append(slices.Clone(tail), item)
		m.emit(set, count)
		if m.longest > 0 && len(set) >= m.longest {
			continue
		}
		seen := m.above(t, item)
		var below *tree
		switch {
		case len(seen) == 0:
		case m.longest > 0 && len(set)+1 == m.longest:
			for _, r := range seen {
				if m.sums[r] >= m.least {
					m.emit(append(slices.Clone(set), r), m.sums[r])
				}
			}
		default:
			below = m.conditional(t, item)
		}
		for _, r := range seen {
			m.sums[r] = 0
		}
		if below != nil {
			m.grow(below, set)
		}
	}
}

// above sums up in m.sums how often each item stands above item in t, and lists them.
func (m *miner) above(t *tree, item int32) (seen []int32) {
	for n := t.first[item]; n != 0; n = t.next[n] {
		for up := t.up[n]; up != 0; up = t.up[up] {
			r := t.item[up]
			if m.sums[r] == 0 {
				seen = append(seen, r)
			}
			m.sums[r] += int(t.count[n])
		}
	}
	return seen
}

// conditional is the tree of the paths above item, of those items that are frequent there by m.sums.
func (m *miner) conditional(t *tree, item int32) *tree {
	var p paths
	for n := t.first[item]; n != 0; n = t.next[n] {
		from := len(p.flat)
		for up := t.up[n]; up != 0; up = t.up[up] {
			if r := t.item[up]; m.sums[r] >= m.least {
				p.flat = append(p.flat, r)
			}
		}
		if len(p.flat) > from {
			slices.Reverse(p.flat[from:])
			p.add(from, int(t.count[n]))
		}
	}
	return newTree(&p, int(item))
}

func (m *miner) emit(ranks []int32, count int) {
	s := Set{Items: make([]int32, len(ranks)), Count: count}
	for i, r := range ranks {
		s.Items[i] = m.item[r]
	}
	slices.Sort(s.Items)
	m.sets = append(m.sets, s)
}
