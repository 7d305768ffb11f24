package shard

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

// winnowKey marks files whose column "extra" is ours.
const winnowKey = "winnow.extra"

// readerAt counts what Parquet reads and remembers the world's errors.
type readerAt struct{ in *input }

func (r readerAt) ReadAt(p []byte, off int64) (int, error) {
	if err := r.in.ctx.Err(); err != nil {
		r.in.err = err
		return 0, err
	}
	if off < 0 || off > r.in.obj.Size() {
		return 0, io.ErrUnexpectedEOF // a damaged footer points there
	}
	n, err := r.in.obj.ReadAt(p, off)
	r.in.read.Add(int64(n))
	if err != nil && err != io.EOF && r.in.err == nil {
		r.in.err = fmt.Errorf("read %s at byte %d: %w", r.in.name, off, err)
	}
	return n, err
}

// openParquet reads the footer. Hostile ones may make the library panic.
func openParquet(in *input) (f *parquet.File, err error) {
	defer recovered(&err)
	f, err = parquet.OpenFile(readerAt{in}, in.obj.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(256<<10))
	if in.err != nil {
		return nil, in.err
	}
	if err != nil {
		return nil, fmt.Errorf("read the Parquet footer of %s: %w", in.name, err)
	}
	return f, nil
}

// recovered turns a panic of the Parquet library over damaged bytes into an error.
func recovered(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("damaged Parquet: %v", v)
	}
}

// parquetParts cuts between row groups.
func parquetParts(ctx context.Context, obj blob.Object, name string, target int64, opt Options) ([]Part, error) {
	f, err := openParquet(newInput(ctx, obj, name))
	if err != nil {
		return nil, err
	}
	if _, err := newColumns(f, &opt); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	var parts []Part
	cur := Part{Kind: Kind{Format: Parquet}}
	row := int64(0)
	groups := f.Metadata().RowGroups
	for i := range groups {
		cur.End = int64(i) + 1
		cur.Bytes += groups[i].TotalByteSize
		row += groups[i].NumRows
		if target > 0 && cur.Bytes >= target && i+1 < len(groups) {
			parts = append(parts, cur)
			cur = Part{Kind: cur.Kind, Start: cur.End, End: cur.End, First: row}
		}
	}
	return append(parts, cur), nil
}

// parquetReader reads the row groups of a part.
type parquetReader struct {
	r      *Reader
	f      *parquet.File
	cols   *columns
	m      *mapping
	part   Part
	group  int64
	open   bool
	rows   int64 // of the group
	row    int64 // next row in the group
	base   int64 // rows of the file before the group
	leaves []*leaf
	vals   [][]parquet.Value // of the row being read, by leaf
	ms     []member
	json   []byte
	arena  arena
}

func (r *Reader) openParquet(p Part) (records, error) {
	f, err := openParquet(r.in)
	if err != nil {
		return nil, err
	}
	cols, err := newColumns(f, &r.opt)
	if err != nil {
		return nil, err
	}
	if p.End > int64(len(f.RowGroups())) || p.Start < 0 {
		return nil, fmt.Errorf("row groups %d to %d of %d were asked for: the file has changed", p.Start, p.End, len(f.RowGroups()))
	}
	q := &parquetReader{r: r, f: f, cols: cols, m: newMapping(r.name, &r.opt), part: p, group: p.Start, base: p.First}
	q.m.record = func() (int64, error) { return q.base + q.row - 1, nil }
	q.vals = make([][]parquet.Value, cols.leaves)
	return q, nil
}

func (q *parquetReader) next(d *stages.Document) (Position, error) {
	for {
		if !q.open {
			if q.group >= q.part.End {
				return Position{}, io.EOF
			}
			if err := q.start(0); err != nil {
				return q.lost(err)
			}
		}
		if q.row >= q.rows {
			q.end()
			continue
		}
		at := Position{Record: q.base + q.row, Offset: q.base + q.row}
		if err := q.values(); err != nil {
			return q.lost(err)
		}
		q.row++
		if err := q.document(d); err != nil {
			var w *worldError
			if errors.As(err, &w) {
				return at, w
			}
			return at, &bad{Damage{Offset: at.Offset, Record: at.Record, Reason: err.Error(), Raw: q.raw()}}
		}
		return at, nil
	}
}

// start opens the columns of the current group at a row.
func (q *parquetReader) start(row int64) (err error) {
	defer recovered(&err)
	g := q.f.RowGroups()[q.group]
	q.rows, q.row, q.open = g.NumRows(), row, true
	q.closeLeaves()
	for i, c := range g.ColumnChunks() {
		if i == q.cols.leaves {
			break
		}
		l := &leaf{chunk: c, pages: c.Pages(), flat: q.cols.flat[i]}
		q.leaves = append(q.leaves, l)
		if row > 0 {
			if err := l.pages.SeekToRow(row); err != nil {
				return &leafError{len(q.leaves) - 1, err}
			}
		}
	}
	if len(q.leaves) != q.cols.leaves {
		return fmt.Errorf("the row group has %d columns, the schema %d", len(q.leaves), q.cols.leaves)
	}
	return nil
}

// end goes behind the current group.
func (q *parquetReader) end() {
	q.closeLeaves()
	q.base += q.rows
	q.group++
	q.open, q.row = false, 0
}

func (q *parquetReader) closeLeaves() {
	for _, l := range q.leaves {
		l.close()
	}
	q.leaves = q.leaves[:0]
}

func (q *parquetReader) close() error {
	q.closeLeaves()
	return nil
}

// A leafError is damage in one column.
type leafError struct {
	leaf int
	err  error
}

func (e *leafError) Error() string { return e.err.Error() }
func (e *leafError) Unwrap() error { return e.err }

// values reads the values of the next row of every leaf.
func (q *parquetReader) values() error {
	for i, l := range q.leaves {
		var err error
		if q.vals[i], err = l.row(); err != nil {
			if q.r.in.err != nil {
				return q.r.in.err
			}
			return &leafError{i, err}
		}
	}
	return nil
}
