package shard

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/winnow-data/winnow/stages"
)

// rowArena hands out the lists of rows from memory that is used once.
type rowArena struct{ fields []stages.Field }

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

// row reads the next row of the block into d.
func (r *RowReader) row(d *stages.Document) error {
	c := rowCursor{b: r.block, i: r.pos}
	if c.i == len(c.b) {
		return errRow
	}
	flags := c.b[c.i]
	c.i++
	*d = stages.Document{ID: c.text(), Source: c.text(), Text: c.text()}
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
		if len(r.arena.fields) < n {
			r.arena.fields = make([]stages.Field, max(1024, n))
		}
		d.Fields = r.arena.fields[:n:n]
		r.arena.fields = r.arena.fields[n:]
		for i := range d.Fields {
			d.Fields[i] = stages.Field{Name: c.text(), Raw: c.bytes()}
		}
	}
	r.pos = c.i
	if c.bad || r.left == 1 && r.pos != len(r.block) {
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
