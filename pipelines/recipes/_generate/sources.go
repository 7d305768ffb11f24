package main

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A row is a document on its way into a shard.
type row struct {
	ID       string `json:"id"`
	Text     string `json:"text"`
	Source   string `json:"source,omitempty"`
	URL      string `json:"url,omitempty"`
	Author   string `json:"author,omitempty"`
	Language string `json:"lang,omitempty"` // as its publisher says
	Licence  string `json:"licence,omitempty"`
}

// corpus reads one file of the corpus.
func corpus(from, name string) ([]row, error) {
	f, err := os.Open(filepath.Join(from, "corpus", name+".jsonl.zst"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	return readRows(z)
}

func readRows(r io.Reader) ([]row, error) {
	var rows []row
	in := bufio.NewScanner(r)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var line struct {
			row
			Language string `json:"language"`
		}
		if err := json.Unmarshal(in.Bytes(), &line); err != nil {
			return nil, err
		}
		line.row.Language = line.Language
		rows = append(rows, line.row)
	}
	return rows, in.Err()
}

// dolma reads Common Crawl documents.
func dolma(from string) ([]row, error) {
	var rows []row
	for _, name := range []string{"cc_en_head-0091.jsonl.gz", "cc_en_head-0174.jsonl.gz"} {
		data, err := gunzip(filepath.Join(from, "web/dolma", name))
		if err != nil {
			return nil, err
		}
		some, err := readRows(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		rows = append(rows, some...)
	}
	data, err := gunzip(filepath.Join(from, "web/dolma/provided-and-expected.tar.gz"))
	if err != nil {
		return nil, err
	}
	for t := tar.NewReader(bytes.NewReader(data)); ; {
		h, err := t.Next()
		if err != nil {
			return nil, fmt.Errorf("dolma documents: %w", err)
		}
		if path.Clean(h.Name) != "provided/documents/000.json.gz" {
			continue
		}
		z, err := gzip.NewReader(t)
		if err != nil {
			return nil, err
		}
		some, err := readRows(z)
		return append(rows, some...), err
	}
}

func gunzip(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// udhr reads the Universal Declaration of Human Rights in all its languages, sorted by name, without the indentation.
func udhr(from string) ([]row, error) {
	z, err := zip.OpenReader(filepath.Join(from, "langid/udhr2.zip"))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	var rows []row
	for _, f := range z.File {
		code, ok := strings.CutSuffix(path.Base(f.Name), ".txt")
		if !ok {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		lines := strings.Split(string(data), "\n")
		for i, l := range lines {
			lines[i] = strings.TrimSpace(l)
		}
		rows = append(rows, row{
			ID: "udhr/" + code, Text: strings.TrimSpace(strings.Join(lines, "\n")), Source: "udhr", Language: code, Licence: "public domain",
		})
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].ID < rows[j].ID })
	return rows, nil
}

// excerpt cuts text at the last line end within max bytes, or at the last space where a line is longer.
func excerpt(text string, max int) string {
	if len(text) <= max {
		return text
	}
	cut := text[:max]
	if i := strings.LastIndexByte(cut, '\n'); i > max/2 {
		return cut[:i]
	}
	if i := strings.LastIndexByte(cut, ' '); i > max/2 {
		return cut[:i]
	}
	return strings.ToValidUTF8(cut, "")
}

// every returns n rows spread evenly over rows.
func every(rows []row, n int) []row {
	if n >= len(rows) {
		return rows
	}
	out := make([]row, n)
	for i := range out {
		out[i] = rows[i*len(rows)/n]
	}
	return out
}

// where returns the rows for which keep holds.
func where(rows []row, keep func(row) bool) []row {
	var out []row
	for _, r := range rows {
		if keep(r) {
			out = append(out, r)
		}
	}
	return out
}
