package pipelines_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/shard"
)

const good = "The quick brown fox jumps over the lazy dog, and nobody minds."

// line is a sound record.
func line(id int) string { return fmt.Sprintf(`{"id":"g%d","text":%q}`+"\n", id, good) }

func zipped(s string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.Bytes()
}

// broken is a Parquet file of which a page was overwritten.
func broken(t *testing.T) []byte {
	t.Helper()
	store := blob.Memory()
	w, err := shard.NewWriter(t.Context(), store, shard.WriteOptions{Name: func(int) string { return "a.parquet" }, Format: shard.Parquet, RowGroup: 4 << 10})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 400 {
		if err := w.Write(&stages.Document{ID: fmt.Sprint("g", i), Text: fmt.Sprint(good, i, " ", i*i)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	data, err := blob.Get(t.Context(), store, "a.parquet", 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	at, widest := 0, 0 // the largest zstd frame in the first half holds texts
	frames := bytes.Split(data[:len(data)/2], []byte{0x28, 0xb5, 0x2f, 0xfd})
	for off, i := 0, 0; i < len(frames)-1; i++ {
		if len(frames[i]) > widest {
			at, widest = off, len(frames[i])
		}
		off += len(frames[i]) + 4
	}
	at += widest / 3
	for i := range 40 {
		data[at+i] ^= 0x5a
	}
	return data
}

// warc is three pages, the second with a length that lies.
func warc() []byte {
	var b bytes.Buffer
	for i := range 3 {
		body := fmt.Sprintf("page %d: %s", i, good)
		length := len(body)
		if i == 1 {
			length = 1 << 40
		}
		rec := fmt.Sprintf("WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:%d>\r\nWARC-Target-URI: http://example.com/%d\r\n"+
			"Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", i, i, length, body)
		b.Write(zipped(rec))
	}
	return b.Bytes()
}

// TestDamage gives every kind of bad record to a whole run: it ends in quarantine with file, place and reason, and all
// else comes through.
func TestDamage(t *testing.T) {
	deep := `{"id":"deep","text":"x","a":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + "}\n"
	cases := []struct {
		name    string
		file    string
		content func(t *testing.T) []byte
		kept    int64 // at least
		bad     int64 // exactly; -1: at least one
		reason  string
	}{
		{"truncated gzip", "a.jsonl.gz", func(*testing.T) []byte { z := zipped(strings.Repeat(line(1)+line(2), 4000)); return z[:len(z)*2/3] }, 1000, -1, "gzip"},
		{"a WARC length that lies", "a.warc.gz", func(*testing.T) []byte { return warc() }, 2, 1, "1099511627776 bytes"},
		{"a broken Parquet page", "a.parquet", broken, 100, -1, "page"},
		{"raw control characters", "a.jsonl", text(line(1) + "{\"id\":\"c\",\"text\":\"a\x01b\"}\n" + line(2)), 2, 1, "control"},
		{"a lone surrogate", "a.jsonl", text(line(1) + `{"id":"s","text":"a\ud800b"}` + "\n" + line(2)), 2, 1, "surrogate"},
		{"duplicate keys", "a.jsonl", text(line(1) + `{"id":"d","text":"a","text":"b"}` + "\n" + line(2)), 2, 1, "twice"},
		{"nesting 10,000 deep", "a.jsonl", text(line(1) + deep + line(2)), 2, 1, "nest"},
		{"invalid UTF-8", "a.jsonl", text(line(1) + "{\"id\":\"u\",\"text\":\"a\xff\xfeb\"}\n" + line(2)), 2, 1, "UTF-8"},
		{"a NUL", "a.jsonl", text(line(1) + "{\"id\":\"n\",\"text\":\"a\x00b\"}\n" + line(2)), 2, 1, "control"},
		{"no text", "a.jsonl", text(line(1) + `{"id":"t","body":"a"}` + "\n" + line(2)), 2, 1, "text"},
		{"text that is a number", "a.jsonl", text(line(1) + `{"id":"t","text":7}` + "\n" + line(2)), 2, 1, "text"},
		{"half a record at the end", "a.jsonl", text(line(1) + line(2) + `{"id":"h","te`), 2, 1, ""},
		{"a byte order mark", "a.jsonl", text("\xef\xbb\xbf" + line(1) + line(2)), 2, 0, ""},
		{"a zstd bomb", "a.jsonl.zst", bomb, 2, 1, "given up"},
		{"a line of 200 MB", "a.jsonl", func(*testing.T) []byte {
			return []byte(line(1) + `{"id":"big","text":"` + strings.Repeat("word ", 40<<20) + "\"}\n" + line(2))
		}, 3, 0, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if testing.Short() && strings.Contains(c.name, "200 MB") {
				t.Skip("200 MB of text are left to the long run")
			}
			in, out := t.TempDir(), t.TempDir()
			if err := os.WriteFile(filepath.Join(in, c.file), c.content(t), 0o600); err != nil {
				t.Fatal(err)
			}
			job, p := prepared(t, fmt.Sprintf("input: {path: %q, text: text}\noutput: {path: out, format: jsonl}\nlimits: {damaged: 100%%}\n", in), out)
			r, err := job.Runner(p, run.Options{Workers: 2})
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			s, err := r.Summary(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if s.Kept < c.kept || c.bad >= 0 && s.Quarantined != c.bad || c.bad < 0 && s.Quarantined == 0 {
				t.Errorf("kept %d, quarantined %d; want at least %d and %d", s.Kept, s.Quarantined, c.kept, c.bad)
			}
			for _, q := range quarantined(t, out) {
				if q.File != c.file || q.Reason == "" || q.Offset == nil || !strings.Contains(q.Reason, c.reason) {
					t.Errorf("quarantined with file %q, offset %v, reason %q; want %q, a place, and %q in the reason", q.File, q.Offset, q.Reason, c.file, c.reason)
				}
			}
		})
	}
}

func text(s string) func(*testing.T) []byte { return func(*testing.T) []byte { return []byte(s) } }

// bomb is a sound line and one of 2 GB of zeros in one frame of zstd, and a sound line in the next.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, line(1)+`{"id":"bomb","text":"`)
	chunk := bytes.Repeat([]byte("0"), 1<<20)
	for range 2048 {
		if _, err := w.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	io.WriteString(w, "\"}\n")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w.Reset(&b)
	io.WriteString(w, line(2))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// quarantined reads the quarantine of a run.
func quarantined(t *testing.T, out string) []run.Quarantined {
	t.Helper()
	var list []run.Quarantined
	files, _ := filepath.Glob(filepath.Join(out, "_winnow", "quarantine", "*.zst"))
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		zr, err := zstd.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for dec := json.NewDecoder(zr); ; {
			var q run.Quarantined
			if err := dec.Decode(&q); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			list = append(list, q)
		}
		zr.Close()
	}
	return list
}

// TestRefused gives inputs with which a run cannot begin: one clear error before any work.
func TestRefused(t *testing.T) {
	cases := []struct {
		name, want string
		make       func(dir string) error
	}{
		{"an empty folder", "nothing matches", func(string) error { return nil }},
		{"an empty file", "no records", func(dir string) error { return os.WriteFile(filepath.Join(dir, "a.jsonl"), nil, 0o600) }},
		{"a folder in place of a file", "a.jsonl", func(dir string) error { return os.Mkdir(filepath.Join(dir, "a.jsonl"), 0o700) }},
		{"an unreadable file", "a.jsonl", func(dir string) error { return os.Symlink("a.jsonl", filepath.Join(dir, "a.jsonl")) }},
		{"a name that promises Parquet", "PAR1", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "a.parquet"), []byte("no such thing"), 0o600)
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir, in := t.TempDir(), t.TempDir()
			if err := c.make(in); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "r.yaml")
			recipe := fmt.Sprintf("input: %q\noutput: {path: out, format: jsonl}\n", in)
			if c.name == "a folder in place of a file" {
				recipe = fmt.Sprintf("input: %q\noutput: {path: out, format: jsonl}\n", filepath.Join(in, "a.jsonl"))
			}
			if err := os.WriteFile(file, []byte(recipe), 0o600); err != nil {
				t.Fatal(err)
			}
			err := whole(t, file)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
			if found, _ := filepath.Glob(filepath.Join(dir, "out", "*.jsonl")); len(found) > 0 {
				t.Errorf("it wrote %v all the same", found)
			}
		})
	}
}

// whole loads a recipe and runs it.
func whole(t *testing.T, file string) error {
	t.Helper()
	job, problems, err := pipelines.Load(file, pipelines.Flags{})
	if err != nil {
		return err
	}
	if job == nil {
		return problems[0]
	}
	p, err := job.Plan(t.Context())
	if err != nil {
		return err
	}
	if _, err := job.Prepare(t.Context(), p, pipelines.Change{}); err != nil {
		return err
	}
	r, err := job.Runner(p, run.Options{})
	if err != nil {
		return err
	}
	return r.Run(t.Context())
}
