package shard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"

	"github.com/winnow-data/winnow/stages/blob"
)

// A Table reads what a [TableWriter] has written, a group of rows at a time and only the columns that are asked for.
type Table struct {
	name    string
	file    *parquet.File
	columns []string
	buf     []parquet.Value
}

// OpenTable reads the footer of a table. The object must stay open.
func OpenTable(ctx context.Context, obj blob.Object, name string) (*Table, error) {
	f, err := openParquet(newInput(ctx, obj, name))
	if err != nil {
		return nil, err
	}
	t := &Table{name: name, file: f, buf: make([]parquet.Value, tableBatch)}
	for _, path := range f.Schema().Columns() {
		if len(path) != 1 {
			return nil, fmt.Errorf("read %s: it has nested columns, and is no table of ours", name)
		}
		t.columns = append(t.columns, path[0])
	}
	return t, nil
}

// Columns returns the names of the columns, in order.
func (t *Table) Columns() []string { return t.columns }

// Rows returns the number of rows, by the footer.
func (t *Table) Rows() int64 { return t.file.NumRows() }

// Groups returns the number of groups of rows.
func (t *Table) Groups() int { return len(t.file.RowGroups()) }

// GroupRows returns the number of rows of a group.
func (t *Table) GroupRows(group int) int { return int(t.file.RowGroups()[group].NumRows()) }

// Texts reads a column of texts or names; a missing value is "".
func (t *Table) Texts(group int, column string) ([]string, error) {
	return tableColumn(t, group, column, parquet.ByteArray, "", func(v parquet.Value) string { return string(v.ByteArray()) })
}

// Ints reads a column of whole numbers.
func (t *Table) Ints(group int, column string, missing int64) ([]int64, error) {
	return tableColumn(t, group, column, parquet.Int64, missing, parquet.Value.Int64)
}

// Floats reads a column of numbers.
func (t *Table) Floats(group int, column string, missing float64) ([]float64, error) {
	return tableColumn(t, group, column, parquet.Double, missing, parquet.Value.Double)
}

// tableColumn reads one column of one group.
func tableColumn[T any](t *Table, group int, column string, kind parquet.Kind, missing T, value func(parquet.Value) T) (out []T, err error) {
	defer recovered(&err)
	at := slices.Index(t.columns, column)
	if at < 0 {
		return nil, fmt.Errorf("read %s: it has no column %q", t.name, column)
	}
	chunk := t.file.RowGroups()[group].ColumnChunks()[at]
	if k := chunk.Type().Kind(); k != kind {
		return nil, fmt.Errorf("read %s: column %q holds %s", t.name, column, k)
	}
	n := t.GroupRows(group)
	out = make([]T, 0, min(n, 1<<20)) // a footer may lie
	pages := chunk.Pages()
	defer pages.Close()
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: column %q: %w", t.name, column, err)
		}
		if out, err = tablePageValues(t, out, page, missing, value); err != nil {
			return nil, fmt.Errorf("read %s: column %q: %w", t.name, column, err)
		}
	}
	if len(out) != n {
		return nil, fmt.Errorf("read %s: column %q has %d values for %d rows", t.name, column, len(out), n)
	}
	return out, nil
}

// tablePageValues appends the values of one page.
func tablePageValues[T any](t *Table, out []T, page parquet.Page, missing T, value func(parquet.Value) T) ([]T, error) {
	defer parquet.Release(page)
	values := page.Values()
	for {
		n, err := values.ReadValues(t.buf)
		for _, v := range t.buf[:n] {
			if v.IsNull() {
				out = append(out, missing)
				continue
			}
			out = append(out, value(v))
		}
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
