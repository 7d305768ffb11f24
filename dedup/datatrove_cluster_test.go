package dedup

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// peerRoots is the peer's union-find word for word, with a dictionary (dedup/minhash.py, MinhashDedupCluster).
func peerRoots(pairs [][2]ref) map[ref]ref {
	parent, size := map[ref]ref{}, map[ref]int{}
	var find func(ref) ref
	find = func(x ref) ref {
		if p, ok := parent[x]; !ok || p == x {
			parent[x] = x
			return x
		}
		parent[x] = find(parent[x])
		return parent[x]
	}
	sizeOf := func(x ref) int { return max(size[x], 1) }
	for _, p := range pairs {
		a, b := find(p[0]), find(p[1])
		if a == b {
			continue
		}
		sa, sb := sizeOf(a), sizeOf(b)
		if sa < sb {
			a, b = b, a
		}
		parent[b] = a
		size[a] = sa + sb
		delete(size, b)
	}
	out := map[ref]ref{}
	for x := range parent {
		out[x] = find(x)
	}
	return out
}

// TestRoots compares both ways of finding roots with the peer's on random pairs, among them repeated ones, and clusters of one to all documents.
func TestRoots(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for round := range 200 {
		documents := make([]uint32, 1+rng.IntN(4))
		var docs []ref
		for task := range documents {
			documents[task] = uint32(rng.IntN(60))
			for i := range documents[task] {
				docs = append(docs, newRef(task, i))
			}
		}
		var pairs [][2]ref
		if len(docs) > 1 {
			for range rng.IntN(2 * len(docs)) {
				i, j := rng.IntN(len(docs)), rng.IntN(len(docs))
				if i != j {
					pairs = append(pairs, [2]ref{docs[min(i, j)], docs[max(i, j)]})
				}
			}
		}
		edges := func(yield func(u, v ref) error) error {
			for _, p := range pairs {
				if err := yield(p[0], p[1]); err != nil {
					return err
				}
			}
			return nil
		}
		want := peerRoots(pairs)
		for name, unite := range map[string]func(yield func(u, root ref) error) error{
			"in memory":     func(yield func(u, root ref) error) error { return uniteBySize(newNumbering(documents), edges, yield) },
			"beyond memory": func(yield func(u, root ref) error) error { return rootsBeyondMemory(edges, 1<<14, temp, yield) },
		} {
			var members []ref
			err := unite(func(u, root ref) error {
				members = append(members, u)
				if want[u] != root {
					t.Errorf("round %d, %s: %d has root %d, want %d", round, name, u, root, want[u])
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.IsSorted(members) || len(members) != len(want) {
				t.Errorf("round %d, %s: %d members, want %d, in order", round, name, len(members), len(want))
			}
		}
	}
}

func TestRootsBeyondMemoryRefuses(t *testing.T) {
	edges := func(yield func(u, v ref) error) error {
		for i := range uint32(1000) {
			if err := yield(newRef(0, i), newRef(0, i+1)); err != nil {
				return err
			}
		}
		return nil
	}
	ignore := func(u, root ref) error { return nil }
	if err := rootsBeyondMemory(edges, 4096, temp, ignore); err == nil {
		t.Error("a cluster that does not fit was joined")
	}
	if err := rootsBeyondMemory(edges, 1<<17, temp, ignore); err != nil {
		t.Error(err)
	}
}

func temp() (stages.TempFile, error) { return &memoryFile{}, nil }
