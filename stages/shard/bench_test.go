package shard

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/realdata"
)

// corpora make one JSONL file of id, text, url and licence: what ../shared/bench/peers/bench_df.py gives the peers.
var corpora = []string{"algorithms-python", "bible", "exercism-python", "peps", "powershell-docs", "rust-book", "rust-rfcs", "zh-poetry"}

var benchData struct {
	once       sync.Once
	plain, zst []byte
}

// corpus117 returns 117 MB of JSONL, plain and by zstd.
func corpus117(b *testing.B) (plain, packed []byte) {
	b.Helper()
	paths := make([]string, len(corpora))
	for i, n := range corpora {
		paths[i] = realdata.Path(b, "data/corpus/"+n+".jsonl.zst")
	}
	benchData.once.Do(func() {
		var out bytes.Buffer
		docs := make([]stages.Document, 64)
		for _, p := range paths {
			data, err := os.ReadFile(p)
			if err != nil {
				b.Fatal(err)
			}
			r, err := Open(b.Context(), blob.Bytes(data), p, Part{}, Options{})
			if err != nil {
				b.Fatal(err)
			}
			for {
				n, err := r.Read(docs)
				for i := range docs[:n] {
					d := &docs[i]
					d.Fields, d.Source = slim(d.Fields), ""
					out.Write(AppendJSON(nil, d))
					out.WriteByte('\n')
				}
				if err == io.EOF {
					break
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		}
		benchData.plain = out.Bytes()
		w, err := zstd.NewWriter(nil)
		if err != nil {
			b.Fatal(err)
		}
		benchData.zst = w.EncodeAll(benchData.plain, nil)
	})
	return benchData.plain, benchData.zst
}

func slim(f stages.Fields) stages.Fields {
	var out stages.Fields
	for _, name := range []string{"url", "licence"} {
		s, _ := f.Text(name)
		out.SetRaw(name, appendQuoted(nil, s))
	}
	return out
}

// perCPU reports MB per second of the process's CPU time: what stands beside a peer's figure on a shared machine.
func perCPU(b *testing.B, size int, f func()) {
	b.SetBytes(int64(size))
	b.ReportAllocs()
	start := cpuSeconds()
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(size)*float64(b.N)/1e6/(cpuSeconds()-start), "MB/cpu-s")
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// each reads data and calls f for each document.
func each(b *testing.B, data []byte, name string, opt Options, f func(*stages.Document)) (n int) {
	b.Helper()
	opt.Damaged = func(d Damage) { b.Fatal(d.Reason) }
	r, err := Open(b.Context(), blob.Bytes(data), name, Part{}, opt)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	docs := make([]stages.Document, 64)
	for {
		k, err := r.Read(docs)
		for i := range docs[:k] {
			f(&docs[i])
		}
		n += k
		if err == io.EOF {
			return n
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func writer(b *testing.B, opt WriteOptions) *Writer {
	b.Helper()
	opt.Name = func(i int) string { return fmt.Sprint("out", i) }
	w, err := NewWriter(b.Context(), blob.Memory(), opt)
	if err != nil {
		b.Fatal(err)
	}
	return w
}

var benchSchema = &Schema{Columns: []Column{{"url", "string"}, {"licence", "string"}}}

func BenchmarkReadJSONL(b *testing.B) {
	plain, _ := corpus117(b)
	perCPU(b, len(plain), func() {
		if n := each(b, plain, "f.jsonl", Options{}, func(*stages.Document) {}); n != 101_514 {
			b.Fatal(n)
		}
	})
}

func BenchmarkReadJSONLZstd(b *testing.B) {
	plain, packed := corpus117(b)
	perCPU(b, len(plain), func() { each(b, packed, "f.jsonl.zst", Options{}, func(*stages.Document) {}) })
}

func benchmarkWrite(b *testing.B, packed bool, opt WriteOptions, keep func(*stages.Document) bool) {
	plain, in := corpus117(b)
	name := "f.jsonl.zst"
	if !packed {
		in, name = plain, "f.jsonl"
	}
	var size, rows int64
	perCPU(b, len(plain), func() {
		w := writer(b, opt)
		each(b, in, name, Options{Source: "corpus"}, func(d *stages.Document) {
			if keep(d) {
				if err := w.Write(d); err != nil {
					b.Fatal(err)
				}
			}
		})
		files, err := w.Commit()
		if err != nil {
			b.Fatal(err)
		}
		size, rows = files[0].Bytes, files[0].Rows
	})
	b.ReportMetric(float64(size)/1e6, "MB-out")
	b.ReportMetric(float64(rows), "rows")
}

func everything(*stages.Document) bool { return true }

// sixPercent is the filter of bench_df.py: length, share of # and a word.
func sixPercent(d *stages.Document) bool {
	n := strings.Count(d.Text, "") - 1
	return n >= 200 && n <= 100_000 && float64(strings.Count(d.Text, "#"))/float64(1+strings.Count(d.Text, " ")) < 0.1 && strings.Contains(d.Text, "the")
}

func BenchmarkZstdToParquet(b *testing.B) {
	benchmarkWrite(b, true, WriteOptions{Format: Parquet, Schema: benchSchema}, everything)
}

func BenchmarkFilterToParquet(b *testing.B) {
	benchmarkWrite(b, false, WriteOptions{Format: Parquet, Schema: benchSchema}, sixPercent)
}

func BenchmarkZstdToZstd(b *testing.B) {
	benchmarkWrite(b, true, WriteOptions{Format: JSONL, Compression: Zstd}, everything)
}

func BenchmarkToJSONL(b *testing.B) {
	benchmarkWrite(b, false, WriteOptions{Format: JSONL}, everything)
}

func BenchmarkReadParquet(b *testing.B) {
	plain, _ := corpus117(b)
	mem := blob.Memory()
	w, err := NewWriter(b.Context(), mem, WriteOptions{Format: Parquet, Schema: benchSchema, Name: func(int) string { return "p" }})
	if err != nil {
		b.Fatal(err)
	}
	each(b, plain, "f.jsonl", Options{}, func(d *stages.Document) {
		if err := w.Write(d); err != nil {
			b.Fatal(err)
		}
	})
	if _, err := w.Commit(); err != nil {
		b.Fatal(err)
	}
	data, err := blob.Get(b.Context(), mem, "p", 1<<30)
	if err != nil {
		b.Fatal(err)
	}
	perCPU(b, len(plain), func() { each(b, data, "f.parquet", Options{}, func(*stages.Document) {}) })
}

func BenchmarkRows(b *testing.B) {
	plain, _ := corpus117(b)
	var out bytes.Buffer
	b.Run("write", func(b *testing.B) {
		var docs []stages.Document
		each(b, plain, "f.jsonl", Options{}, func(d *stages.Document) { docs = append(docs, *d) })
		perCPU(b, len(plain), func() {
			out.Reset()
			w := NewRowWriter(&out)
			for i := range docs {
				if err := w.Write(&docs[i]); err != nil {
					b.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
		})
		b.ReportMetric(float64(out.Len())/1e6, "MB-out")
	})
	b.Run("read", func(b *testing.B) {
		docs := make([]stages.Document, 64)
		perCPU(b, len(plain), func() {
			r := NewRowReader(bytes.NewReader(out.Bytes()))
			for {
				if _, err := r.Read(docs); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

// BenchmarkWARC reads WARC files that are repeated 40 times, in turn with nothing but the decoding of their gzip members by the same library. gunzip-share
// is how fast reading is beside it, MB/cpu-s are of decoded bytes.
func BenchmarkWARC(b *testing.B) {
	for _, name := range []string{"dolma-sample-0000", "resiliparse-warcfile"} {
		b.Run(name, func(b *testing.B) {
			data, err := os.ReadFile(realdata.Path(b, "data/web/warc/"+name+".warc.gz"))
			if err != nil {
				b.Fatal(err)
			}
			data = bytes.Repeat(data, 40)
			z := new(gzip.Reader)
			gunzip := func() int64 {
				if err := z.Reset(bytes.NewReader(data)); err != nil {
					b.Fatal(err)
				}
				n, err := io.Copy(io.Discard, z)
				if err != nil {
					b.Fatal(err)
				}
				return n
			}
			size := gunzip()
			b.SetBytes(size)
			b.ReportAllocs()
			read, decode := 0.0, 0.0
			for b.Loop() {
				start := cpuSeconds()
				each(b, data, "f.warc.gz", Options{}, func(*stages.Document) {})
				between := cpuSeconds()
				gunzip()
				read, decode = read+between-start, decode+cpuSeconds()-between
			}
			b.ReportMetric(float64(size)*float64(b.N)/1e6/read, "MB/cpu-s")
			b.ReportMetric(decode/read, "gunzip-share")
		})
	}
}
