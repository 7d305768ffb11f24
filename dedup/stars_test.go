package dedup

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// memoryFile is a spill file in memory.
type memoryFile struct{ bytes.Buffer }

func (m *memoryFile) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(m.Bytes()).ReadAt(p, off)
}
func (m *memoryFile) Seek(int64, int) (int64, error) { return 0, errors.ErrUnsupported }
func (m *memoryFile) Close() error                   { return nil }

var _ io.ReadWriteSeeker = (*memoryFile)(nil)

// TestComponents compares sorted rounds, in next to no memory, with union-find, on graphs that are hard for either.
func TestComponents(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	tasks := []uint32{100, 0, 700, 1, 199}
	n := newNumbering(tasks)
	type pair struct{ u, v ref }
	path := func(order []int) (edges []pair) {
		for i := 1; i < len(order); i++ {
			edges = append(edges, pair{n.ref(uint32(order[i-1])), n.ref(uint32(order[i]))})
		}
		return edges
	}
	count := make([]int, n.total)
	for i := range count {
		count[i] = i
	}
	graphs := map[string][]pair{
		"none":          nil,
		"path":          path(count),
		"shuffled path": path(rng.Perm(int(n.total))),
	}
	for _, m := range []int{10, 300, 600, 3000} {
		var edges []pair
		for range m {
			u, v := n.ref(uint32(rng.IntN(int(n.total)))), n.ref(uint32(rng.IntN(int(n.total))))
			if u != v {
				edges = append(edges, pair{u, v})
			}
		}
		graphs[fmt.Sprint("random ", m)] = edges
	}
	for name, edges := range graphs {
		t.Run(name, func(t *testing.T) {
			each := func(yield func(u, v ref) error) error {
				for _, e := range edges {
					if err := yield(min(e.u, e.v), max(e.u, e.v)); err != nil {
						return err
					}
				}
				return nil
			}
			collect := func(to *[]pair) func(u, v ref) error {
				return func(u, v ref) error { *to = append(*to, pair{u, v}); return nil }
			}
			var forest, sorted []pair
			if err := unite(n, each, collect(&forest)); err != nil {
				t.Fatal(err)
			}
			temp := func() (stages.TempFile, error) { return &memoryFile{}, nil }
			if err := components(each, 1, temp, collect(&sorted)); err != nil {
				t.Fatal(err)
			}
			if len(edges) > 0 && len(forest) < 2 || fmt.Sprint(forest) != fmt.Sprint(sorted) {
				t.Errorf("union-find gives %d members, sorted rounds %d, and they differ", len(forest), len(sorted))
			}
			for _, p := range forest {
				if p.v > p.u {
					t.Errorf("the cluster of %v is named by a later document, %v", p.u, p.v)
				}
			}
		})
	}
}

func TestNumbering(t *testing.T) {
	n := newNumbering([]uint32{0, 3, 0, 0, 2, 0})
	want := []ref{newRef(1, 0), newRef(1, 1), newRef(1, 2), newRef(4, 0), newRef(4, 1)}
	for i, r := range want {
		if got := n.ref(uint32(i)); got != r {
			t.Errorf("document %d is %d of task %d, want %d of %d", i, got.ordinal(), got.task(), r.ordinal(), r.task())
		}
		if got, err := n.number(r); err != nil || got != uint32(i) {
			t.Errorf("%v has number %d %v, want %d", r, got, err, i)
		}
	}
	for _, r := range []ref{newRef(4, 2), newRef(6, 0), newRef(5, 1)} {
		if got, err := n.number(r); err == nil {
			t.Errorf("a document that does not exist has number %d", got)
		}
	}
}
