package stats

import (
	"cmp"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/pipelines/tally"
)

const (
	maxGroups = 256
	maxName   = 120
)

// Groups are documents by the value of a field: the first 256 values, and [tally.Other].
type Groups struct {
	index map[string]int
	list  []*Group
}

// A Group is the documents that share a value.
type Group struct {
	Name  string
	Total tally.Flow
	Words tally.Hist // per document
}

func (g *Groups) group(name string) *Group {
	if len(name) > maxName {
		name = tally.Cut(name, maxName, maxName)
	}
	if k, ok := g.index[name]; ok {
		return g.list[k]
	}
	if len(g.list) >= maxGroups-1 && name != tally.Other {
		return g.group(tally.Other)
	}
	if g.index == nil {
		g.index = map[string]int{}
	}
	x := &Group{Name: strings.Clone(name)}
	g.index[x.Name] = len(g.list)
	g.list = append(g.list, x)
	return x
}

func (g *Groups) add(name string, f tally.Flow) {
	x := g.group(name)
	x.Total.Add(f)
	x.Words.Add(float64(f.Words))
}

func (g *Groups) merge(o *Groups) {
	for _, y := range o.list {
		x := g.group(y.Name)
		x.Total.Add(y.Total)
		x.Words.Merge(&y.Words)
	}
}

// List returns the groups, the largest first.
func (g *Groups) List() []*Group {
	out := slices.Clone(g.list)
	slices.SortFunc(out, func(a, b *Group) int {
		return cmp.Or(cmp.Compare(b.Total.Documents, a.Total.Documents), cmp.Compare(a.Name, b.Name))
	})
	return out
}
