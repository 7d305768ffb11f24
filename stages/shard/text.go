package shard

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages"
)

// plainLines reads one document per line. Blank lines are none.
type plainLines struct {
	*lineReader
	label, source string
}

func (r *Reader) openPlainLines(p Part) (records, error) {
	l, err := r.openLines(p)
	if err != nil {
		return nil, err
	}
	t := &plainLines{lineReader: l, label: Label(r.name), source: r.opt.Source}
	if t.source == "" {
		t.source = t.label
	}
	return t, nil
}

func (t *plainLines) next(d *stages.Document) (Position, error) {
	line, at, err := t.line()
	if err != nil {
		return at, err
	}
	if k := len(line); k > 0 && line[k-1] == '\r' {
		line = line[:k-1]
	}
	if err := undecoded(line, t.charset); err != nil {
		return at, t.bad(at, err.Error(), line)
	}
	if !utf8.Valid(line) {
		return at, t.bad(at, fmt.Sprintf("byte %d: invalid UTF-8", validPrefix(line)), line)
	}
	n, err := t.number()
	if err != nil {
		return at, err
	}
	*d = stages.Document{ID: t.label + "#" + strconv.FormatInt(n, 10), Source: t.source, Text: view(line)}
	return at, nil
}

func (t *plainLines) bad(at Position, reason string, raw []byte) error {
	return &bad{Damage{Offset: at.Offset, Record: at.Record, Reason: reason, Raw: raw}}
}

// wholeText reads a file as one document.
type wholeText struct {
	r    *Reader
	src  io.ReadCloser
	done bool
}

func (r *Reader) openText(p Part) (records, error) {
	if r.opt.Encoding != "" {
		if _, err := ParseEncoding(r.opt.Encoding); err != nil {
			return nil, err
		}
	}
	src, err := r.decompress(p.Kind.Compression)
	if err != nil {
		return nil, err
	}
	return &wholeText{r: r, src: src}, nil
}

func (t *wholeText) close() error { return t.src.Close() }

// next reads the file. An empty file has no document. HTML stays as it is, marked for the stage that extracts its text.
func (t *wholeText) next(d *stages.Document) (Position, error) {
	if t.done {
		return Position{}, io.EOF
	}
	t.done = true
	limit := t.r.opt.maxRecord()
	data, err := io.ReadAll(io.LimitReader(t.src, limit+1))
	damage := func(reason string) error {
		return &bad{Damage{Reason: reason, Raw: data}}
	}
	var g *gap
	switch {
	case errors.As(err, &g):
		return Position{}, damage(g.reason)
	case err != nil:
		return Position{}, err
	case int64(len(data)) > limit:
		return Position{}, damage(fmt.Sprintf("the file decodes to more than the %d bytes that are allowed", limit))
	case len(data) == 0:
		return Position{}, io.EOF
	}
	kind := ""
	if isHTML(t.r.name, data) {
		kind = "text/html"
	}
	var text string
	if kind != "" && t.r.opt.Encoding == "" {
		text, err = pageOf(data, "")
	} else {
		text, err = textOf(data, t.r.opt.Encoding)
	}
	if err != nil {
		return Position{}, damage(err.Error())
	}
	label := Label(t.r.name)
	*d = stages.Document{ID: label, Source: t.r.opt.Source, Text: text}
	if d.Source == "" {
		d.Source = label
	}
	if kind != "" {
		d.Fields.SetText("content_type", kind)
	}
	return Position{}, nil
}

// isHTML goes by the name, and by the first bytes where it says nothing.
func isHTML(name string, b []byte) bool {
	if ext := path.Ext(Label(name)); ext == ".html" || ext == ".htm" {
		return true
	}
	b = bytes.TrimLeft(bytes.TrimPrefix(b, utf8BOM), " \t\r\n")
	b = bytes.ToLower(b[:min(len(b), 14)])
	return bytes.HasPrefix(b, []byte("<!doctype html")) || bytes.HasPrefix(b, []byte("<html"))
}
