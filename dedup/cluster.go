package dedup

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/stages"
)

// membersFile is a table of edges too: every document of a cluster and the least document of it, which names the cluster.
const membersFile = "members"

// cluster joins the edges of all tasks into clusters: by union-find if a number for each document fits into memory, else in rounds of
// sorting. Both give the same table.
func (m *MinHash) cluster(ctx context.Context, t *stages.Task) (err error) {
	total, documents, err := totalScanned(t)
	if err != nil {
		return err
	}
	docs, err := readSample(t, m.family.Size())
	if err != nil {
		return err
	}
	chance := random(docs, total.Sources, m.family, m.Similarity)
	t.Fact("random", chance)
	if chance.Degree > 1 && !m.Verify {
		return chance.refuse(m.family)
	}
	if err := writeJSON(t, randomFile, chance); err != nil {
		return err
	}
	edges, err := open(t, "band", edgesFile, edgesWidth)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, edges.Close()) }()
	each := func(yield func(u, v ref) error) error { return edges.each(ctx, yield) }
	w := create(t, membersFile)
	write := func(u, label ref) error { return writeEdge(w, u, label) }
	if n := newNumbering(documents); n.total <= math.MaxUint32 && int64(n.total)*forestBits <= memory(t)*8 {
		err = unite(n, each, write)
	} else {
		err = components(each, memory(t), t.Files.Temp, write)
	}
	return errors.Join(err, w.Close())
}

// each yields the edges of all tasks, file by file.
func (s *shelf) each(ctx context.Context, yield func(u, v ref) error) error {
	n := 0
	for i, f := range s.files {
		count, err := rows.Count(f, s.width)
		if err != nil {
			return fmt.Errorf("%s of task %d: %w", s.name, i, err)
		}
		r := rows.NewReader(f, s.width, 0, count, 256<<10)
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err == nil {
				err = every(ctx, &n)
			}
			if err != nil {
				return fmt.Errorf("%s of task %d: %w", s.name, i, err)
			}
			if err := yield(parseEdge(row)); err != nil {
				return err
			}
		}
	}
	return nil
}

// A numbering gives the documents of all tasks numbers without gaps, in the order of their refs.
type numbering struct {
	base  []uint64 // of each task, the number of its first document
	total uint64
}

func newNumbering(documents []uint32) numbering {
	n := numbering{base: make([]uint64, len(documents))}
	for i, d := range documents {
		n.base[i] = n.total
		n.total += uint64(d)
	}
	return n
}

func (n numbering) number(r ref) (uint32, error) {
	task := r.task()
	if task >= len(n.base) || n.base[task]+uint64(r.ordinal()) >= n.total {
		return 0, fmt.Errorf("edge to document %d of task %d: only %d documents were scanned", r.ordinal(), task, n.total)
	}
	return uint32(n.base[task] + uint64(r.ordinal())), nil
}

func (n numbering) ref(number uint32) ref {
	task := sort.Search(len(n.base), func(i int) bool { return n.base[i] > uint64(number) }) - 1
	return newRef(task, uint32(uint64(number)-n.base[task]))
}

// forestBits is what union-find holds for each document: a parent and a mark.
const forestBits = 33

// unite finds the clusters by union-find with path halving; the root of a tree is its least document.
func unite(n numbering, edges func(func(u, v ref) error) error, yield func(u, label ref) error) error {
	parent := make([]uint32, n.total)
	for i := range parent {
		parent[i] = uint32(i)
	}
	find := func(i uint32) uint32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	linked := make([]uint64, (n.total+63)/64)
	err := edges(func(u, v ref) error {
		i, err := n.number(u)
		if err != nil {
			return err
		}
		j, err := n.number(v)
		if err != nil {
			return err
		}
		linked[i/64] |= 1 << (i % 64)
		linked[j/64] |= 1 << (j % 64)
		i, j = find(i), find(j)
		parent[max(i, j)] = min(i, j)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range parent {
		if linked[i/64]&(1<<(i%64)) == 0 {
			continue
		}
		if err := yield(n.ref(uint32(i)), n.ref(find(uint32(i)))); err != nil {
			return err
		}
	}
	return nil
}

// label returns the bytes that the members of a cluster are sorted by, spread evenly over all values.
func label(cluster ref) uint64 {
	x := uint64(cluster) * 0x9E37_79B9_7F4A_7C15
	x ^= x >> 32
	x *= 0xD6E8_FEB8_6659_FD93
	return x ^ x>>32
}

func taskBounds(task int) (lo, hi []byte) {
	return binary.BigEndian.AppendUint32(nil, uint32(task)), binary.BigEndian.AppendUint32(nil, uint32(task)+1)
}
