package shard

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"

	"github.com/winnow-data/winnow/stages"
)

// A leaf reads the values of one primitive column row by row.
type leaf struct {
	chunk  parquet.ColumnChunk
	pages  parquet.Pages
	page   parquet.Page
	before []parquet.Page // pages that the row started in, when it goes on in the next
	values parquet.ValueReader
	buf    []parquet.Value // buf[i:n] is read ahead; bytes of its values belong to page
	i, n   int
	long   []parquet.Value // a row of many values
	flat   bool            // one value a row
}

const valuesAhead = 256

// row returns the values of the next row. They are valid until the next call.
func (l *leaf) row() (vals []parquet.Value, err error) {
	defer recovered(&err)
	l.releaseBefore()
	if l.i == l.n {
		if err := l.fill(); err != nil {
			return nil, err
		}
	}
	start := l.i
	l.i++
	for l.i < l.n && l.buf[l.i].RepetitionLevel() > 0 {
		l.i++
	}
	if l.i < l.n || l.flat {
		return l.buf[start:l.i:l.i], nil
	}
	return l.rest(l.buf[start:l.i])
}

// rest reads on where a row may go on in the next values, or, in old files, in the next page. The page it comes from is kept meanwhile.
func (l *leaf) rest(head []parquet.Value) ([]parquet.Value, error) {
	l.long = append(l.long[:0], head...)
	for {
		err := l.more()
		if err == io.EOF {
			l.before, l.page = append(l.before, l.page), nil
			if err = l.fill(); errors.Is(err, errShort) {
				return l.long, nil
			}
		}
		if err != nil {
			return nil, err
		}
		for l.i < l.n && l.buf[l.i].RepetitionLevel() > 0 {
			l.long = append(l.long, l.buf[l.i])
			l.i++
		}
		if l.i < l.n {
			return l.long, nil
		}
	}
}

var errShort = errors.New("the column ends before its rows do")

// fill reads values, from the next page if need be.
func (l *leaf) fill() error {
	for {
		if l.page == nil {
			page, err := l.pages.ReadPage()
			if err == io.EOF {
				return errShort
			}
			if err != nil {
				return err
			}
			l.page, l.values = page, page.Values()
		}
		if err := l.more(); err == nil {
			return nil
		} else if err != io.EOF {
			return err
		}
		l.release()
	}
}

// more reads further values of the page: io.EOF at its end.
func (l *leaf) more() error {
	if l.buf == nil {
		l.buf = make([]parquet.Value, valuesAhead)
	}
	l.i, l.n = 0, 0
	n, err := l.values.ReadValues(l.buf)
	if n > 0 {
		l.n = n
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

func (l *leaf) release() {
	if l.page != nil {
		parquet.Release(l.page)
		l.page, l.values = nil, nil
	}
}

func (l *leaf) releaseBefore() {
	for _, p := range l.before {
		parquet.Release(p)
	}
	l.before = l.before[:0]
}

func (l *leaf) close() {
	defer func() { _ = recover() }() // the library, over a damaged page
	l.releaseBefore()
	l.release()
	l.pages.Close()
}

// document makes a document of the row in vals.
func (q *parquetReader) document(d *stages.Document) (err error) {
	defer recovered(&err)
	q.ms = q.ms[:0]
	var text *string
	for _, c := range q.cols.list {
		vals := q.vals[c.first : c.first+c.shape.leaves]
		if c.shape.optional && vals[0][0].DefinitionLevel() == 0 {
			continue // null: absent
		}
		if q.m.conv == nil && c.name == q.m.text && (c.typ.kind == "string" || c.typ.kind == "binary") {
			b := vals[0][0].ByteArray()
			if int64(len(b)) > q.r.opt.maxRecord() {
				return fmt.Errorf("the text has %d bytes, at most %d are allowed", len(b), q.r.opt.maxRecord())
			}
			if !utf8.Valid(b) {
				return fmt.Errorf("column %q, byte %d: invalid UTF-8", c.name, validPrefix(b))
			}
			s := view(q.arena.keep(b))
			text = &s
			continue
		}
		if c.name == extraColumn && q.cols.ours && c.shape.form == "leaf" {
			if q.ms, err = q.m.scan.object(q.arena.keep(vals[0][0].ByteArray()), q.ms); err != nil {
				return fmt.Errorf("column %q: %w", extraColumn, err)
			}
			continue
		}
		q.json = c.shape.append(q.json[:0], vals, 0, 0)
		raw := q.arena.keep(q.json)
		if c.typ.kind == "string" && raw[0] == '{' {
			return fmt.Errorf("column %q: invalid UTF-8", c.name)
		}
		q.ms = append(q.ms, member{name: c.quote, nameEsc: c.esc, raw: raw, esc: bytes.IndexByte(raw, '\\') >= 0})
	}
	return q.m.document(d, q.ms, text)
}

// An arena hands out memory that is used once.
type arena struct{ free []byte }

const arenaSize = 256 << 10

// keep returns a copy of b.
func (a *arena) keep(b []byte) []byte {
	if len(b) > len(a.free) {
		if len(b) > arenaSize/4 {
			return append(make([]byte, 0, len(b)), b...)
		}
		a.free = make([]byte, arenaSize)
	}
	n := copy(a.free, b)
	kept := a.free[:n:n]
	a.free = a.free[n:]
	return kept
}
