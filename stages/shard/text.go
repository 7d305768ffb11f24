package shard

import (
	"fmt"
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
