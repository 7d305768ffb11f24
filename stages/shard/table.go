package shard

import (
	"fmt"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
	pzstd "github.com/parquet-go/parquet-go/compress/zstd"
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
// Columns of numbers come last.
//
//	w, err := shard.NewTableWriter(f, columns)
//	w.Text(0, id); w.Int(1, bytes); w.Null(2)
//	err = w.Next(numbers)
//	err = w.Close()
type TableWriter struct {
	w       *parquet.GenericWriter[any]
	columns []*parquet.ColumnWriter
	values  [][]parquet.Value // by column, of those before the numbers
	floats  []float64         // rows of numbers
	width   int               // numbers in a row
	scratch []parquet.Value
	batch   int   // rows that wait
	group   int   // rows of the row group
	rows    int64 // of the file
}

const (
	tableBatch = 512      // rows that wait before they are handed to the columns
	tableGroup = 16 << 10 // rows of a row group: a hundred columns of numbers are 13 MB
	tablePage  = 64 << 10
)

// NewTableWriter starts a table. It does not close out.
func NewTableWriter(out io.Writer, columns []TableColumn) (*TableWriter, error) {
	t := &TableWriter{}
	root := newGroup()
	options := []parquet.WriterOption{
		parquet.Compression(&pzstd.Codec{Level: zstdLevel(0)}), parquet.PageBufferSize(tablePage), parquet.WriteBufferSize(256 << 10),
		parquet.CreatedBy("winnow", "", ""),
	}
	for i, c := range columns {
		if slices.ContainsFunc(columns[:i], func(o TableColumn) bool { return o.Name == c.Name }) {
			return nil, fmt.Errorf("two columns of the table have the name %q", c.Name)
		}
		if t.width > 0 && c.Type != TableFloat {
			return nil, fmt.Errorf("column %q of the table stands behind numbers; those come last", c.Name)
		}
		switch c.Type {
		case TableText:
			root.add(c.Name, parquet.Optional(parquet.Encoded(parquet.String(), &parquet.Plain)))
		case TableName:
			root.add(c.Name, parquet.Optional(parquet.Encoded(parquet.String(), &parquet.RLEDictionary)))
		case TableInt:
			root.add(c.Name, parquet.Optional(parquet.Encoded(parquet.Int(64), &parquet.Plain)))
		case TableFloat:
			t.width++
			root.add(c.Name, parquet.Optional(parquet.Encoded(parquet.Leaf(parquet.DoubleType), &parquet.Plain)))
		default:
			return nil, fmt.Errorf("column %q: no type has the number %d", c.Name, c.Type)
		}
		// Readers would prune by bounds that NaN has no place in.
		options = append(options, parquet.SkipPageBounds(c.Name), parquet.SkipPageStatistics(c.Name))
	}
	options = append(options, parquet.NewSchema("table", root))
	t.w = parquet.NewGenericWriter[any](out, options...)
	t.columns = t.w.ColumnWriters()
	t.values = make([][]parquet.Value, len(columns)-t.width)
	t.scratch, t.floats = make([]parquet.Value, tableBatch), make([]float64, 0, tableBatch*t.width)
	for i := range t.values {
		t.values[i] = make([]parquet.Value, 0, tableBatch)
	}
	return t, nil
}

// Text sets a text or a name in the present row. s must not change until the table is closed.
func (t *TableWriter) Text(column int, s string) {
	t.values[column] = append(t.values[column], parquet.ByteArrayValue(unsafeBytes(s)).Level(0, 1, column))
}

// Int sets a whole number.
func (t *TableWriter) Int(column int, n int64) {
	t.values[column] = append(t.values[column], parquet.Int64Value(n).Level(0, 1, column))
}

// Null says that the present row has no value in a column.
func (t *TableWriter) Null(column int) {
	t.values[column] = append(t.values[column], parquet.Value{}.Level(0, 0, column))
}

// Next ends the present row with its numbers, of which [Missing] stands for none. They keep their bits. Every other column must have been set once.
func (t *TableWriter) Next(numbers []float64) error {
	if len(numbers) != t.width {
		return fmt.Errorf("a row of the table has %d numbers, want %d", len(numbers), t.width)
	}
	t.floats = append(t.floats, numbers...)
	t.batch++
	t.rows++
	if t.batch < tableBatch {
		return nil
	}
	return t.flush()
}

// Rows returns how many rows were written.
func (t *TableWriter) Rows() int64 { return t.rows }

func (t *TableWriter) flush() error {
	for i, vals := range t.values {
		if len(vals) != t.batch {
			return fmt.Errorf("column %d of the table has %d values for %d rows", i, len(vals), t.batch)
		}
		if _, err := t.columns[i].WriteRowValues(vals); err != nil {
			return fmt.Errorf("column %d of the table: %w", i, err)
		}
		clear(vals) // the texts they point to
		t.values[i] = vals[:0]
	}
	for k := range t.width {
		column := len(t.values) + k
		null := parquet.Value{}.Level(0, 0, column)
		for i := range t.batch {
			if x := t.floats[i*t.width+k]; IsMissing(x) {
				t.scratch[i] = null
			} else {
				t.scratch[i] = parquet.DoubleValue(x).Level(0, 1, column)
			}
		}
		if _, err := t.columns[column].WriteRowValues(t.scratch[:t.batch]); err != nil {
			return fmt.Errorf("column %d of the table: %w", column, err)
		}
	}
	t.floats = t.floats[:0]
	t.group += t.batch
	t.batch = 0
	if t.group < tableGroup {
		return nil
	}
	t.group = 0
	return t.w.Flush()
}

// Close writes what waits and the end.
func (t *TableWriter) Close() error {
	if t.batch > 0 {
		if err := t.flush(); err != nil {
			return err
		}
	}
	return t.w.Close()
}
