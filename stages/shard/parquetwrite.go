package shard

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	pzstd "github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/winnow-data/winnow/stages"
)

const (
	defaultRowGroup = 64 << 20
	pageBytes       = 1 << 20
	batchRows       = 256     // rows that wait before they are handed to the columns
	batchBytes      = 1 << 20 // and their bytes
)

// parquetEncoder writes documents column by column.
type parquetEncoder struct {
	w        *parquet.GenericWriter[any]
	columns  []*parquet.ColumnWriter
	cols     []writeColumn
	values   [][]parquet.Value
	extra    int // leaf
	rows     int
	bytes    int64 // of the batch
	group    int64 // bytes of the row group
	rowGroup int64
	placed   []bool // by field of the document being written
	scratch  []byte
}

// A writeColumn is one column of the schema beside id, text, source and extra.
type writeColumn struct {
	name string
	*shredder
	hint int // index of the field in the document before
}

func newParquetEncoder(out io.Writer, opt WriteOptions) (*parquetEncoder, error) {
	e := &parquetEncoder{rowGroup: opt.RowGroup}
	if e.rowGroup <= 0 {
		e.rowGroup = defaultRowGroup
	}
	schema := opt.Schema
	if schema == nil {
		schema = &Schema{Columns: []Column{KindColumn, MessagesColumn, AnswersColumn, ParentsColumn}}
	}
	if err := schema.Check(); err != nil {
		return nil, err
	}
	root := newGroup()
	root.add("id", parquet.String())
	root.add("text", parquet.Optional(parquet.String()))
	root.add("source", parquet.Optional(parquet.String()))
	leaf := 3
	for _, c := range schema.Columns {
		t, err := parseType(c.Type)
		if err != nil {
			return nil, err
		}
		root.add(c.Name, t.node())
		e.cols = append(e.cols, writeColumn{name: c.Name, shredder: newShredder(t, leaf)})
		leaf += t.leaves()
	}
	root.add(extraColumn, parquet.Optional(parquet.String())) // annotated as JSON, polars and pyarrow would show bytes
	e.extra = leaf
	e.values = make([][]parquet.Value, leaf+1)
	schemaOf := parquet.NewSchema("document", root)
	options := []parquet.WriterOption{
		schemaOf, parquet.Compression(&pzstd.Codec{Level: zstdLevel(opt.Level)}), parquet.PageBufferSize(pageBytes), parquet.WriteBufferSize(256 << 10),
		parquet.CreatedBy("winnow", "", ""), parquet.KeyValueMetadata(winnowKey, "1"), parquet.DefaultEncodingFor(parquet.ByteArray, &parquet.Plain),
	}
	// Whole texts do not belong into statistics.
	for _, path := range schemaOf.Columns() {
		if c, ok := schemaOf.Lookup(path...); ok && c.Node.Type().Kind() == parquet.ByteArray && path[0] != "id" && path[0] != "source" {
			options = append(options, parquet.SkipPageBounds(path...), parquet.SkipPageStatistics(path...))
		}
	}
	e.w = parquet.NewGenericWriter[any](out, options...)
	e.columns = e.w.ColumnWriters()
	if len(e.columns) != leaf+1 {
		return nil, fmt.Errorf("the Parquet schema has %d leaves, %d were expected", len(e.columns), leaf+1)
	}
	return e, nil
}

// write implements encoder.
func (e *parquetEncoder) write(d *stages.Document) (int64, error) {
	n := int64(len(d.ID) + len(d.Text) + len(d.Source) + 40)
	e.put(0, d.ID, 0)
	if d.Turns == nil {
		e.put(1, d.Text, 1)
	} else {
		e.null(1)
	}
	if d.Source != "" {
		e.put(2, d.Source, 1)
	} else {
		e.null(2)
	}
	fields := e.fields(d)
	for i := range fields {
		n += int64(len(fields[i].Name) + len(fields[i].Raw) + 6)
	}
	e.place(fields)
	e.rows++
	e.bytes += n
	e.group += n
	switch {
	case e.group >= e.rowGroup:
		if err := e.flush(); err != nil {
			return n, err
		}
		e.group = 0
		return n, e.w.Flush()
	case e.rows >= batchRows || e.bytes >= batchBytes:
		return n, e.flush()
	}
	return n, nil
}

func (e *parquetEncoder) put(leaf int, s string, def int) {
	e.values[leaf] = append(e.values[leaf], parquet.ByteArrayValue(unsafeBytes(s)).Level(0, def, leaf))
}

func (e *parquetEncoder) null(leaf int) {
	e.values[leaf] = append(e.values[leaf], parquet.NullValue().Level(0, 0, leaf))
}

// fields returns all members of the row beside id, text and source, under the names they have on disk.
func (e *parquetEncoder) fields(d *stages.Document) stages.Fields {
	fields := d.Fields
	for i := range d.Fields {
		if name := outName(d, d.Fields[i].Name); name != d.Fields[i].Name {
			if &fields[0] == &d.Fields[0] {
				fields = append(stages.Fields(nil), d.Fields...)
			}
			fields[i].Name = name
		}
	}
	if d.Kind == "" && d.Turns == nil && len(d.Answers) == 0 && len(d.Parents) == 0 {
		return fields
	}
	var own stages.Fields
	if d.Kind != "" {
		own.SetRaw("kind", appendQuoted(nil, d.Kind))
	}
	if d.Turns != nil {
		own.SetRaw("messages", appendTurns(nil, d.Turns))
	}
	if len(d.Answers) > 0 {
		own.SetRaw("answers", appendAnswers(nil, d.Answers))
	}
	if len(d.Parents) > 0 {
		own.SetRaw("parents", appendStrings(nil, d.Parents))
	}
	return append(own, fields...)
}

// place puts each field into its column, and into extra what has none or does not fit.
func (e *parquetEncoder) place(fields stages.Fields) {
	e.placed = append(e.placed[:0], make([]bool, len(fields))...)
	for c := range e.cols {
		col := &e.cols[c]
		i := col.hint
		if i >= len(fields) || fields[i].Name != col.name {
			for i = 0; i < len(fields) && fields[i].Name != col.name; i++ {
			}
		}
		if i == len(fields) {
			col.add(nil)
			continue
		}
		col.hint = i
		e.placed[i] = len(fields[i].Raw) == 0 || col.add(fields[i].Raw)
		if len(fields[i].Raw) == 0 {
			col.add(nil)
		}
	}
	e.scratch = e.scratch[:0]
	for i, done := range e.placed {
		if done {
			continue
		}
		sep := byte(',')
		if len(e.scratch) == 0 {
			sep = '{'
		}
		e.scratch = append(appendQuoted(append(e.scratch, sep), fields[i].Name), ':')
		e.scratch = appendRaw(e.scratch, fields[i].Raw)
	}
	if len(e.scratch) == 0 {
		e.null(e.extra)
		return
	}
	e.put(e.extra, string(append(e.scratch, '}')), 1)
}

// flush hands the waiting rows to the columns.
func (e *parquetEncoder) flush() error {
	for i := range e.cols {
		c := &e.cols[i]
		for k := range c.cols {
			e.values[c.first+k], c.cols[k] = c.cols[k], e.values[c.first+k][:0]
		}
	}
	for i, vals := range e.values {
		if _, err := e.columns[i].WriteRowValues(vals); err != nil {
			return fmt.Errorf("column %d: %w", i, err)
		}
		clear(vals)
		e.values[i] = vals[:0]
	}
	e.rows, e.bytes = 0, 0
	return nil
}

func (e *parquetEncoder) finish() error {
	if err := e.flush(); err != nil {
		return err
	}
	return e.w.Close()
}
