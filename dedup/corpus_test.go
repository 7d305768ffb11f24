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
)

// shared returns the path of a file of the data that lies beside the repository. Where it is absent the test is skipped; in CI it fails.
func shared(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = up
	}
	path := filepath.Join(dir, "..", "shared", name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("shared/%s is absent", name)
		}
		t.Skipf("shared/%s is absent", name)
	}
	return path
}

// corpus reads documents from JSON lines, compressed or not: id and text, the file's name as source.
func corpus(t testing.TB, name string) []stages.Document {
	t.Helper()
	f, err := os.Open(shared(t, name))
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
