package pipelines_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/shard"
)

// survivors is a recipe that judges, compares and samples, with lines as output.
const survivors = `
name: all
seed: 3
input: {path: %q}
stages:
  - language
  - gopher_repetition
  - dedup_exact
  - dedup_minhash
  - mix: {rows: 150, by: language}
output: {path: out, format: jsonl.zst}
limits: {damaged: 5%%}
`

// rowsOf returns what a run left, a line for each document, sorted.
func rowsOf(t *testing.T, out string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(out, "*.jsonl.zst"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no shards in %s: %v", out, err)
	}
	var rows []string
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		zr, err := zstd.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		lines, err := io.ReadAll(zr)
		zr.Close()
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, strings.Split(strings.TrimSuffix(string(lines), "\n"), "\n")...)
	}
	slices.Sort(rows)
	return rows
}

// sample returns documents with real near-duplicates in many languages: those the quickstart keeps before its duplicates go.
func sample(t *testing.T) []stages.Document {
	t.Helper()
	out := t.TempDir()
	curate(t, `
name: sample
input: {path: "embedded:quickstart"}
stages: [extract, normalize]
output: {path: out, format: jsonl.zst}
limits: {damaged: 5%}
`, out, run.Options{})
	store := blob.Local(out)
	var docs []stages.Document
	files, _ := filepath.Glob(filepath.Join(out, "*.jsonl.zst"))
	for _, name := range files {
		o, err := store.Open(t.Context(), filepath.Base(name))
		if err != nil {
			t.Fatal(err)
		}
		r, err := shard.Open(t.Context(), o, filepath.Base(name), shard.Part{}, shard.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for {
			batch := make([]stages.Document, 100)
			n, err := r.Read(batch)
			for _, d := range batch[:n] {
				docs = append(docs, stages.Document{ID: d.ID, Source: d.Source, Text: d.Text})
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(docs) < 500 {
		t.Fatalf("the sample has %d documents, want 500 or more", len(docs))
	}
	return docs
}

// deal writes the documents into n files of one encoding, in the order of perm.
func deal(t *testing.T, docs []stages.Document, n int, format shard.Format, c shard.Compression, ending string, perm func(i int) int) string {
	t.Helper()
	dir := t.TempDir()
	for k := range n {
		w, err := shard.NewWriter(t.Context(), blob.Local(dir), shard.WriteOptions{
			Name:   func(int) string { return fmt.Sprintf("in-%d%s", perm(k), ending) },
			Format: format, Compression: c,
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := k; i < len(docs); i += n {
			if err := w.Write(&docs[i]); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestEncodings reads the same documents in every encoding, in one file and in many, and in another order of the files: the same
// rows stay.
func TestEncodings(t *testing.T) {
	docs := sample(t)
	identity := func(i int) int { return i }
	cases := []struct {
		name   string
		files  int
		format shard.Format
		pack   shard.Compression
		ending string
		perm   func(int) int
	}{
		{"jsonl", 4, shard.JSONL, shard.Plain, ".jsonl", identity},
		{"gzip", 4, shard.JSONL, shard.Gzip, ".jsonl.gz", identity},
		{"zstd", 4, shard.JSONL, shard.Zstd, ".jsonl.zst", identity},
		{"parquet", 4, shard.Parquet, shard.Plain, ".parquet", identity},
		{"files in reverse", 4, shard.JSONL, shard.Plain, ".jsonl", func(i int) int { return 3 - i }},
		{"one file", 1, shard.JSONL, shard.Plain, ".jsonl", identity},
		{"forty files", 40, shard.JSONL, shard.Zstd, ".jsonl.zst", identity},
	}
	var want []string
	for _, c := range cases {
		in := deal(t, docs, c.files, c.format, c.pack, c.ending, c.perm)
		out := t.TempDir()
		curate(t, fmt.Sprintf(survivors, in), out, run.Options{})
		got := rowsOf(t, out)
		if want == nil {
			if want = got; len(want) < 100 || len(want) >= len(docs) {
				t.Fatalf("%d of %d documents stayed; the recipe should remove some", len(want), len(docs))
			}
			continue
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %d rows, want the %d of jsonl%s", c.name, len(got), len(want), firstDifference(got, want))
		}
	}
}

func firstDifference(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("\n got %.200s\nwant %.200s", got[i], want[i])
		}
	}
	return ""
}
