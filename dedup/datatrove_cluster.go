package dedup

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/stages"
)

// cluster joins the edges of all bands, in their order, as the peer's stage 3 does. A cluster is named by its root, the document that stays. If two numbers
// for each document fit into memory, all are joined at once, else cluster by cluster. Both give the same table.
func (m *DatatroveMinHash) cluster(ctx context.Context, t *stages.Task) (err error) {
	_, documents, err := totalScanned(t)
	if err != nil {
		return err
	}
	edges, err := open(t, "band", edgesFile, edgesWidth)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, edges.Close()) }()
	each := func(yield func(u, v ref) error) error { return edges.each(ctx, yield) }
	w := create(t, membersFile)
	write := func(u, root ref) error { return writeEdge(w, u, root) }
	if n := newNumbering(documents); n.total <= math.MaxUint32 && int64(n.total)*rootedBytes <= memory(t) {
		err = uniteBySize(n, each, write)
	} else {
		err = rootsBeyondMemory(each, memory(t), t.Files.Temp, write)
	}
	return errors.Join(err, w.Close())
}

// rootedBytes is what a rooted holds for each document.
const rootedBytes = 4 + 4

// A rooted is a union-find whose roots are the peer's: the greater tree stays, of equal ones that of the first argument
// (dedup/minhash.py, MinhashDedupCluster).
type rooted struct {
	parent []uint32
	size   []uint32 // of a root its tree; 0: in no pair
}

func newRooted(n int) *rooted { return &rooted{parent: make([]uint32, n), size: make([]uint32, n)} }

// root returns the root of i, which must have been joined.
func (f *rooted) root(i uint32) uint32 {
	for f.parent[i] != i {
		f.parent[i] = f.parent[f.parent[i]]
		i = f.parent[i]
	}
	return i
}

func (f *rooted) join(i, j uint32) {
	for _, k := range [...]uint32{i, j} {
		if f.size[k] == 0 {
			f.parent[k], f.size[k] = k, 1
		}
	}
	a, b := f.root(i), f.root(j)
	if a == b {
		return
	}
	if f.size[a] < f.size[b] {
		a, b = b, a
	}
	f.parent[b] = a
	f.size[a] += f.size[b]
}

// uniteBySize yields every document of a pair with its root, in the order of documents.
func uniteBySize(n numbering, edges func(func(u, v ref) error) error, yield func(u, root ref) error) error {
	f := newRooted(int(n.total))
	err := edges(func(u, v ref) error {
		i, err := n.number(u)
		if err != nil {
			return err
		}
		j, err := n.number(v)
		if err != nil {
			return err
		}
		f.join(i, j)
		return nil
	})
	if err != nil {
		return err
	}
	for i, size := range f.size {
		if size > 0 {
			if err := yield(n.ref(uint32(i)), n.ref(f.root(uint32(i)))); err != nil {
				return err
			}
		}
	}
	return nil
}

// The rows of rootsBeyondMemory: a document or cluster, number of an edge from 1 (0: none), two more fields.
const rootRowWidth = 8 + 8 + 8 + 8

func rootRow(at ref, edge uint64, u, v ref) []byte {
	row := binary.BigEndian.AppendUint64(make([]byte, 0, rootRowWidth), uint64(at))
	row = binary.BigEndian.AppendUint64(row, edge)
	row = binary.BigEndian.AppendUint64(row, uint64(u))
	return binary.BigEndian.AppendUint64(row, uint64(v))
}

func parseRootRow(row []byte) (at ref, edge uint64, u, v ref) {
	return parseRef(row), binary.BigEndian.Uint64(row[8:]), parseRef(row[16:]), parseRef(row[24:])
}

// rootsBeyondMemory is uniteBySize where memory is short. The root of a cluster follows from its own edges alone, so the clusters are found first, by
// sorting ([components]), then the edges are brought to their clusters, and each cluster is joined by itself: only the largest must fit.
func rootsBeyondMemory(edges func(func(u, v ref) error) error, memory int64, temp func() (stages.TempFile, error), yield func(u, root ref) error) (err error) {
	half := memory / 2
	labelled := rows.NewSorter(rootRowWidth, half, temp) // by document: its cluster, then the edges that begin with it
	defer func() { err = errors.Join(err, labelled.Close()) }()
	number := uint64(0)
	err = edges(func(u, v ref) error {
		number++
		return labelled.Add(rootRow(u, number, u, v))
	})
	if err != nil {
		return err
	}
	if err := components(edges, half, temp, func(u, label ref) error { return labelled.Add(rootRow(u, 0, label, 0)) }); err != nil {
		return err
	}
	gathered := rows.NewSorter(rootRowWidth, half, temp) // by cluster: its documents, then its edges
	defer func() { err = errors.Join(err, gathered.Close()) }()
	var cluster ref
	err = labelled.Each(func(row []byte) error {
		at, edge, u, v := parseRootRow(row)
		if edge == 0 {
			cluster = u
			return gathered.Add(rootRow(cluster, 0, at, 0))
		}
		return gathered.Add(rootRow(cluster, edge, u, v))
	})
	if err != nil {
		return err
	}
	out := rows.NewSorter(edgesWidth, half/2, temp)
	defer func() { err = errors.Join(err, out.Close()) }()
	g := gatherer{most: half / 2 / gathererBytes, yield: func(u, root ref) error { return addEdge(out, u, root) }}
	if err := gathered.Each(g.add); err != nil {
		return err
	}
	if err := g.flush(); err != nil {
		return err
	}
	return eachEdge(out, yield)
}

// A gatherer joins one cluster at a time.
type gatherer struct {
	most  int64 // documents of a cluster at most
	yield func(u, root ref) error

	cluster ref
	docs    []ref // sorted
	forest  *rooted
}

// gathererBytes is what a gatherer holds for each document of a cluster.
const gathererBytes = 8 + rootedBytes

func (g *gatherer) add(row []byte) error {
	cluster, edge, u, v := parseRootRow(row)
	if edge == 0 {
		if cluster != g.cluster || g.forest != nil {
			if err := g.flush(); err != nil {
				return err
			}
		}
		g.cluster = cluster
		if int64(len(g.docs)) == g.most {
			return fmt.Errorf("find the root of a cluster: it has more than %d documents, for which the memory of one task does not suffice: raise --memory", g.most)
		}
		g.docs = append(g.docs, u)
		return nil
	}
	if g.forest == nil {
		g.forest = newRooted(len(g.docs))
	}
	i, ok := slices.BinarySearch(g.docs, u)
	j, also := slices.BinarySearch(g.docs, v)
	if !ok || !also {
		return fmt.Errorf("edge between documents %d and %d: one is not in their cluster", u, v)
	}
	g.forest.join(uint32(i), uint32(j))
	return nil
}

func (g *gatherer) flush() error {
	for i, u := range g.docs {
		if err := g.yield(u, g.docs[g.forest.root(uint32(i))]); err != nil {
			return err
		}
	}
	g.docs, g.forest = g.docs[:0], nil
	return nil
}
