// Package runtest helps tests that hold two runs against each other.
package runtest

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Everything is a recipe with a stage of every kind, both barriers, a mix, a shuffle and two outputs, over the sample shards in six tasks. Run
// from a file without --out it writes to the folder "all" beside it.
const Everything = `
name: all
seed: 7
input:
  - {path: "embedded:quickstart/crawl"}
  - {path: "embedded:quickstart/shards/docs.jsonl.zst"}
  - {path: "embedded:quickstart/shards/notes.jsonl"}
  - {path: "embedded:quickstart/shards/books.parquet"}
  - {path: "embedded:quickstart/shards/web-00000.jsonl.gz"}
  - {path: "embedded:quickstart/shards/web-00001.jsonl.gz"}
stages:
  - extract
  - normalize
  - language
  - gopher_repetition
  - gopher_quality
  - c4: {without: [end_mark]}
  - fineweb
  - dedup_exact
  - dedup_minhash
  - mask_pii
  - mix: {words: 60k, by: source}
output:
  - {path: rows, format: parquet}
  - {path: lines, format: jsonl.zst, shard: 64KiB}
limits: {damaged: 5%}
`

// Fingerprint returns the sha256 of every file of a run but those that hold times or places (markers, report, plan) and those
// named in skip.
func Fingerprint(t testing.TB, out string, skip ...string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	err := filepath.WalkDir(out, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(out, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if strings.HasPrefix(rel, "_winnow/done/") || strings.HasPrefix(rel, "_winnow/report.") || rel == "_winnow/plan.json" || slices.Contains(skip, rel) {
			return nil
		}
		data, err := os.ReadFile(name)
		sum := sha256.Sum256(data)
		sums[rel] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

// Same fails the test where two runs left different files.
func Same(t testing.TB, what string, got, want map[string]string) {
	t.Helper()
	names := maps.Clone(want)
	maps.Copy(names, got)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if got[name] != want[name] {
			t.Errorf("%s: %s is %.12q, want %.12q", what, name, got[name], want[name])
		}
	}
}
