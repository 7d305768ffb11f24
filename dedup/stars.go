package dedup

import (
	"encoding/binary"
	"errors"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/stages"
)

// components finds the clusters of a graph that does not fit into memory, by alternating large-star and small-star until nothing changes
// (Kiveris et al., "Connected components in MapReduce and beyond", 2014, algorithm 4): O(log² n) rounds of sorting. It yields every
// document with a neighbour and the least document of its cluster, in the order of documents.
func components(edges func(func(u, v ref) error) error, memory int64, temp func() (stages.TempFile, error), yield func(u, label ref) error) (err error) {
	half := memory / 2
	both := rows.NewSorter(edgesWidth, half, temp)
	defer func() { err = errors.Join(err, both.Close()) }()
	add := func(u, v ref) error { return errors.Join(addEdge(both, u, v), addEdge(both, v, u)) }
	if err := edges(add); err != nil {
		return err
	}
	before := ^uint64(0)
	for {
		down := rows.NewSorter(edgesWidth, half, temp) // from the greater to the lesser
		if err := errors.Join(largeStar(both, down), both.Close()); err != nil {
			return errors.Join(err, down.Close())
		}
		both = rows.NewSorter(edgesWidth, half, temp)
		digest, buf := xxhash.New(), make([]byte, 0, edgesWidth)
		err := smallStar(down, func(u, v ref) error {
			buf = binary.BigEndian.AppendUint64(buf[:0], uint64(u))
			buf = binary.BigEndian.AppendUint64(buf, uint64(v))
			digest.Write(buf)
			return add(u, v)
		})
		if err := errors.Join(err, down.Close()); err != nil {
			return err
		}
		if digest.Sum64() == before {
			break
		}
		before = digest.Sum64()
	}
	return starLabels(both, half, temp, yield)
}

// largeStar ties the greater neighbours of every document to the least document among it and its neighbours.
func largeStar(both, down *rows.Sorter) error {
	var at, least ref
	begun := false
	return eachEdge(both, func(u, v ref) error {
		if !begun || u != at {
			at, least, begun = u, min(u, v), true // neighbours come in order
		}
		if v > u {
			return addEdge(down, v, least)
		}
		return nil
	})
}

// smallStar ties every document and its lesser neighbours to the least of these.
func smallStar(down *rows.Sorter, yield func(u, v ref) error) error {
	var at, least ref
	begun := false
	return eachEdge(down, func(u, v ref) error {
		if !begun || u != at {
			at, least, begun = u, v, true
			return yield(u, v)
		}
		return yield(v, least)
	})
}

// starLabels yields the members of stars, whose edges stand in both directions, with their centres.
func starLabels(both *rows.Sorter, memory int64, temp func() (stages.TempFile, error), yield func(u, label ref) error) (err error) {
	out := rows.NewSorter(edgesWidth, memory, temp)
	defer func() { err = errors.Join(err, out.Close()) }()
	err = eachEdge(both, func(u, v ref) error {
		if v > u {
			return errors.Join(addEdge(out, v, u), addEdge(out, u, u))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return eachEdge(out, yield)
}
