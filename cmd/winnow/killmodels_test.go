package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/pipelines/run/runtest"
	"github.com/winnow-data/winnow/stages/realdata"
)

// graded is a recipe that asks a real model three ways about real documents, in tasks of a few documents each.
const graded = `
name: all
seed: 3
models:
  small: {file: %q, rate: 20}
input:
  - {path: book.jsonl, source: book}
  - {path: poems.jsonl, source: poems}
stages:
  - normalize
  - language: {short: trigrams}
  - judge: {chars: 300}
  - perplexity: {tokens: 48, keep: [head, middle]}
  - annotate: {prompt: topic, labels: [computing, poetry, other], into: topic, chars: 200}
  - length: {tokens: {min: 3}}
output: {path: all, format: jsonl}
`

// excerpt writes the first records of a file of the corpus.
func excerpt(t *testing.T, from, to string, n int) {
	t.Helper()
	data, err := io.ReadAll(io.LimitReader(realdata.Open(t, from), 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfterN(data, []byte("\n"), n+1)
	if err := os.WriteFile(to, bytes.Join(lines[:n], nil), 0o600); err != nil {
		t.Fatal(err)
	}
	then := time.Unix(1e9, 0) // the time of an input is part of the plan's key
	if err := os.Chtimes(to, then, then); err != nil {
		t.Fatal(err)
	}
}

// bytesOf is the fingerprint of a run without its record, in which replies lie in the order in which they came.
func bytesOf(t *testing.T, out string) map[string]string {
	t.Helper()
	sums := runtest.Fingerprint(t, out)
	maps.DeleteFunc(sums, func(name, _ string) bool { return strings.HasPrefix(name, "_winnow/answers/") })
	return sums
}

// A recordedReply is what a line of the record says of a reply.
type recordedReply struct{ Model, Request, Key string }

// recordOf reads a run's record up to its end, or to where a process is still writing.
func recordOf(t *testing.T, out string) (list []recordedReply, torn error) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(out, "_winnow", "answers", "*.jsonl.zst"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z, err := zstd.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		for d := json.NewDecoder(z); ; {
			var r recordedReply
			if err := d.Decode(&r); err == io.EOF {
				break
			} else if err != nil {
				torn = fmt.Errorf("%s: %w", name, err)
				break
			}
			list = append(list, r)
		}
	}
	return list, torn
}

// replies counts the replies in a run's record, and those to questions that were asked before.
func replies(t *testing.T, out string) (all, again int) {
	t.Helper()
	list, err := recordOf(t, out)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[recordedReply]bool{}
	for _, r := range list {
		r.Key = ""
		if seen[r] {
			again++
		}
		seen[r] = true
	}
	return len(list), again
}

// TestKillModels ends a run that asks a real model with SIGKILL at random moments and gives the same command again: the same bytes as a run that
// nobody disturbed, and no question is paid for twice.
func TestKillModels(t *testing.T) {
	if testing.Short() {
		t.Skip("a real model takes its time")
	}
	runs := 1
	if os.Getenv("CI") == "true" {
		runs = 2
	}
	file := realdata.Path(t, "data/models/smollm2-135m-instruct.q4_1.gguf")
	prepared := func() (name, out string) {
		name, out = recipeFile(t, fmt.Sprintf(graded, file))
		excerpt(t, "data/corpus/rust-book.jsonl.zst", filepath.Join(filepath.Dir(name), "book.jsonl"), 10)
		excerpt(t, "data/corpus/zh-poetry.jsonl.zst", filepath.Join(filepath.Dir(name), "poems.jsonl"), 20)
		return name, out
	}
	name, out := prepared()
	start := time.Now()
	mustRun(t, winnow(t, "run", "-q", name))
	whole := time.Since(start)
	want := bytesOf(t, out)
	asked, again := replies(t, out)
	if asked < 60 || again > 0 {
		t.Fatalf("%d replies in the record, %d to a question that was asked before", asked, again)
	}
	random := rand.New(rand.NewPCG(5, 6))
	kills := 0
	for range runs {
		name, out := prepared()
		for {
			ended, killed := live(t, winnow(t, "run", "-q", name), out, 0, time.Duration(random.Int64N(int64(whole)/2)))
			if killed {
				kills++
			}
			if ended {
				break
			}
		}
		runtest.Same(t, "again", bytesOf(t, out), want)
		if n, again := replies(t, out); n != asked || again > 0 {
			t.Errorf("%d replies in the record, %d to a question that was asked before; want %d and none", n, again, asked)
		}
	}
	if kills < runs {
		t.Errorf("%d kills in %d runs", kills, runs)
	}
	t.Logf("%d kills in %d runs of %v", kills, runs, whole)
}
