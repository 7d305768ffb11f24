package signals

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/shard"
)

// A Row is what the signals say of one document.
type Row struct {
	ID, Source, Language string
	Bytes, Words         int64 // as it stood when it was kept or went; Words is -1 where nobody has counted
	BytesOut             int64 // behind the last stage; -1 where it did not come there
	DroppedBy            string
	M                    []float64 // by the layout's places; [shard.Missing] where a rule has not measured
}

// Columns before those of rules.
const (
	colID = iota
	colSource
	colLanguage
	colDroppedBy
	colBytes
	colWords
	colBytesOut
	fixed
)

var fixedColumns = [fixed]shard.TableColumn{
	colID: {Name: "id", Type: shard.TableText}, colSource: {Name: "source", Type: shard.TableName}, colLanguage: {Name: "language", Type: shard.TableName},
	colDroppedBy: {Name: "dropped_by", Type: shard.TableName},
	colBytes:     {Name: "bytes", Type: shard.TableInt}, colWords: {Name: "words", Type: shard.TableInt}, colBytesOut: {Name: "bytes_out", Type: shard.TableInt},
}

// Columns are those of a signals file.
func (l *Layout) Columns() []shard.TableColumn {
	list := slices.Clone(fixedColumns[:])
	for k := range l.Stages {
		for i := range l.Stages[k].Rules {
			list = append(list, shard.TableColumn{Name: l.Stages[k].Column(i), Type: shard.TableFloat})
		}
	}
	return list
}

// A Writer writes a signals file.
type Writer struct{ table *shard.TableWriter }

// Writer starts a file. Close does not close out.
func (l *Layout) Writer(out io.Writer) (*Writer, error) {
	t, err := shard.NewTableWriter(out, l.Columns())
	return &Writer{t}, err
}

// Write adds a row. Its texts must not change before Close; M may.
func (w *Writer) Write(r *Row) error {
	w.table.Text(colID, r.ID)
	for column, s := range [...]string{colSource: r.Source, colLanguage: r.Language, colDroppedBy: r.DroppedBy} {
		switch {
		case column == colID:
		case s == "":
			w.table.Null(column)
		default:
			w.table.Text(column, s)
		}
	}
	w.table.Int(colBytes, r.Bytes)
	w.number(colWords, r.Words)
	w.number(colBytesOut, r.BytesOut)
	return w.table.Next(r.M)
}

func (w *Writer) number(column int, n int64) {
	if n < 0 {
		w.table.Null(column)
		return
	}
	w.table.Int(column, n)
}

// Close writes the end.
func (w *Writer) Close() error { return w.table.Close() }

// Count returns the number of rows of a file, by its footer.
func Count(ctx context.Context, store blob.Store, name string) (int64, error) {
	o, err := store.Open(ctx, name)
	if err != nil {
		return 0, err
	}
	defer o.Close()
	t, err := shard.OpenTable(ctx, o, name)
	if err != nil {
		return 0, err
	}
	return t.Rows(), nil
}

// Rows yields the rows of a file in order. A row is valid until the next. An error is the last thing that comes.
func (l *Layout) Rows(ctx context.Context, store blob.Store, name string) iter.Seq2[*Row, error] {
	return func(yield func(*Row, error) bool) {
		err := l.rows(ctx, store, name, func(r *Row) bool { return yield(r, nil) })
		if err != nil {
			yield(nil, err)
		}
	}
}

// ErrOther says that a file holds the signals of other rules than those of the recipe as this version of winnow knows it.
var ErrOther = errors.New("these are the signals of other rules")

// difference says how columns differ from those that are wanted, by the first of them that is on one side alone.
func difference(want []shard.TableColumn, got []string) string {
	for _, c := range want {
		if !slices.Contains(got, c.Name) {
			return "column " + c.Name + " is missing"
		}
	}
	for _, name := range got {
		if !slices.ContainsFunc(want, func(c shard.TableColumn) bool { return c.Name == name }) {
			return "no rule measures column " + name
		}
	}
	return "the columns stand in another order, or twice"
}

func (l *Layout) rows(ctx context.Context, store blob.Store, name string, yield func(*Row) bool) error {
	o, err := store.Open(ctx, name)
	if err != nil {
		return err
	}
	defer o.Close()
	t, err := shard.OpenTable(ctx, o, name)
	if err != nil {
		return err
	}
	want := l.Columns()
	for i, c := range t.Columns() {
		if len(want) != len(t.Columns()) || c != want[i].Name {
			return fmt.Errorf("%s: %w: %s", name, ErrOther, difference(want, t.Columns()))
		}
	}
	for g := range t.Groups() {
		if err := ctx.Err(); err != nil {
			return err
		}
		more, err := l.group(t, g, want, yield)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// group yields the rows of one group; it says whether more are wanted.
func (l *Layout) group(t *shard.Table, g int, columns []shard.TableColumn, yield func(*Row) bool) (bool, error) {
	var texts [fixed][]string
	var ints [fixed][]int64
	var err error
	for i := range fixed {
		if columns[i].Type == shard.TableInt {
			ints[i], err = t.Ints(g, columns[i].Name, -1)
		} else {
			texts[i], err = t.Texts(g, columns[i].Name)
		}
		if err != nil {
			return false, err
		}
	}
	numbers := make([][]float64, l.Width)
	for k := range numbers {
		if numbers[k], err = t.Floats(g, columns[fixed+k].Name, shard.Missing); err != nil {
			return false, err
		}
	}
	r := Row{M: make([]float64, l.Width)}
	for i := range t.GroupRows(g) {
		r.ID, r.Source, r.Language, r.DroppedBy = texts[colID][i], texts[colSource][i], texts[colLanguage][i], texts[colDroppedBy][i]
		r.Bytes, r.Words, r.BytesOut = ints[colBytes][i], ints[colWords][i], ints[colBytesOut][i]
		for k := range numbers {
			r.M[k] = numbers[k][i]
		}
		if !yield(&r) {
			return false, nil
		}
	}
	return true, nil
}
