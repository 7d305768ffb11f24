package mixer

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

const (
	// runLength is how many documents a task sorts in memory at once: 6 MiB. It shapes files, so it depends on nothing.
	runLength = 1 << 18
	// blockLength is how many entries of a segment one sample stands for, and the least that is read of it: 4 KiB.
	blockLength = 256
	// maxGroups bounds what `by` may tell apart.
	maxGroups = 1 << 16
)

// A census is the pass that notes key and amount of every document, so that the quota can find any threshold exactly in little memory.
//
// Each task leaves three files. "entries" holds segments: the documents of one group in one run, sorted by key, as (key, amount up to
// and with it). "samples" holds the last entry of each block of each segment. "index" names groups and segments.
type census struct {
	unit  unit
	model string // whose tokens are counted, in the recipe
	by    string
	key   keyer
}

// index is the file of that name.
type index struct {
	Groups   []string  `json:"groups"`
	Segments []segment `json:"segments"`
}

// A segment is a run's documents of one group.
type segment struct {
	Group   int    `json:"group"`
	First   int64  `json:"first"`   // entries before it in the file
	Entries int64  `json:"entries"` // in it
	Amount  uint64 `json:"amount"`  // of all of it
}

func (s segment) blocks() int64 { return (s.Entries + blockLength - 1) / blockLength }

type noted struct {
	key, amount uint64
	group       uint32
}

// counter is a census at work in one task.
type counter struct {
	census
	view    text.View
	tokens  stages.Counter // of unit tokens
	group   map[string]uint32
	index   index
	run     []noted
	entries *entryWriter
	samples *entryWriter
}

// pass starts the census of one task.
func (c census) pass(t *stages.Task) (stages.Stage, error) {
	w := &counter{census: c, group: map[string]uint32{}, index: index{Groups: []string{}, Segments: []segment{}}}
	if c.unit == tokens {
		var err error
		if w.tokens, err = stages.CounterOf(t.Env, c.model); err != nil {
			return nil, err
		}
	}
	w.entries, w.samples = newEntryWriter(t.Create("entries")), newEntryWriter(t.Create("samples"))
	t.AtEnd(func() error { return w.end(t) })
	return w, nil
}

// Apply implements [stages.Stage].
func (c *counter) Apply(ctx context.Context, b *stages.Batch) error {
	for _, d := range b.Live() {
		name := groupOf(d, c.by)
		g, err := c.number(name)
		if err != nil {
			return err
		}
		c.run = append(c.run, noted{c.key.of(d, name), c.amount(d), g})
		if len(c.run) == runLength {
			c.flush()
		}
	}
	return ctx.Err()
}

// amount is how much of the unit d holds.
func (c *counter) amount(d *stages.Document) uint64 {
	if c.unit == tokens {
		return uint64(max(0, c.tokens.Count(d.Body())))
	}
	return c.unit.of(d, &c.view)
}

// groupOf returns the group of d: the value of the field, "" without it.
func groupOf(d *stages.Document, by string) string {
	if by == "" {
		return ""
	}
	g, _ := d.Field(by)
	return g
}

func (c *counter) number(group string) (uint32, error) {
	if g, ok := c.group[group]; ok {
		return g, nil
	}
	if len(c.group) == maxGroups {
		return 0, stages.Final(fmt.Errorf("counting documents by %s: more than %d values: a group is a domain, a language, a source", c.by, maxGroups))
	}
	g := uint32(len(c.group))
	c.group[group] = g
	c.index.Groups = append(c.index.Groups, group)
	return g, nil
}

// flush writes a run, segment by segment.
func (c *counter) flush() {
	slices.SortFunc(c.run, func(a, b noted) int {
		switch {
		case a.group != b.group:
			return int(a.group) - int(b.group)
		case a.key < b.key, a.key == b.key && a.amount < b.amount:
			return -1
		case a == b:
			return 0
		}
		return 1
	})
	for rest := c.run; len(rest) > 0; {
		s := segment{Group: int(rest[0].group), First: c.entries.n}
		for len(rest) > 0 && int(rest[0].group) == s.Group {
			s.Amount += rest[0].amount
			s.Entries++
			e := entry{rest[0].key, s.Amount}
			rest = rest[1:]
			c.entries.put(e)
			if s.Entries%blockLength == 0 || len(rest) == 0 || int(rest[0].group) != s.Group {
				c.samples.put(e)
			}
		}
		c.index.Segments = append(c.index.Segments, s)
	}
	c.run = c.run[:0]
}

func (c *counter) end(t *stages.Task) error {
	c.flush()
	w := t.Create("index")
	err := json.NewEncoder(w).Encode(c.index)
	return errors.Join(err, w.Close(), c.entries.close(), c.samples.close())
}

// An entry is one document of a segment.
type entry struct {
	key uint64
	sum uint64 // amount of the segment up to and with it
}

const entrySize = 16

type entryWriter struct {
	w   *bufio.Writer
	c   io.Closer
	n   int64
	buf [entrySize]byte
}

func newEntryWriter(w io.WriteCloser) *entryWriter {
	return &entryWriter{w: bufio.NewWriterSize(w, 1<<16), c: w}
}

// put appends e. An error shows at close.
func (w *entryWriter) put(e entry) {
	byteOrder.PutUint64(w.buf[:8], e.key)
	byteOrder.PutUint64(w.buf[8:], e.sum)
	w.w.Write(w.buf[:])
	w.n++
}

func (w *entryWriter) close() error { return errors.Join(w.w.Flush(), w.c.Close()) }
