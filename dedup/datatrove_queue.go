package dedup

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/stages"
)

// The rows of a queue: number of the file, then a row of the scan in which the place in the task gives way to the number in the file and
// the task.
const (
	queueFile  = 4
	queuePlace = queueFile + 16 + 1 + 8
	queueKey   = queuePlace + 8 // file, hash, priority, number in the file
	queueWidth = queueFile + exactWidth
)

// resolve takes the documents in the order in which the peer's queue yields them (dedup/exact_dedup.py, ExactFindDedups): of every run of equal hashes
// the first stays. The order among equal documents follows from how the queue merges the files, so they are sorted by file first.
func (e *DatatroveExact) resolve(ctx context.Context, t *stages.Task) (err error) {
	sorter := rows.NewSorter(queueWidth, memory(t)/2, t.Files.Temp)
	defer func() { err = errors.Join(err, sorter.Close()) }()
	if err := addByFile(ctx, t, sorter); err != nil {
		return err
	}
	sorted, err := t.Files.Temp()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sorted.Close()) }()
	files, err := writeByFile(sorter, sorted, memory(t)/2)
	if err != nil {
		return err
	}
	r, err := e.inner.newResolver(t, memory(t)/4)
	if err != nil {
		return err
	}
	r.byID, r.counts = false, rows.NewSorter(countWidth, memory(t)/4, t.Files.Temp)
	return r.finish(t, drain(ctx, files, func(row []byte) error {
		return r.add(int(binary.BigEndian.Uint64(row[queueKey:])), row[queueFile:])
	}))
}

// addByFile brings the rows of all tasks of the scan into a sorter.
func addByFile(ctx context.Context, t *stages.Task, sorter *rows.Sorter) (err error) {
	at, err := readPlaces(t)
	if err != nil {
		return err
	}
	hashes, err := open(t, "scan", exactFile, exactWidth)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hashes.Close()) }()
	readers, err := hashes.readers(nil, nil, memory(t)/4)
	if err != nil {
		return err
	}
	row, n := make([]byte, queueWidth), 0
	for task, r := range readers {
		for {
			raw, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err == nil {
				err = every(ctx, &n)
			}
			if err != nil {
				return err
			}
			copy(row[queueFile:], raw)
			place := row[queuePlace:]
			start := at.of(task, filePlace{binary.BigEndian.Uint32(place), binary.BigEndian.Uint32(place[4:])})
			binary.BigEndian.PutUint32(row, uint32(start.file))
			binary.BigEndian.PutUint64(place, start.before)
			binary.BigEndian.PutUint64(place[8:], uint64(task))
			if err := sorter.Add(row); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeByFile writes the rows in order and returns a reader of each file's.
func writeByFile(sorter *rows.Sorter, to stages.TempFile, memory int64) ([]*rows.Reader, error) {
	w := bufio.NewWriterSize(to, 64<<10)
	var ends []int64 // of each file
	var last uint32
	n := int64(0)
	err := sorter.Each(func(row []byte) error {
		if file := binary.BigEndian.Uint32(row); len(ends) == 0 || file != last {
			ends, last = append(ends, n), file
		}
		n++
		ends[len(ends)-1] = n
		_, err := w.Write(row)
		return err
	})
	if err := errors.Join(err, w.Flush()); err != nil {
		return nil, err
	}
	readers := make([]*rows.Reader, len(ends))
	from := int64(0)
	for i, end := range ends {
		readers[i] = rows.NewReader(to, queueWidth, from, end, int(memory)/len(ends))
		from = end
	}
	return readers, nil
}

// drain yields the rows of all files in the order of a [queue] that holds the next row of each.
func drain(ctx context.Context, files []*rows.Reader, yield func(row []byte) error) error {
	var q queue
	for _, f := range files {
		row, err := f.Next()
		if err != nil {
			return err // none is empty
		}
		q = append(q, queued{row, f})
	}
	q.heapify()
	n := 0
	for len(q) > 0 {
		if err := every(ctx, &n); err != nil {
			return err
		}
		v := q.pop()
		if err := yield(v.row); err != nil {
			return err
		}
		row, err := v.file.Next()
		if errors.Is(err, io.EOF) {
			continue
		}
		if err != nil {
			return err
		}
		q.push(queued{row, v.file})
	}
	return nil
}

type queued struct {
	row  []byte
	file *rows.Reader
}

// less is the peer's order: hash, priority, number in the file.
func (a queued) less(b queued) bool {
	return bytes.Compare(a.row[queueFile:queueKey], b.row[queueFile:queueKey]) < 0
}

// A queue is CPython's heapq, comparison by comparison: among equal rows its state decides.
type queue []queued

// heapify is heapq.heapify: bottom-up, and in a large heap along the paths, which the processor's caches like better (Modules/_heapqmodule.c).
func (q queue) heapify() {
	half := len(q) / 2
	if len(q) <= 2500 {
		for i := half - 1; i >= 0; i-- {
			q.up(i)
		}
		return
	}
	leftmost := 1<<(bits.Len(uint(half+1))-1) - 1 // in the row of the first node without children
	for i := leftmost - 1; i >= half/2; i-- {
		q.along(i)
	}
	for i := half - 1; i >= leftmost; i-- {
		q.along(i)
	}
}

// along settles a node and, where its number is odd, those above it for as long as theirs are.
func (q queue) along(i int) {
	q.up(i)
	for i&1 != 0 {
		i /= 2
		q.up(i)
	}
}

func (q *queue) push(v queued) {
	*q = append(*q, v)
	q.down(0, len(*q)-1)
}

func (q *queue) pop() queued {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	if len(*q) == 0 {
		return last
	}
	first := old[0]
	old[0] = last
	q.up(0)
	return first
}

// up is heapq._siftup: the lesser child moves up, of equal ones the right, down to a leaf; from there the row moves back to its place.
func (q queue) up(at int) {
	start, v := at, q[at]
	for child := 2*at + 1; child < len(q); child = 2*at + 1 {
		if right := child + 1; right < len(q) && !q[child].less(q[right]) {
			child = right
		}
		q[at] = q[child]
		at = child
	}
	q[at] = v
	q.down(start, at)
}

// down is heapq._siftdown: the row at a place moves towards start past greater ones.
func (q queue) down(start, at int) {
	v := q[at]
	for at > start {
		parent := (at - 1) / 2
		if !v.less(q[parent]) {
			break
		}
		q[at] = q[parent]
		at = parent
	}
	q[at] = v
}
