package dedup_test

import (
	"encoding/json"
	"io"
	"path/filepath"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
)

// corpus reads documents from JSON lines, compressed or not: id and text, the file's name as source.
func corpus(t testing.TB, name string) []stages.Document {
	t.Helper()
	var docs []stages.Document
	realdata.Lines(t, name, func(line []byte) {
		var row struct{ ID, Text string }
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, stages.Document{ID: row.ID, Text: row.Text, Source: filepath.Base(name)})
	})
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
	b, err := io.ReadAll(realdata.Open(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
