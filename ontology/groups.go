package ontology

import (
	"cmp"
	"slices"
)

// none is the group of a spelling that has gone.
const none = -1

// A group is spellings that are one tag.
type group struct {
	name   string
	count  int    // documents that have it
	fixed  bool   // by the overlay: neither filtered nor folded into another
	alone  bool   // split off by the overlay: takes nothing in either
	into   int32  // the group it was folded into; its own number for one that stands
	gone   bool   // dropped
	by     string // the step that folded or dropped it
	folded int    // groups folded into it
}

// groups are what became of every raw spelling.
type groups struct {
	g    *tagging
	of   []int32  // raw spelling → group; none where the step in by dropped it
	by   []string // of such a spelling
	list []group
	seen []int32 // scratch: of each group, the document it was last counted in, from 1
}

// find returns the group that i was folded into in the end.
func (s *groups) find(i int32) int32 {
	for s.list[i].into != i {
		s.list[i].into = s.list[s.list[i].into].into
		i = s.list[i].into
	}
	return i
}

// standing returns the group of a raw spelling, or none.
func (s *groups) standing(raw int32) int32 {
	i := s.of[raw]
	if i == none {
		return none
	}
	if i = s.find(i); s.list[i].gone {
		return none
	}
	return i
}

// add makes a group.
func (s *groups) add(g group) int32 {
	i := int32(len(s.list))
	g.into = i
	s.list = append(s.list, g)
	return i
}

// fold makes a part of b, at most once.
func (s *groups) fold(a, b int32, by string) {
	s.list[a].into, s.list[a].by = b, by
	s.list[b].folded += 1 + s.list[a].folded
}

// drop lets a group go.
func (s *groups) drop(i int32, by string) { s.list[i].gone, s.list[i].by = true, by }

// alive lists the groups that stand and that some document has, the most frequent first, then by name.
func (s *groups) alive() []int32 {
	var list []int32
	for i := range s.list {
		if g := &s.list[i]; g.into == int32(i) && !g.gone && g.count > 0 {
			list = append(list, int32(i))
		}
	}
	slices.SortFunc(list, s.order)
	return list
}

func (s *groups) order(a, b int32) int {
	x, y := &s.list[a], &s.list[b]
	return cmp.Or(cmp.Compare(y.count, x.count), cmp.Compare(x.name, y.name), cmp.Compare(a, b))
}

// rows passes the groups of each document to f, each once. The slice is used again.
func (s *groups) rows(f func(document int, groups []int32)) {
	if len(s.seen) < len(s.list) {
		s.seen = make([]int32, len(s.list))
	} else {
		clear(s.seen)
	}
	var row []int32
	for i := range s.g.documents() {
		row = row[:0]
		for _, raw := range s.g.row(i) {
			if k := s.standing(raw); k != none && s.seen[k] != int32(i+1) {
				s.seen[k] = int32(i + 1)
				row = append(row, k)
			}
		}
		f(i, row)
	}
}

// A coverage is what the tags of all documents come to.
type coverage struct {
	tagged int // documents with a tag
	uses   int // tags of all documents, each once a document
}

// count counts the documents of every group anew.
func (s *groups) count() (c coverage) {
	for i := range s.list {
		s.list[i].count = 0
	}
	s.rows(func(_ int, row []int32) {
		for _, k := range row {
			s.list[k].count++
		}
		c.uses += len(row)
		if len(row) > 0 {
			c.tagged++
		}
	})
	return c
}
