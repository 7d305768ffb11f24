package shard

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

var tableColumns = []TableColumn{{"id", TableText}, {"source", TableName}, {"bytes", TableInt}, {"f.words", TableFloat}}

// writeTable writes n rows in which every third value is missing.
func writeTable(t testing.TB, n int) []byte {
	var b bytes.Buffer
	w, err := NewTableWriter(&b, tableColumns)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		w.Text(0, fmt.Sprintf("document %d", i))
		set := func(c int, f func()) {
			if (i+c)%3 == 0 {
				w.Null(c)
				return
			}
			f()
		}
		set(1, func() { w.Text(1, []string{"web", "", "books"}[i%3]) })
		set(2, func() { w.Int(2, int64(i)) })
		x := []float64{0.5, stages.NA, math.Inf(1), math.Copysign(0, -1), float64(i)}[i%5]
		if i%3 == 0 {
			x = Missing
		}
		if err := w.Next([]float64{x}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openTable(t testing.TB, data []byte) (*Table, error) {
	store := blob.Memory()
	if err := blob.Put(t.Context(), store, "t.parquet", data); err != nil {
		t.Fatal(err)
	}
	o, err := store.Open(t.Context(), "t.parquet")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	return OpenTable(t.Context(), o, "t.parquet")
}

// TestTable: every value comes back with its bits, and what is missing is missing, also across batches and groups of rows.
func TestTable(t *testing.T) {
	for _, n := range []int{0, 1, tableBatch, tableBatch + 1, tableGroup, tableGroup + 7} {
		data := writeTable(t, n)
		if !bytes.Equal(data, writeTable(t, n)) {
			t.Errorf("%d rows: two writers made other bytes", n)
		}
		tab, err := openTable(t, data)
		if err != nil {
			t.Fatal(err)
		}
		if tab.Rows() != int64(n) || !slices.Equal(tab.Columns(), []string{"id", "source", "bytes", "f.words"}) {
			t.Fatalf("%d rows, columns %q", tab.Rows(), tab.Columns())
		}
		row := 0
		for g := range tab.Groups() {
			ids, err1 := tab.Texts(g, "id")
			sources, err2 := tab.Texts(g, "source")
			ints, err3 := tab.Ints(g, "bytes", -1)
			floats, err4 := tab.Floats(g, "f.words", -7)
			for _, err := range []error{err1, err2, err3, err4} {
				if err != nil {
					t.Fatal(err)
				}
			}
			for k := range tab.GroupRows(g) {
				source, n, x := []string{"web", "", "books"}[row%3], int64(row), []float64{0.5, stages.NA, math.Inf(1), math.Copysign(0, -1), float64(row)}[row%5]
				if (row+1)%3 == 0 {
					source = ""
				}
				if (row+2)%3 == 0 {
					n = -1
				}
				if row%3 == 0 {
					x = -7
				}
				if ids[k] != fmt.Sprintf("document %d", row) || sources[k] != source || ints[k] != n || math.Float64bits(floats[k]) != math.Float64bits(x) {
					t.Fatalf("row %d: %q %q %d %x, want %q %d %x", row, ids[k], sources[k], ints[k], math.Float64bits(floats[k]), source, n, math.Float64bits(x))
				}
				row++
			}
		}
		if row != n {
			t.Errorf("%d rows were read, %d written", row, n)
		}
	}
}

// TestTablePages: columns whose rows are alike, that turn from values to none or back, and dictionaries of any width come back, one row at a time over groups of rows.
func TestTablePages(t *testing.T) {
	ways := []struct {
		name string
		has  func(i int) bool
		of   int // different names
	}{
		{"all", func(int) bool { return true }, 1},
		{"none", func(int) bool { return false }, 1},
		{"first", func(i int) bool { return i == 0 }, 2},
		{"from the ninth", func(i int) bool { return i >= 9 }, 3},
		{"up to the eighth", func(i int) bool { return i < 8 }, 5},
		{"last of a group", func(i int) bool { return i%tableGroup == tableGroup-1 }, 300},
		{"all but one", func(i int) bool { return i != 77 }, tableGroup},
		{"odd", func(i int) bool { return i%2 == 1 }, 70_000},
	}
	for _, n := range []int{1, 7, 8, 9, 65, tableGroup + 3, 2*tableGroup + 1} {
		for _, way := range ways {
			var out bytes.Buffer
			w, err := NewTableWriter(&out, []TableColumn{{"text", TableText}, {"name", TableName}, {"int", TableInt}, {"float", TableFloat}})
			if err != nil {
				t.Fatal(err)
			}
			name := func(i int) string { return fmt.Sprint("name ", i*7919%way.of) }
			for i := range n {
				x := Missing
				if way.has(i) {
					w.Text(0, name(i)+"!")
					w.Text(1, name(i))
					w.Int(2, int64(-i))
					x = float64(i) / 3
				} else {
					w.Null(0)
					w.Null(1)
					w.Null(2)
				}
				if err := w.Next([]float64{x}); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil || w.Rows() != int64(n) {
				t.Fatal(w.Rows(), err)
			}
			tab, err := openTable(t, out.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			i := 0
			for g := range tab.Groups() {
				texts, err1 := tab.Texts(g, "text")
				names, err2 := tab.Texts(g, "name")
				ints, err3 := tab.Ints(g, "int", 1)
				floats, err4 := tab.Floats(g, "float", -1)
				if err := errors.Join(err1, err2, err3, err4); err != nil {
					t.Fatalf("%s of %d: %v", way.name, n, err)
				}
				for k := range tab.GroupRows(g) {
					text, who, number, x := "", "", int64(1), -1.0
					if way.has(i) {
						text, who, number, x = name(i)+"!", name(i), int64(-i), float64(i)/3
					}
					if texts[k] != text || names[k] != who || ints[k] != number || floats[k] != x {
						t.Fatalf("%s of %d, row %d: %q %q %d %v, want %q %q %d %v", way.name, n, i, texts[k], names[k], ints[k], floats[k], text, who, number, x)
					}
					i++
				}
			}
			if i != n {
				t.Errorf("%s: %d rows, want %d", way.name, i, n)
			}
		}
	}
}

// TestTableRefuses: what is asked wrongly is an error that names the column.
func TestTableRefuses(t *testing.T) {
	if _, err := NewTableWriter(&bytes.Buffer{}, []TableColumn{{"a", TableInt}, {"a", TableInt}}); err == nil {
		t.Error("two columns of one name were taken")
	}
	tab, err := openTable(t, writeTable(t, 3))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tab.Floats(0, "bytes", 0); err == nil {
		t.Error("whole numbers were read as floats")
	}
	if _, err := tab.Texts(0, "nothing"); err == nil {
		t.Error("a column that is not there was read")
	}
	w, err := NewTableWriter(&bytes.Buffer{}, tableColumns)
	if err != nil {
		t.Fatal(err)
	}
	w.Text(0, "x")
	if w.Next(nil) == nil {
		t.Error("a row without its number was taken")
	}
	if err := w.Next([]float64{1}); err == nil && w.Close() == nil {
		t.Error("a row that was set in one column of three was taken")
	}
	if _, err := NewTableWriter(&bytes.Buffer{}, []TableColumn{{"a", TableFloat}, {"b", TableInt}}); err == nil {
		t.Error("a column behind the numbers was taken")
	}
}

// TestTableDamaged: a file with bytes changed or cut is an error or reads whole; it never panics.
func TestTableDamaged(t *testing.T) {
	data := writeTable(t, 300)
	for at := 0; at < len(data); at += 13 {
		for _, bad := range [][]byte{data[:at], slices.Concat(data[:at], []byte{data[at] ^ 0xff}, data[at+1:])} {
			tab, err := openTable(t, bad)
			if err != nil {
				continue
			}
			for g := range tab.Groups() {
				_, _ = tab.Texts(g, "id")
				_, _ = tab.Texts(g, "source")
				_, _ = tab.Ints(g, "bytes", 0)
				_, _ = tab.Floats(g, "f.words", 0)
			}
		}
	}
}

func BenchmarkTable(b *testing.B) {
	cols := []TableColumn{{"id", TableText}, {"source", TableName}, {"language", TableName}, {"bytes", TableInt}, {"words", TableInt}, {"bytes_out", TableInt}, {"dropped_by", TableName}}
	for i := range 40 {
		cols = append(cols, TableColumn{fmt.Sprint("r", i), TableFloat})
	}
	var out bytes.Buffer
	w, err := NewTableWriter(&out, cols)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	numbers := make([]float64, 40)
	n := 0
	for b.Loop() {
		n++
		w.Text(0, "crawl/page#1234")
		w.Text(1, "web")
		w.Text(2, "en")
		w.Int(3, int64(n*7919%9999))
		w.Int(4, int64(n*104729%999))
		w.Null(5)
		w.Null(6)
		for k := range numbers {
			switch {
			case k > 20 && n%3 == 0:
				numbers[k] = Missing
			case k%3 == 0:
				numbers[k] = float64(n * k % 17)
			case k%3 == 1:
				numbers[k] = 0
			default:
				numbers[k] = float64(n%331) / float64(n%997+331)
			}
		}
		if err := w.Next(numbers); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len())/float64(n), "B/row")
}
