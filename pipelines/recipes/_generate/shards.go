package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// jsonLines spells rows as JSON Lines.
func jsonLines(rows []row) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, r := range rows {
		if err := e.Encode(r); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

func gzipped(data []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// web holds Common Crawl documents, texts with invented personal data, and junk, some of it many times.
func web(from string) ([]byte, int, error) {
	rows, err := dolma(from)
	if err != nil {
		return nil, 0, err
	}
	for i := range rows {
		rows[i].Text, rows[i].Source = excerpt(rows[i].Text, 6000), "web"
		rows[i].Licence = "Apache-2.0"
	}
	shakespeare, err := plays(from)
	if err != nil {
		return nil, 0, err
	}
	rows = append(rows, shakespeare...)
	rows = append(rows, letters()...)
	rows = append(rows, junk()...)
	rows = append(rows, rows[3], rows[8], rows[14]) // crawled twice
	data, err := jsonLines(rows)
	if err != nil {
		return nil, 0, err
	}
	data, err = gzipped(data)
	return data, len(rows), err
}

// cutOff is a file whose upload broke: the last quarter of its bytes is missing.
func cutOff(from string) ([]byte, int, error) {
	peps, err := corpus(from, "peps")
	if err != nil {
		return nil, 0, err
	}
	peps = every(where(peps, func(r row) bool { return len(r.Text) > 3000 && strings.Contains(r.ID, "/pep-") }), 100)
	for i := range peps {
		_, body, _ := strings.Cut(peps[i].Text, "\n\n") // without the header, which names people
		peps[i].Text = excerpt(strings.TrimSpace(body), 3000)
	}
	data, err := jsonLines(peps)
	if err != nil {
		return nil, 0, err
	}
	if data, err = gzipped(data); err != nil {
		return nil, 0, err
	}
	return data[:len(data)*3/4], len(peps) * 3 / 4, nil
}

// docs holds manuals in versions that differ by a few lines: near-duplicates as they are found in the wild.
func docs(from string) ([]byte, int, error) {
	shell, err := corpus(from, "powershell-docs")
	if err != nil {
		return nil, 0, err
	}
	byPage := map[string][]row{}
	for _, r := range shell {
		if parts := strings.SplitN(r.ID, "/", 4); len(parts) == 4 && len(r.Text) > 2000 {
			byPage[parts[3]] = append(byPage[parts[3]], r)
		}
	}
	var pages []string
	for page, versions := range byPage {
		if len(versions) >= 4 {
			pages = append(pages, page)
		}
	}
	sort.Strings(pages)
	if len(pages) < 50 {
		return nil, 0, fmt.Errorf("%d pages in four versions, want 50", len(pages))
	}
	var rows []row
	for i := range 50 {
		rows = append(rows, byPage[pages[i*len(pages)/50]]...)
	}
	book, err := corpus(from, "rust-book")
	if err != nil {
		return nil, 0, err
	}
	rows = append(rows, every(where(book, func(r row) bool { return len(r.Text) > 2000 && strings.Contains(r.ID, "/ch") }), 90)...)
	for i := range rows {
		rows[i].Text = excerpt(rows[i].Text, 3500)
	}
	data, err := jsonLines(rows)
	if err != nil {
		return nil, 0, err
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		return nil, 0, err
	}
	return z.EncodeAll(data, nil), len(rows), nil
}
