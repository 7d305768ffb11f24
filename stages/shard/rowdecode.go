package shard

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/winnow-data/winnow/stages"
)

// rowArena hands out the lists of rows from memory that is used once.
type rowArena struct {
	fields []stages.Field
	chunk  int // fields to make at a time, at least
}

var errRow = errors.New("a row is damaged")

// A rowCursor reads the parts of one row; it remembers the first error.
type rowCursor struct {
	b   []byte
	i   int
	bad bool
}

func (c *rowCursor) uvarint() uint64 {
	v, n := binary.Uvarint(c.b[c.i:])
	if n <= 0 {
		c.bad = true
		return 0
	}
	c.i += n
	return v
}

// count reads the length of a list whose elements take a byte each at least.
func (c *rowCursor) count() int {
	n := c.uvarint()
	if n > uint64(len(c.b)-c.i) {
		c.bad = true
		return 0
	}
	return int(n)
}

func (c *rowCursor) bytes() []byte {
	n := c.count()
	b := c.b[c.i : c.i+n : c.i+n]
	c.i += n
	return b
}

func (c *rowCursor) text() string { return view(c.bytes()) }

// ParseRow reads into d what [AppendRow] has written. The document points into row.
func ParseRow(row []byte, d *stages.Document) error {
	var a rowArena
	c := rowCursor{b: row}
	if err := c.row(d, &a); err != nil {
		return err
	}
	if c.i != len(row) {
		return errRow
	}
	return nil
}

// row reads the next row of the block into d.
func (r *RowReader) row(d *stages.Document) error {
	c := rowCursor{b: r.block, i: r.pos}
	err := c.row(d, &r.arena)
	r.pos = c.i
	if err != nil || r.left == 1 && r.pos != len(r.block) {
		return errRow
	}
	return nil
}

// row reads one row into d.
func (c *rowCursor) row(d *stages.Document, arena *rowArena) error {
	if c.i == len(c.b) {
		return errRow
	}
	flags := c.b[c.i]
	c.i++
	*d = stages.Document{ID: c.text(), Source: c.text(), Text: c.text()}
	d.At = stages.Place{File: c.text(), Row: int64(c.uvarint()) - 1}
	if flags&rowKind != 0 {
		d.Kind = c.text()
	}
	switch {
	case flags&rowTurns != 0:
		d.Turns = make([]stages.Turn, c.count())
		for i := range d.Turns {
			d.Turns[i] = stages.Turn{Role: c.text(), Content: c.text()}
		}
	case flags&rowEmptyTurns != 0:
		d.Turns = []stages.Turn{}
	}
	if flags&rowAnswers != 0 {
		d.Answers = make([]stages.Answer, c.count())
		for i := range d.Answers {
			c.answer(&d.Answers[i])
		}
	}
	if flags&rowParents != 0 {
		d.Parents = make([]string, c.count())
		for i := range d.Parents {
			d.Parents[i] = c.text()
		}
	}
	if flags&rowFields != 0 {
		n := c.count()
		if len(arena.fields) < n {
			arena.fields = make([]stages.Field, max(arena.chunk, n))
			arena.chunk = 1024
		}
		d.Fields = arena.fields[:n:n]
		arena.fields = arena.fields[n:]
		for i := range d.Fields {
			d.Fields[i] = stages.Field{Name: c.text(), Raw: c.bytes()}
		}
	}
	if flags&rowSignals != 0 {
		d.Signals = c.numbers()
	}
	if c.bad {
		return errRow
	}
	return nil
}

func (c *rowCursor) answer(a *stages.Answer) {
	a.Text, a.By = c.text(), c.text()
	n := c.count()
	if n == 0 {
		return
	}
	a.Checks = make([]stages.Check, n)
	for i := range a.Checks {
		k := &a.Checks[i]
		k.Name = c.text()
		if len(c.b)-c.i < 9 {
			c.bad = true
			return
		}
		k.Result = stages.Result(c.b[c.i])
		k.Score = math.Float64frombits(binary.LittleEndian.Uint64(c.b[c.i+1:]))
		c.i += 9
		k.Why = c.text()
	}
}
