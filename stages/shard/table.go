package shard

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// A TableType is what a column of a table holds.
type TableType uint8

// The types. Names are texts of which few differ; they are kept in a dictionary.
const (
	TableText TableType = iota
	TableName
	TableInt
	TableFloat
)

// A TableColumn is one column of a table. Every value of it may be missing.
type TableColumn struct {
	Name string
	Type TableType
}

// A TableWriter writes rows of plain columns to a Parquet file: what a run notes about documents, not the documents. Its bytes depend on the rows alone.
// Columns of numbers come last. It writes pages of Parquet itself: a row of fifty numbers, most of them missing, costs a fifth of what it costs by way of
// values that know their column and levels.
//
//	w, err := shard.NewTableWriter(f, columns)
//	w.Text(0, id); w.Int(1, bytes); w.Null(2)
//	err = w.Next(numbers)
//	err = w.Close()
type TableWriter struct {
	out     io.Writer
	chunks  []tableChunk // of the row group, by column
	first   int          // column of the first number
	floats  []float64    // rows of numbers that wait to be handed to their columns
	pending int          // rows that wait
	group   int          // rows of the row group
	at      int64        // bytes written
	plain   []byte       // scratch: a page
	packed  []byte       // scratch: the same, compressed
	meta    format.FileMetaData
}

const (
	tableBatch = 64       // rows that wait
	tableGroup = 16 << 10 // rows of a row group: a hundred columns of numbers are 13 MB
)

// parquetMagic begins and ends a Parquet file.
const parquetMagic = "PAR1"

// NewTableWriter starts a table. It does not close out.
func NewTableWriter(out io.Writer, columns []TableColumn) (*TableWriter, error) {
	t := &TableWriter{out: out, chunks: make([]tableChunk, len(columns)), first: len(columns)}
	optional := thrift.Null[format.FieldRepetitionType]{V: format.Optional, Valid: true}
	t.meta = format.FileMetaData{Version: 1, CreatedBy: "winnow", Schema: thrift.Slice[format.SchemaElement]{
		{Name: "table", NumChildren: thrift.Null[int32]{V: int32(len(columns)), Valid: true}},
	}}
	for i, c := range columns {
		if slices.ContainsFunc(columns[:i], func(o TableColumn) bool { return o.Name == c.Name }) {
			return nil, fmt.Errorf("two columns of the table have the name %q", c.Name)
		}
		if t.first < i && c.Type != TableFloat {
			return nil, fmt.Errorf("column %q of the table stands behind numbers; those come last", c.Name)
		}
		if int(c.Type) >= len(tableKinds) {
			return nil, fmt.Errorf("column %q: no type has the number %d", c.Name, c.Type)
		}
		if c.Type == TableFloat {
			t.first = min(t.first, i)
		}
		t.chunks[i] = tableChunk{name: c.Name, kind: c.Type}
		e := format.SchemaElement{Name: c.Name, Type: thrift.Null[format.Type]{V: tableKinds[c.Type], Valid: true}, RepetitionType: optional}
		if tableKinds[c.Type] == format.ByteArray {
			e.LogicalType.Value = &format.StringType{}
		}
		t.meta.Schema = append(t.meta.Schema, e)
	}
	return t, t.write([]byte(parquetMagic))
}

// Text sets a text or a name in the present row.
func (t *TableWriter) Text(column int, s string) { t.chunks[column].text(s) }

// Int sets a whole number.
func (t *TableWriter) Int(column int, n int64) { t.chunks[column].number(uint64(n)) }

// Null says that the present row has no value in a column.
func (t *TableWriter) Null(column int) { t.chunks[column].null() }

// Next ends the present row with its numbers, of which [Missing] stands for none. They keep their bits. Every other column must have been set once.
func (t *TableWriter) Next(numbers []float64) error {
	if len(numbers) != len(t.chunks)-t.first {
		return fmt.Errorf("a row of the table has %d numbers, want %d", len(numbers), len(t.chunks)-t.first)
	}
	t.floats = append(t.floats, numbers...)
	t.pending++
	t.group++
	if t.pending < tableBatch && t.group < tableGroup {
		return nil
	}
	if err := t.hand(); err != nil || t.group < tableGroup {
		return err
	}
	return t.flush()
}

// Rows returns how many rows were written.
func (t *TableWriter) Rows() int64 { return t.meta.NumRows + int64(t.group) }

// hand gives the columns the numbers that wait.
func (t *TableWriter) hand() error {
	for i := range t.chunks[:t.first] {
		if n := t.chunks[i].rows; n != t.group {
			return fmt.Errorf("column %q of the table has %d values for %d rows", t.chunks[i].name, n, t.group)
		}
	}
	width := len(t.chunks) - t.first
	for k := range width {
		c := &t.chunks[t.first+k]
		for i := k; i < len(t.floats); i += width {
			if bits := math.Float64bits(t.floats[i]); bits == missingBits {
				c.null()
			} else {
				c.number(bits)
			}
		}
	}
	t.floats, t.pending = t.floats[:0], 0
	return nil
}

// flush writes a row group.
func (t *TableWriter) flush() error {
	g := format.RowGroup{NumRows: int64(t.group), FileOffset: t.at, Ordinal: int16(len(t.meta.RowGroups))}
	for i := range t.chunks {
		column, err := t.chunk(&t.chunks[i])
		if err != nil {
			return fmt.Errorf("column %q of the table: %w", t.chunks[i].name, err)
		}
		g.Columns = append(g.Columns, column)
		g.TotalByteSize += column.MetaData.TotalUncompressedSize
		g.TotalCompressedSize += column.MetaData.TotalCompressedSize
		t.chunks[i].reset()
	}
	t.meta.RowGroups = append(t.meta.RowGroups, g)
	t.meta.NumRows += int64(t.group)
	t.group = 0
	return nil
}

func (t *TableWriter) write(b []byte) error {
	n, err := t.out.Write(b)
	t.at += int64(n)
	return err
}

// Close writes what waits and the end.
func (t *TableWriter) Close() error {
	if err := t.hand(); err != nil {
		return err
	}
	if t.group > 0 {
		if err := t.flush(); err != nil {
			return err
		}
	}
	foot, err := thrift.Marshal(new(thrift.CompactProtocol), &t.meta)
	if err != nil {
		return fmt.Errorf("the table's footer: %w", err)
	}
	foot = binary.LittleEndian.AppendUint32(foot, uint32(len(foot)))
	return t.write(append(foot, parquetMagic...))
}
