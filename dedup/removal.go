package dedup

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/stages"
)

// The files that tell a cut what to remove: a table of removals by document, and the ids of the documents that stay.
const (
	removedFile  = "removed"
	removedWidth = 4 + 4 + 8 + 4 + 1 + 8 // task, ordinal, number of the kept one, check of the id, reason, value
	keptFile     = "kept"
	keptWidth    = 8 + 4 // where the id lies in the file of names, and its length
	namesFile    = "names"
)

// A reason is why a document is removed; it becomes Verdict.Why.
type reason byte

const (
	identical reason = iota
	jaccard          // the true similarity of the shingles reaches the bound
	contained        // all word 3-grams stand in the kept document
	band             // the signatures agree in a band, and verification is off
)

var reasons = [...]string{identical: "identical", jaccard: "jaccard", contained: "contained", band: "band"}

// removals gathers what one resolving task removes.
type removals struct {
	sorter *rows.Sorter
	kept   *sheet
	names  *sheet
	count  uint64 // kept documents named
	row    []byte
}

func newRemovals(t *stages.Task, memory int64) *removals {
	return &removals{
		sorter: rows.NewSorter(removedWidth, memory, t.Files.Temp),
		kept:   create(t, keptFile), names: create(t, namesFile),
	}
}

// next returns the number that the next document named will have.
func (r *removals) next() uint64 { return r.count }

// name stores the id of a document that stays.
func (r *removals) name(id string) error {
	r.row = binary.BigEndian.AppendUint64(r.row[:0], uint64(r.names.size))
	r.row = binary.BigEndian.AppendUint32(r.row, uint32(len(id)))
	if _, err := r.kept.Write(r.row); err != nil {
		return err
	}
	r.count++
	_, err := io.WriteString(r.names, id)
	return err
}

// remove notes that a document goes because the one named with the number kept stays.
func (r *removals) remove(at ref, kept uint64, check uint32, why reason, value float64) error {
	r.row = binary.BigEndian.AppendUint64(r.row[:0], uint64(at))
	r.row = binary.BigEndian.AppendUint64(r.row, kept)
	r.row = binary.BigEndian.AppendUint32(r.row, check)
	r.row = append(r.row, byte(why))
	r.row = binary.BigEndian.AppendUint64(r.row, math.Float64bits(value))
	return r.sorter.Add(r.row)
}

// Close writes the files.
func (r *removals) Close(t *stages.Task) error {
	return errors.Join(writeSorted(t, removedFile, r.sorter), r.kept.Close(), r.names.Close(), r.sorter.Close())
}

// removal is one row of the table.
type removal struct {
	ordinal uint32
	source  int // the task that decided
	kept    uint64
	check   uint32
	verdict stages.Verdict
}

func parseRemoval(source int, row []byte) (removal, error) {
	why := reason(row[20])
	if int(why) >= len(reasons) {
		return removal{}, fmt.Errorf("removal of task %d: unknown reason %d", source, why)
	}
	return removal{
		ordinal: binary.BigEndian.Uint32(row[4:]), source: source,
		kept: binary.BigEndian.Uint64(row[8:]), check: binary.BigEndian.Uint32(row[16:]),
		verdict: stages.Verdict{Value: math.Float64frombits(binary.BigEndian.Uint64(row[21:])), Why: reasons[why]},
	}, nil
}
