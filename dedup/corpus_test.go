package dedup_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
)

// corpus reads documents from JSON lines, compressed or not: id and text, the file's name as source.
func corpus(t testing.TB, name string) []stages.Document {
	t.Helper()
	f, err := os.Open(realdata.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if filepath.Ext(name) == ".zst" {
		z, err := zstd.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		r = z
	}
	var docs []stages.Document
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var row struct{ ID, Text string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, stages.Document{ID: row.ID, Text: row.Text, Source: filepath.Base(name)})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return docs
}

// size returns the bytes of all texts.
func size(docs []stages.Document) (n int64) {
	for i := range docs {
		n += int64(len(docs[i].Text))
	}
	return n
}

// shared returns a file of the shared data, decompressed.
func shared(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(realdata.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
