// Package rows keeps tables of fixed-width rows in files: sorted beyond memory, merged, read in ranges. A row is a byte string
// whose fields are big-endian, so that the order of the bytes is the order of the fields; a table is nothing but its rows, sorted.
// Ten million rows cost one buffer, not ten million objects, and the same rows give the same file however little memory there was.
package rows

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sort"

	"github.com/winnow-data/winnow/stages"
)

// minBuffer and maxBuffer bound the bytes that one reader holds.
const (
	minBuffer = 4 << 10
	maxBuffer = 256 << 10
)

// A Reader yields rows [from, to) of a table, in order.
type Reader struct {
	src   io.ReaderAt
	width int
	at    int64 // byte of the next read
	end   int64
	buf   []byte
	rest  []byte // unread part of buf
}

// NewReader reads the rows [from, to) of src in pieces of about buffer bytes.
func NewReader(src io.ReaderAt, width int, from, to int64, buffer int) *Reader {
	buffer = min(max(buffer, minBuffer), maxBuffer)
	size := int64(max(buffer/width, 1)) * int64(width)
	r := &Reader{src: src, width: width, at: from * int64(width), end: to * int64(width)}
	r.buf = make([]byte, max(min(size, r.end-r.at), 0))
	return r
}

// Next returns the next row, valid until the call after, or io.EOF.
func (r *Reader) Next() ([]byte, error) {
	if len(r.rest) == 0 {
		n := min(int64(len(r.buf)), r.end-r.at)
		if n <= 0 {
			return nil, io.EOF
		}
		if err := readFull(r.src, r.buf[:n], r.at); err != nil {
			return nil, fmt.Errorf("read rows of %d bytes at byte %d: %w", r.width, r.at, err)
		}
		r.at, r.rest = r.at+n, r.buf[:n]
	}
	row := r.rest[:r.width]
	r.rest = r.rest[r.width:]
	return row, nil
}

// readFull reads all of p. A file that ends before is io.ErrUnexpectedEOF.
func readFull(src io.ReaderAt, p []byte, off int64) error {
	n, err := src.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Count returns the number of rows of a table. A size that is no multiple of the width is an error.
func Count(f stages.File, width int) (int64, error) {
	if f.Size()%int64(width) != 0 {
		return 0, fmt.Errorf("table of %d bytes: not a whole number of rows of %d bytes", f.Size(), width)
	}
	return f.Size() / int64(width), nil
}

// Range returns the numbers [from, to) of the rows whose first bytes lie in [lo, hi): lo ≤ row < hi, compared over the length of each
// bound. A nil hi means the end of the table.
func Range(f stages.File, width int, lo, hi []byte) (from, to int64, err error) {
	n, err := Count(f, width)
	if err != nil {
		return 0, 0, err
	}
	find := func(bound []byte) int64 {
		if len(bound) == 0 {
			return 0
		}
		row := make([]byte, len(bound))
		return int64(sort.Search(int(n), func(i int) bool {
			if err == nil {
				err = readFull(f, row, int64(i)*int64(width))
			}
			return err != nil || bytes.Compare(row, bound) >= 0
		}))
	}
	from, to = find(lo), n
	if hi != nil {
		to = find(hi)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("search a table of %d rows: %w", n, err)
	}
	return from, to, nil
}

// A Merger yields the rows of sorted sources in their joint order; equal rows come in the order of the sources.
type Merger struct {
	sources []*Reader
	heads   []head // a heap
	begun   bool
}

// NewMerger merges sources.
func NewMerger(sources []*Reader) *Merger { return &Merger{sources: sources} }

// Next returns the next row and the number of its source, or io.EOF. The row is valid until the call after.
func (m *Merger) Next() (source int, row []byte, err error) {
	if err := m.advance(); err != nil {
		return 0, nil, err
	}
	if len(m.heads) == 0 {
		return 0, nil, io.EOF
	}
	return m.heads[0].source, m.heads[0].row, nil
}

// advance takes the row that Next returned last off the heap.
func (m *Merger) advance() error {
	if !m.begun {
		m.begun = true
		for i, r := range m.sources {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				continue
			}
			if err != nil {
				return err
			}
			m.heads = append(m.heads, head{row, i})
		}
		for i := len(m.heads)/2 - 1; i >= 0; i-- {
			sift(m.heads, i)
		}
		return nil
	}
	if len(m.heads) == 0 {
		return nil
	}
	row, err := m.sources[m.heads[0].source].Next()
	switch {
	case err == nil:
		m.heads[0].row = row
	case errors.Is(err, io.EOF):
		last := len(m.heads) - 1
		m.heads[0] = m.heads[last]
		m.heads = m.heads[:last]
	default:
		return err
	}
	sift(m.heads, 0)
	return nil
}

// Merge calls yield with the rows of sorted sources in their joint order. It stops at the first error, its own or yield's.
func Merge(sources []*Reader, yield func(source int, row []byte) error) error {
	m := NewMerger(sources)
	for {
		source, row, err := m.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := yield(source, row); err != nil {
			return err
		}
	}
}

// head is the next row of a source.
type head struct {
	row    []byte
	source int
}

func (a head) before(b head) bool {
	if c := bytes.Compare(a.row, b.row); c != 0 {
		return c < 0
	}
	return a.source < b.source
}

// sift moves h[i] down to its place in the heap h.
func sift(h []head, i int) {
	for {
		c := 2*i + 1
		if c >= len(h) {
			return
		}
		if c+1 < len(h) && h[c+1].before(h[c]) {
			c++
		}
		if !h[c].before(h[i]) {
			return
		}
		h[i], h[c] = h[c], h[i]
		i = c
	}
}
