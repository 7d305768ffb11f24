package dedup

import (
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/stages"
)

// The table of counts: a document that stays, how many went in its favour.
const (
	countsFile = "counts"
	countWidth = 8 + 4
)

func countRow(at ref, removed int) []byte {
	row := binary.BigEndian.AppendUint64(make([]byte, 0, countWidth), uint64(at))
	return binary.BigEndian.AppendUint32(row, uint32(removed))
}

// A countingCut is a cut that writes on every document that stays how many went in its favour.
type countingCut struct {
	*cut
	counts *rows.Merger
	next   ref
	count  uint32
	more   bool
	live   []int
}

func newCountingCut(t *stages.Task, inner *cut) (stages.Stage, error) {
	shelf, err := open(t, "resolve", countsFile, countWidth)
	if err != nil {
		return nil, errors.Join(err, inner.close())
	}
	inner.tables = append(inner.tables, shelf) // closed with the others
	lo, hi := taskBounds(t.Index)
	readers, err := shelf.readers(lo, hi, memory(t)/4)
	if err != nil {
		return nil, errors.Join(err, inner.close())
	}
	c := &countingCut{cut: inner, counts: rows.NewMerger(readers)}
	if err := c.advanceCount(); err != nil {
		return nil, errors.Join(err, inner.close())
	}
	return c, nil
}

func (c *countingCut) advanceCount() error {
	_, row, err := c.counts.Next()
	if errors.Is(err, io.EOF) {
		c.more = false
		return nil
	}
	if err != nil {
		return err
	}
	c.next, c.count, c.more = parseRef(row), binary.BigEndian.Uint32(row[8:]), true
	return nil
}

// Apply implements stages.Stage.
func (c *countingCut) Apply(ctx context.Context, b *stages.Batch) error {
	first := c.seen
	c.live = c.live[:0]
	for i := range b.Live() {
		c.live = append(c.live, i)
	}
	if err := c.cut.Apply(ctx, b); err != nil {
		return err
	}
	for k, i := range c.live {
		n := uint32(0)
		if c.more && c.next.ordinal() == first+uint32(k) {
			n = c.count
			if err := c.advanceCount(); err != nil {
				return err
			}
		}
		if b.Alive(i) {
			b.Docs[i].Fields.SetNumber(duplicateCount, float64(n))
		}
	}
	return nil
}
