package run

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/shard"
)

// closer is a buffer that counts how often it is closed.
type closer struct {
	bytes.Buffer
	closed int
}

func (c *closer) Close() error { c.closed++; return nil }

// bucketFile deals n documents, by keys spread over all buckets, and returns the file.
func bucketFile(t *testing.T, n, buckets int, key func(*stages.Document) uint64) []byte {
	t.Helper()
	var w closer
	b := newBucketWriter(&w, buckets, key)
	for i := range n {
		d := stages.Document{ID: fmt.Sprint(i), Text: "text of " + fmt.Sprint(i)}
		if err := b.put(&d); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.close(); err != nil || w.closed != 1 {
		t.Fatalf("close: %v, file closed %d times", err, w.closed)
	}
	return w.Bytes()
}

// spread is a key that depends on the id alone.
func spread(d *stages.Document) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range []byte(d.ID) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h * 0x9E3779B97F4A7C15
}

func ids(t *testing.T, rows []sortedRow) []string {
	t.Helper()
	var out []string
	for _, r := range rows {
		var d stages.Document
		if err := shard.ParseRow(r.row, &d); err != nil {
			t.Fatal(err)
		}
		if d.Text != "text of "+d.ID {
			t.Fatalf("document %s has the text %q", d.ID, d.Text)
		}
		out = append(out, d.ID)
	}
	return out
}

// TestBucketsSort: the buckets one after the other are the documents in the order of (key, task, number).
func TestBucketsSort(t *testing.T) {
	for _, c := range []struct {
		name       string
		n, buckets int
		key        func(*stages.Document) uint64
	}{
		{"nothing", 0, 3, spread},
		{"one bucket", 100, 1, spread},
		{"more buckets than documents", 5, 4096, spread},
		{"many", 1000, 7, spread},
		{"one key: the order of positions", 100, 5, func(*stages.Document) uint64 { return 1 << 63 }},
		{"the largest key", 3, 5, func(*stages.Document) uint64 { return 1<<64 - 1 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			tasks := [][]byte{bucketFile(t, c.n, c.buckets, c.key), bucketFile(t, c.n, c.buckets, c.key)}
			var got []sortedRow
			for k := range c.buckets {
				var rows []sortedRow
				for task, data := range tasks {
					var err error
					if rows, err = readBucket(rows, blob.Bytes(data), task, k); err != nil {
						t.Fatal(err)
					}
				}
				sortRows(rows)
				got = append(got, rows...)
			}
			want := slices.Clone(got)
			sortRows(want)
			if len(got) != 2*c.n || !slices.Equal(ids(t, got), ids(t, want)) {
				t.Errorf("%d documents, want %d in order", len(got), 2*c.n)
			}
			for i := 1; i < len(got); i++ {
				a, b := got[i-1], got[i]
				if a.key == b.key && (a.task > b.task || a.task == b.task && a.number >= b.number) {
					t.Fatalf("rows %d and %d of one key stand as %d/%d, %d/%d", i-1, i, a.task, a.number, b.task, b.number)
				}
			}
		})
	}
}

// TestBucketsDamaged: no byte of a bucket file may be flipped or missing without an error where it is read.
func TestBucketsDamaged(t *testing.T) {
	const buckets = 3
	whole := bucketFile(t, 40, buckets, spread)
	read := func(data []byte) (n int, err error) {
		for k := range buckets {
			rows, err := readBucket(nil, blob.Bytes(data), 0, k)
			if err != nil {
				return 0, err
			}
			n += len(rows)
		}
		return n, nil
	}
	if n, err := read(whole); n != 40 || err != nil {
		t.Fatalf("undamaged: %d rows, %v", n, err)
	}
	for i := range whole {
		data := bytes.Clone(whole)
		data[i] ^= 0x10
		if _, err := read(data); err == nil {
			t.Errorf("byte %d of %d flipped: no error", i, len(whole))
		}
	}
	for i := range whole {
		if _, err := read(whole[:i]); err == nil {
			t.Errorf("cut to %d bytes: no error", i)
		}
	}
}
