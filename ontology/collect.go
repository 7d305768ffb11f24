package ontology

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/winnow-data/winnow/stages"
)

// What a collecting task leaves: its spellings in the order in which it met them, each as length and bytes; and of each document the number of its
// tags and their numbers. All numbers are varints.
const (
	namesFile = "names"
	rowsFile  = "rows"
)

// A collector notes the tags of the documents of one task.
type collector struct {
	names table
	rows  *bufio.Writer
	buf   []byte
}

// collect is the first pass: it looks at the tags of every document. A field that is no list of strings counts as none here; the last pass
// quarantines its document.
func collect(t *stages.Task) (stages.Stage, error) {
	w := t.Create(rowsFile)
	c := &collector{names: table{number: map[string]int32{}}, rows: bufio.NewWriterSize(w, 64<<10)}
	t.AtEnd(func() error {
		return errors.Join(c.rows.Flush(), w.Close(), writeNames(t, c.names.names))
	})
	return c, nil
}

// writeNames writes the names of a task in the order of their numbers.
func writeNames(t *stages.Task, list []string) error {
	w := t.Create(namesFile)
	buf := bufio.NewWriterSize(w, 64<<10)
	for _, name := range list {
		if _, err := buf.Write(append(binary.AppendUvarint(nil, uint64(len(name))), name...)); err != nil {
			return errors.Join(err, w.Close())
		}
	}
	return errors.Join(buf.Flush(), w.Close())
}

// readNames reads what writeNames has written.
func readNames(t *stages.Task, task int) (list []string, err error) {
	err = eachOf(t, task, namesFile, func(r *bufio.Reader) error {
		n, err := binary.ReadUvarint(r)
		if err != nil {
			return err
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(r, b); err != nil {
			return io.ErrUnexpectedEOF
		}
		list = append(list, string(b))
		return nil
	})
	return list, err
}

// Apply implements [stages.Stage].
func (c *collector) Apply(_ context.Context, b *stages.Batch) error {
	for _, d := range b.Live() {
		tags, _ := getTags(d)
		c.buf = binary.AppendUvarint(c.buf[:0], uint64(len(tags)))
		for _, tag := range tags {
			c.buf = binary.AppendUvarint(c.buf, uint64(c.names.of(tag)))
		}
		if _, err := c.rows.Write(c.buf); err != nil {
			return err
		}
	}
	return nil
}

// A tagging is the tags of all documents, by number.
type tagging struct {
	raw   []string // spellings, sorted
	flat  []int32  // tags of all documents, one document behind the other
	start []int    // of each document, its first place in flat; one more at the end
}

func (g *tagging) documents() int { return len(g.start) - 1 }

// row is the tags of document i.
func (g *tagging) row(i int) []int32 { return g.flat[g.start[i]:g.start[i+1]] }

// readTagging reads what all tasks have collected.
func readTagging(ctx context.Context, t *stages.Task) (*tagging, error) {
	tasks := t.Files.Tasks("collect")
	names := make([][]string, tasks)
	g := &tagging{start: []int{0}}
	for i := range tasks {
		var err error
		if names[i], err = readNames(t, i); err != nil {
			return nil, err
		}
		g.raw = append(g.raw, names[i]...)
	}
	slices.Sort(g.raw)
	g.raw = slices.Compact(g.raw)
	for i := range tasks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		number := make([]int32, len(names[i]))
		for k, name := range names[i] {
			at, _ := slices.BinarySearch(g.raw, name)
			number[k] = int32(at)
		}
		err := eachOf(t, i, rowsFile, func(r *bufio.Reader) error {
			n, err := binary.ReadUvarint(r)
			if err != nil {
				return err
			}
			for range n {
				k, err := binary.ReadUvarint(r)
				if err != nil || k >= uint64(len(number)) {
					return fmt.Errorf("tag %d of %d: %w", k, len(number), io.ErrUnexpectedEOF)
				}
				g.flat = append(g.flat, number[k])
			}
			g.start = append(g.start, len(g.flat))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return g, nil
}

// eachOf reads a file of a collecting task from its beginning to its end, record by record.
func eachOf(t *stages.Task, task int, name string, record func(*bufio.Reader) error) error {
	f, err := t.Open("collect", task, name)
	if err != nil {
		return err
	}
	r := bufio.NewReaderSize(io.NewSectionReader(f, 0, f.Size()), 256<<10)
	for err == nil {
		if _, err = r.Peek(1); err == nil {
			if err = record(r); err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
		}
	}
	if err == io.EOF {
		err = nil
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("read collect/%s of task %d: %w", name, task, err)
	}
	return nil
}
