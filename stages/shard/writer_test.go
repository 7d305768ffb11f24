package shard

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

var outputs = map[string]WriteOptions{
	"jsonl":     {Format: JSONL},
	"jsonl.gz":  {Format: JSONL, Compression: Gzip},
	"jsonl.zst": {Format: JSONL, Compression: Zstd, Level: 2},
	"parquet":   {Format: Parquet, Schema: &Schema{Columns: []Column{{"n", "int64"}}}, RowGroup: 5000},
}

// Shards are cut at the same documents in every format, hold the same rows, and have the same bytes each time.
func TestShards(t *testing.T) {
	var lines []string
	for i := range 500 {
		lines = append(lines, fmt.Sprintf(`{"id":"%d","text":"%s","source":"s","n":%d,"o":{"k":"%d"}}`, i, strings.Repeat("text ", i%40), i, i))
	}
	borders := map[string]string{}
	for name, opt := range outputs {
		opt.Shard = 20_000
		data, files := writeAll(t, lines, opt)
		if len(files) < 3 {
			t.Fatalf("%s: got %d files, want several", name, len(files))
		}
		var got []string
		for i, f := range files {
			sum := sha256.Sum256(data[i])
			if f.Name != fmt.Sprintf("out-%05d", i) || f.Bytes != int64(len(data[i])) || f.SHA256 != hex.EncodeToString(sum[:]) {
				t.Errorf("%s: file %d is described as %+v", name, i, f)
			}
			docs, damage := readAll(t, blob.Bytes(data[i]), "o."+name, Part{}, Options{})
			if len(docs) != int(f.Rows) || len(damage) > 0 {
				t.Errorf("%s: file %d has %d documents, %d are described; damage %q", name, i, len(docs), f.Rows, reasons(damage))
			}
			got = append(got, docs...)
			if !strings.HasPrefix(name, "jsonl") {
				continue
			}
			borders[name] += fmt.Sprint(f.Rows, " ")
		}
		if strings.Join(got, "\n") != strings.Join(lines, "\n") {
			t.Errorf("%s: the rows read differ from the rows written", name)
		}
		again, _ := writeAll(t, lines, opt)
		for i := range data {
			if !bytes.Equal(data[i], again[i]) {
				t.Errorf("%s: file %d has other bytes the second time", name, i)
			}
		}
	}
	if borders["jsonl"] != borders["jsonl.gz"] || borders["jsonl"] != borders["jsonl.zst"] {
		t.Errorf("cut at %v", borders)
	}
}

func TestNothingBeforeCommit(t *testing.T) {
	for name, opt := range outputs {
		mem := blob.Memory()
		opt.Name = func(i int) string { return fmt.Sprint("f", i) }
		opt.Shard = 100
		w, err := NewWriter(t.Context(), mem, opt)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if err := w.Write(&stages.Document{ID: "a", Text: "some text of some length"}); err != nil {
				t.Fatal(err)
			}
		}
		for e := range mem.List(t.Context(), "") {
			t.Errorf("%s: %s is visible before commit", name, e.Name)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		if _, err := w.Commit(); err == nil {
			t.Errorf("%s: commit after close: got nil, want an error", name)
		}
		for e := range mem.List(t.Context(), "") {
			t.Errorf("%s: %s is visible after close", name, e.Name)
		}
	}
}

func TestNoDocuments(t *testing.T) {
	for name, opt := range outputs {
		if _, files := writeAll(t, nil, opt); len(files) != 0 {
			t.Errorf("%s: got %v, want no files", name, files)
		}
	}
}

// A full disk is an error that says so, wherever it strikes, and leaves nothing visible.
func TestDiskFull(t *testing.T) {
	for name, opt := range outputs {
		mem := blob.Memory()
		opt.Name = func(i int) string { return fmt.Sprint("f", i) }
		for space := int64(1); space < 6000; space += 700 {
			w, err := NewWriter(t.Context(), blob.Faulty(mem, blob.Plan{Space: space}), opt)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 3000 {
				d := &stages.Document{ID: fmt.Sprint(i * i * 7919), Text: fmt.Sprint(i*i*31, i*i*i)}
				if err = w.Write(d); err != nil {
					break
				}
			}
			if err == nil {
				_, err = w.Commit()
			}
			if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "f0") {
				t.Errorf("%s, %d bytes: got %v, want no space left, and the file's name", name, space, err)
			}
			if err := w.Close(); err != nil {
				t.Error(err)
			}
			for e := range mem.List(t.Context(), "") {
				t.Errorf("%s: %s is visible", name, e.Name)
			}
		}
	}
}

func TestWriteOptions(t *testing.T) {
	for _, c := range []struct {
		opt  WriteOptions
		want string
	}{
		{WriteOptions{Format: WARC}, `format "warc" cannot be written`},
		{WriteOptions{Format: Parquet, Compression: Gzip}, "compresses its own pages"},
		{WriteOptions{Format: Parquet, Schema: &Schema{Columns: []Column{{"text", "string"}}}}, `column "text": the name is taken`},
		{WriteOptions{Format: Parquet, Schema: &Schema{Columns: []Column{{"a", "list<what>"}}}}, `column "a": column type "list<what>", byte 9: no type is spelled so`},
		{WriteOptions{Format: JSONL, Compression: "brotli"}, `unknown compression "brotli"`},
	} {
		c.opt.Name = func(int) string { return "f" }
		w, err := NewWriter(t.Context(), blob.Memory(), c.opt)
		if err == nil {
			err = w.Write(&stages.Document{})
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestTypes(t *testing.T) {
	for _, s := range []string{"string", "int8", "time[ms]", "timestamp[ns,utc]", "timestamp[us]", "decimal(38,0)", "list<list<json>>", "map<string,double>", `struct<"a b":int64,"\"":list<struct<"":bool>>>`} {
		ct, err := parseType(s)
		if err != nil || ct.String() != s {
			t.Errorf("%s: got %v, %v", s, ct, err)
		}
	}
	for _, s := range []string{"", "text", "int", "list", "list<>", "list<string", "list<string,string>", "map<string>", "time[s]", "decimal(39,1)", "decimal(5,6)", "string ", "struct<a:string>", strings.Repeat("list<", 40) + "string" + strings.Repeat(">", 40)} {
		if ct, err := parseType(s); err == nil {
			t.Errorf("%q: got %v, want an error", s, ct)
		}
	}
	for _, c := range [][3]string{
		{"string", "string", "string"},
		{"int32", "int64", "int64"},
		{"int8", "uint8", "int64"},
		{"int64", "uint64", "json"},
		{"uint16", "uint32", "uint32"},
		{"int64", "float", "double"},
		{"float", "double", "double"},
		{"string", "int8", "json"},
		{"list<string>", "list<json>", "json"},
	} {
		for range 2 {
			got, err := Merge([]Column{{"a", c[0]}, {"b", "bool"}}, []Column{{"a", c[1]}})
			if err != nil || len(got) != 2 || got[0].Type != c[2] {
				t.Errorf("%s and %s: got %v, %v; want %s", c[0], c[1], got, err, c[2])
			}
			c[0], c[1] = c[1], c[0]
		}
	}
}
