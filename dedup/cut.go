package dedup

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/stages"
)

// A cut is the last pass of a barrier: it drops the documents that the resolving phase decided to drop. It checks that it meets every
// one of them, with the id it had, and as many documents as were scanned: a corpus that changed in between is an error, never a wrong removal.
type cut struct {
	t       *stages.Task
	rule    string
	expect  uint32 // documents scanned
	seen    uint32
	tables  []*shelf // removals, kept documents and their ids; a preset adds its own
	merger  *rows.Merger
	next    removal
	more    bool
	kept    string // id of the kept document of the last removal
	keptBy  int    // and where it stands: the task
	keptNum uint64 // and the number
	dropped int
}

// newCut opens the removals of the task's own documents among those of all tasks of phase.
func newCut(t *stages.Task, phase, rule string, scanned uint32) (_ *cut, err error) {
	c := &cut{t: t, rule: rule, expect: scanned, keptBy: -1}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.close())
		}
	}()
	for _, table := range []struct {
		name  string
		width int
	}{{removedFile, removedWidth}, {keptFile, keptWidth}, {namesFile, 1}} {
		s, err := open(t, phase, table.name, table.width)
		if err != nil {
			return nil, err
		}
		c.tables = append(c.tables, s)
	}
	lo := binary.BigEndian.AppendUint32(nil, uint32(t.Index))
	hi := binary.BigEndian.AppendUint32(nil, uint32(t.Index)+1)
	readers, err := c.tables[0].readers(lo, hi, memory(t))
	if err != nil {
		return nil, err
	}
	c.merger = rows.NewMerger(readers)
	if err := c.advance(); err != nil {
		return nil, err
	}
	t.AtEnd(c.end)
	return c, nil
}

// Apply implements stages.Stage.
func (c *cut) Apply(_ context.Context, b *stages.Batch) error {
	for i, d := range b.Live() {
		if c.more && c.next.ordinal == c.seen {
			if idCheck(d.ID) != c.next.check {
				return c.changed(fmt.Sprintf("document %d has id %q, not the one it was judged by", c.seen, d.ID))
			}
			v := c.next.verdict
			v.Rule = c.rule
			id, err := c.keptID()
			if err != nil {
				return err
			}
			v.Kept = id
			b.Drop(i, v)
			c.dropped++
			if err := c.advance(); err != nil {
				return err
			}
		}
		c.seen++
	}
	return nil
}

func (c *cut) advance() error {
	source, row, err := c.merger.Next()
	if errors.Is(err, io.EOF) {
		c.more = false
		return nil
	}
	if err != nil {
		return err
	}
	before, had := c.next, c.more
	if c.next, err = parseRemoval(source, row); err != nil {
		return err
	}
	c.more = true
	if had && before.ordinal == c.next.ordinal {
		return fmt.Errorf("document %d is removed twice", c.next.ordinal)
	}
	return nil
}

// keptID returns the id of the document that stands in the place of the next removal.
func (c *cut) keptID() (string, error) {
	if c.keptBy == c.next.source && c.keptNum == c.next.kept {
		return c.kept, nil
	}
	var row [keptWidth]byte
	src := c.next.source
	if err := readAt(c.tables[1].files[src], row[:], int64(c.next.kept)*keptWidth); err != nil {
		return "", fmt.Errorf("read kept document %d of task %d: %w", c.next.kept, src, err)
	}
	id := make([]byte, binary.BigEndian.Uint32(row[8:]))
	if err := readAt(c.tables[2].files[src], id, int64(binary.BigEndian.Uint64(row[:]))); err != nil {
		return "", fmt.Errorf("read id of kept document %d of task %d: %w", c.next.kept, src, err)
	}
	c.kept, c.keptBy, c.keptNum = string(id), src, c.next.kept
	return c.kept, nil
}

// readAt reads all of p; a file that ends before is an error.
func readAt(f io.ReaderAt, p []byte, off int64) error {
	n, err := f.ReadAt(p, off)
	switch {
	case n == len(p):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	}
	return err
}

func (c *cut) end() error {
	if err := c.close(); err != nil {
		return err
	}
	if c.seen != c.expect {
		return c.changed(fmt.Sprintf("%d documents, where %d were judged", c.seen, c.expect))
	}
	if c.more {
		return c.changed(fmt.Sprintf("no document %d, which was to be removed", c.next.ordinal))
	}
	return nil
}

func (c *cut) changed(how string) error {
	return fmt.Errorf("task %d: the documents are not those that were scanned: %s", c.t.Index, how)
}

func (c *cut) close() error {
	var errs []error
	for _, s := range c.tables {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}
