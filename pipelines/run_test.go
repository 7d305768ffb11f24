package pipelines_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/run"
)

// everything is a recipe with a stage of every kind, both barriers, a mix and a shuffle, over the sample shards.
const everything = `
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

// prepared loads a recipe and makes its folder ready.
func prepared(t *testing.T, text, out string) (*pipelines.Job, *plan.Plan) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "all.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	job, problems, err := pipelines.Load(file, pipelines.Flags{Out: out})
	if err != nil || job == nil {
		t.Fatalf("load: %v %v", err, problems)
	}
	p, err := job.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := job.Prepare(t.Context(), p, pipelines.Change{}); err != nil {
		t.Fatal(err)
	}
	return job, p
}

// curate runs a recipe to its end and returns the fingerprint of what it left.
func curate(t *testing.T, text, out string, opt run.Options) map[string]string {
	t.Helper()
	job, p := prepared(t, text, out)
	r, err := job.Runner(p, opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return fingerprint(t, out)
}

// fingerprint returns the sha256 of every file of a run but those that hold times or places: markers, report, plan.
func fingerprint(t *testing.T, out string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	err := filepath.WalkDir(out, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(out, name)
		if strings.HasPrefix(rel, "_winnow/done/") || strings.HasPrefix(rel, "_winnow/report.") || rel == "_winnow/plan.json" || rel == "_winnow/recipe.yaml" {
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

// same fails where two runs left different files.
func same(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	names := maps.Clone(want)
	maps.Copy(names, got)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if got[name] != want[name] {
			t.Errorf("%s: %s is %.12q, want %.12q", what, name, got[name], want[name])
		}
	}
}

// TestBytes holds the promise of determinism: the same bytes for any number of workers and any size of batch.
func TestBytes(t *testing.T) {
	want := curate(t, everything, t.TempDir(), run.Options{Workers: 1, Batch: 256})
	shards := 0
	for name := range want {
		if !strings.HasPrefix(name, "_winnow") && name != "README.md" {
			shards++
		}
	}
	if shards < 4 {
		t.Fatalf("the run left %d shards, want some of both outputs: %v", shards, slices.Sorted(maps.Keys(want)))
	}
	for _, opt := range []run.Options{{Workers: 2, Batch: 1}, {Workers: 8, Batch: 64}, {Workers: 1, Batch: 1024, Memory: 256 << 20}} {
		what := fmt.Sprintf("workers %d, batch %d", opt.Workers, opt.Batch)
		same(t, what, curate(t, everything, t.TempDir(), opt), want)
	}
}

// TestInterrupted stops runs softly and hard in the middle and goes on: the same bytes, nothing done twice.
func TestInterrupted(t *testing.T) {
	want := curate(t, everything, t.TempDir(), run.Options{Workers: 2})
	out := t.TempDir()
	job, p := prepared(t, everything, out)
	done := 0
	for k := 0; ; k++ {
		stop := make(chan struct{})
		r, err := job.Runner(p, run.Options{Workers: 2, Stop: stop})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			for p := r.Progress(); p.TasksDone == p.TasksHad && ctx.Err() == nil; p = r.Progress() {
				time.Sleep(time.Millisecond)
			}
			if k%2 == 0 {
				close(stop)
			} else {
				cancel()
			}
		}()
		err = r.Run(ctx)
		cancel()
		n, all := r.Done(t.Context())
		if n < done {
			t.Fatalf("%d tasks are done, %d were before", n, done)
		}
		done = n
		if err == nil {
			if n != all {
				t.Fatalf("the run ended without an error with %d of %d tasks done", n, all)
			}
			break
		}
		if k > 5*all {
			t.Fatalf("no end after %d sessions; %d of %d tasks are done: %v", k, n, all, err)
		}
	}
	same(t, "interrupted", fingerprint(t, out), want)
}
