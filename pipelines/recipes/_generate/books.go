package main

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
)

// A book is a row of books.parquet: typed columns that a run must carry through.
type book struct {
	ID        string    `parquet:"id"`
	Text      string    `parquet:"text"`
	Source    string    `parquet:"source,dict"`
	Lang      string    `parquet:"lang,dict,optional"`
	Author    string    `parquet:"author,optional"`
	Licence   string    `parquet:"licence,dict"`
	Part      int32     `parquet:"part"`
	Length    int64     `parquet:"length"`
	Weight    float64   `parquet:"weight"`
	Scanned   bool      `parquet:"scanned"`
	Published time.Time `parquet:"published,timestamp(millisecond)"`
	Tags      []string  `parquet:"tags,list"`
}

// books holds chapters in some 45 languages, the declaration in further ones, and Chinese poems.
func books(from string) ([]byte, int, error) {
	rows, err := chapters(from)
	if err != nil {
		return nil, 0, err
	}
	rights, err := udhr(from)
	if err != nil {
		return nil, 0, err
	}
	for _, r := range every(where(rights, func(r row) bool { return !contains(udhrWeb, r.Language) }), 60) {
		r.Text = excerpt(r.Text, 2000)
		rows = append(rows, r)
	}
	poems, err := corpus(from, "zh-poetry")
	if err != nil {
		return nil, 0, err
	}
	long := where(poems, func(r row) bool { n := utf8.RuneCountInString(r.Text); return n > 120 && n < 600 })
	short := where(poems, func(r row) bool { return utf8.RuneCountInString(r.Text) < 40 })
	rows = append(rows, every(long, 180)...)
	rows = append(rows, every(short, 40)...)

	var b bytes.Buffer
	w := parquet.NewGenericWriter[book](&b, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(150))
	start := time.Date(1611, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, r := range rows {
		_, err := w.Write([]book{{
			ID: r.ID, Text: r.Text, Source: r.Source, Lang: r.Language, Author: r.Author, Licence: r.Licence,
			Part: int32(i % 7), Length: int64(utf8.RuneCountInString(r.Text)), Weight: 1 / float64(1+i%5), Scanned: i%3 == 0,
			Published: start.AddDate(0, 0, 97*i), Tags: []string{r.Source, "quickstart"},
		}})
		if err != nil {
			return nil, 0, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, 0, err
	}
	return b.Bytes(), len(rows), nil
}

// chapters takes three chapters of each translation.
func chapters(from string) ([]row, error) {
	bible, err := corpus(from, "bible")
	if err != nil {
		return nil, err
	}
	var rows []row
	n := map[string]int{}
	for _, r := range bible {
		translation, _, _ := strings.Cut(r.ID, "#")
		if n[translation]++; n[translation]%13 == 5 && n[translation] < 40 {
			r.Text = excerpt(r.Text, 2000)
			rows = append(rows, r)
		}
	}
	return rows, nil
}
