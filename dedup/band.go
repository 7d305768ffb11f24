package dedup

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/stages"
)

// The table of edges: two documents that agree in a band, the lesser first.
const (
	edgesFile  = "edges"
	edgesWidth = 8 + 8
)

// band joins the bands of all tasks by key, a share of the keys each, and ties every document to the first one with the same key.
func (m *MinHash) band(ctx context.Context, t *stages.Task) (err error) {
	bands, err := open(t, "scan", bandsFile, bandsWidth)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bands.Close()) }()
	lo, hi := share(t.Index, t.Tasks)
	readers, err := bands.readers(lo, hi, memory(t)/2)
	if err != nil {
		return err
	}
	edges := rows.NewSorter(edgesWidth, memory(t)/2, t.Files.Temp)
	defer func() { err = errors.Join(err, edges.Close()) }()
	var key uint64
	var first ref
	begun, n := false, 0
	err = rows.Merge(readers, func(source int, row []byte) error {
		if err := every(ctx, &n); err != nil {
			return err
		}
		k, at := binary.BigEndian.Uint64(row), newRef(source, binary.BigEndian.Uint32(row[8:]))
		if !begun || k != key {
			key, first, begun = k, at, true
			return nil
		}
		return addEdge(edges, first, at)
	})
	if err != nil {
		return err
	}
	w := create(t, edgesFile)
	err = eachEdge(edges, func(u, v ref) error { return writeEdge(w, u, v) })
	return errors.Join(err, w.Close())
}

func edge(u, v ref) (row [edgesWidth]byte) {
	binary.BigEndian.PutUint64(row[:], uint64(u))
	binary.BigEndian.PutUint64(row[8:], uint64(v))
	return row
}

func parseEdge(row []byte) (u, v ref) {
	return ref(binary.BigEndian.Uint64(row)), ref(binary.BigEndian.Uint64(row[8:]))
}

func addEdge(s *rows.Sorter, u, v ref) error {
	row := edge(u, v)
	return s.Add(row[:])
}

func writeEdge(w *sheet, u, v ref) error {
	row := edge(u, v)
	_, err := w.Write(row[:])
	return err
}

// eachEdge yields the edges in order, each once.
func eachEdge(s *rows.Sorter, yield func(u, v ref) error) error {
	var lastU, lastV ref
	begun := false
	return s.Each(func(row []byte) error {
		u, v := parseEdge(row)
		if begun && u == lastU && v == lastV {
			return nil
		}
		lastU, lastV, begun = u, v, true
		return yield(u, v)
	})
}
