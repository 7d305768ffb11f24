package pipelines_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages/realdata"
)

// corpus writes the real corpus as one JSONL file with four string fields, as the peers' benchmarks read it, plain and
// zstd-compressed, and returns its folder and its size.
func corpus(b *testing.B) (dir string, size int64) {
	b.Helper()
	names, err := filepath.Glob(filepath.Join(realdata.Path(b, "data/corpus"), "*.jsonl.zst"))
	if err != nil {
		b.Fatal(err)
	}
	dir = b.TempDir()
	plain, err := os.Create(filepath.Join(dir, "all.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	packed, err := os.Create(filepath.Join(dir, "all.jsonl.zst"))
	if err != nil {
		b.Fatal(err)
	}
	zw, err := zstd.NewWriter(packed)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(io.MultiWriter(plain, zw), 1<<20)
	for _, name := range names {
		size += reshape(b, name, w)
	}
	for _, err := range []error{w.Flush(), zw.Close(), plain.Close(), packed.Close()} {
		if err != nil {
			b.Fatal(err)
		}
	}
	return dir, size
}

// reshape copies the records of one file with the four fields.
func reshape(b *testing.B, name string, w io.Writer) (size int64) {
	b.Helper()
	f, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	zr, err := zstd.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	defer zr.Close()
	for dec := json.NewDecoder(zr); dec.More(); {
		var d struct {
			ID      string `json:"id"`
			Text    string `json:"text"`
			URL     string `json:"url"`
			Licence string `json:"licence"`
		}
		if err := dec.Decode(&d); err != nil {
			b.Fatal(err)
		}
		line, err := json.Marshal(d)
		if err != nil {
			b.Fatal(err)
		}
		n, err := w.Write(append(line, '\n'))
		if err != nil {
			b.Fatal(err)
		}
		size += int64(n)
	}
	return size
}

// BenchmarkRun times whole runs, from files to files with report and recount, on one worker.
func BenchmarkRun(b *testing.B) {
	dir, size := corpus(b)
	cases := []struct{ name, file, stages string }{
		{"filter", "all.jsonl", "[{length: {chars: {min: 200, max: 100000}, words: {min: 450}, bytes: {max: 18000}}}]"},
		{"convert", "all.jsonl.zst", "[]"},
		{"heuristics", "all.jsonl", "[gopher_repetition, gopher_quality, c4, fineweb]"},
		{"language", "all.jsonl", "[language, gopher_repetition, gopher_quality, c4, fineweb]"},
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(size)
			recipe := filepath.Join(b.TempDir(), "r.yaml")
			text := fmt.Sprintf("input: %q\nstages: %s\noutput: {path: out, format: parquet}\n", filepath.Join(dir, c.file), c.stages)
			if err := os.WriteFile(recipe, []byte(text), 0o600); err != nil {
				b.Fatal(err)
			}
			for k := 0; b.Loop(); k++ {
				job, problems, err := pipelines.Load(recipe, pipelines.Flags{Out: filepath.Join(b.TempDir(), fmt.Sprint("out", k))})
				if err != nil || job == nil {
					b.Fatal(err, problems)
				}
				p, err := job.Plan(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				if _, err := job.Prepare(b.Context(), p, pipelines.Change{}); err != nil {
					b.Fatal(err)
				}
				r, err := job.Runner(p, run.Options{Workers: 1})
				if err != nil {
					b.Fatal(err)
				}
				if err := r.Run(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
