package shard

import (
	"errors"
	"fmt"
)

// lost reports the rows that a broken page or group takes with it, and goes on behind them.
func (q *parquetReader) lost(err error) (Position, error) {
	at := Position{Record: q.base + q.row, Offset: q.base + q.row}
	if q.r.in.err != nil {
		return at, q.r.in.err
	}
	to := q.rows
	var le *leafError
	reason := err.Error()
	if errors.As(err, &le) {
		to = q.behind(le.leaf)
		reason = fmt.Sprintf("column %q: %s", q.leafName(le.leaf), reason)
	}
	d := Damage{Offset: at.Offset, Record: at.Record, Lost: to - q.row, Reason: fmt.Sprintf("row group %d, rows %d to %d: %s", q.group, q.row, to-1, reason)}
	if to >= q.rows {
		q.row = q.rows
		q.end()
	} else if err := q.start(to); err != nil {
		if q.r.in.err != nil {
			return at, q.r.in.err
		}
		d.Lost = q.rows - (at.Record - q.base)
		d.Reason += fmt.Sprintf("; and the rest of the group: %v", err)
		q.end()
	}
	return at, &bad{d}
}

func (q *parquetReader) leafName(i int) string {
	for _, c := range q.cols.list {
		if i < c.first+c.shape.leaves {
			return c.name
		}
	}
	return "?"
}

// behind returns the first row behind the page of a leaf that holds the current row; the end of the group where the file has
// no offset index.
func (q *parquetReader) behind(i int) (row int64) {
	defer func() {
		if recover() != nil {
			row = q.rows
		}
	}()
	idx, err := q.leaves[i].chunk.OffsetIndex()
	if err != nil {
		return q.rows
	}
	for k := range idx.NumPages() {
		if first := idx.FirstRowIndex(k); first > q.row {
			return min(first, q.rows)
		}
	}
	return q.rows
}

// raw is the row as JSON, as far as it can be told, for the quarantine.
func (q *parquetReader) raw() (b []byte) {
	defer func() {
		if recover() != nil {
			b = nil
		}
	}()
	b = append(b, '{')
	for i, c := range q.cols.list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendQuoted(b, c.name), ':')
		if b = c.shape.append(b, q.vals[c.first:c.first+c.shape.leaves], 0, 0); len(b) > maxRaw {
			return b[:maxRaw]
		}
	}
	return append(b, '}')
}
