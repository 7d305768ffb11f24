package shard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

// warcParts cuts a WARC file between records: a plain one, and one whose records lie in gzip members of their own, as crawlers write them. A file
// whose records have no ids of their own is not cut: they are numbered from its start.
func warcParts(ctx context.Context, obj blob.Object, name string, whole Part, target int64) ([]Part, error) {
	if target <= 0 || whole.Bytes <= target {
		return nil, nil
	}
	b, _, err := sample(ctx, obj, name, whole.Kind.Compression, 4<<10)
	head, _, _ := bytes.Cut(b, blankLine)
	if err != nil || !strings.Contains(strings.ToLower(string(head)), "\nwarc-record-id:") {
		return nil, err
	}
	find := nextPlainRecord
	if whole.Kind.Compression == Gzip {
		find = nextRecord
	}
	starts, err := borders(obj, whole, target, func(from int64) (int64, error) { return find(ctx, obj, name, from) })
	if err != nil {
		return nil, err
	}
	return between(obj, whole, starts), nil
}

// nextRecord returns where the first member at an offset or behind it starts that holds a record from its start; -1 where none is near.
func nextRecord(ctx context.Context, obj blob.Object, name string, from int64) (int64, error) {
	near := newInput(ctx, beginning{obj, min(obj.Size(), from+memberSearch)}, name)
	err := resync(near, from, gzipMagic, func(b []byte) bool {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return false
		}
		z.Multistream(false)
		magic := make([]byte, len(warcMagic))
		if _, err := io.ReadFull(z, magic); err != nil || string(magic) != warcMagic {
			return false
		}
		return decodes(z, len(b) == probe)
	})
	if err != nil {
		return 0, err
	}
	if near.off >= near.obj.Size() {
		return -1, nil
	}
	return near.pos(), nil
}

// nextPlainRecord returns where the first record at an offset or behind it starts in a plain WARC file; -1 where none is near. A page may hold
// records of its own, being a WARC file: a record is believed that no record of the 4 MiB before it reaches over, and behind which another one
// starts, or the file ends, as its length says.
func nextPlainRecord(ctx context.Context, obj blob.Object, name string, from int64) (int64, error) {
	start := max(0, from-memberSearch)
	b := make([]byte, min(obj.Size(), from+memberSearch)-start)
	n, err := obj.ReadAt(b, start)
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if n < len(b) {
		return 0, fmt.Errorf("read %s at byte %d: %w", name, start+int64(n), err)
	}
	covered := start // by the records found so far
	if end, ok := recordEnd(b, 0); ok && start == 0 {
		covered = end
	}
	for k := 0; ; k++ {
		j := bytes.Index(b[k:], recordStart)
		if j < 0 {
			return -1, nil
		}
		k += j
		at := start + int64(k+len(blankLine))
		end, ok := recordEnd(b[k+len(blankLine):], at)
		switch {
		case !ok:
		case at >= from && at >= covered && follows(obj, end):
			return at, nil
		default:
			covered = max(covered, end)
		}
	}
}

var (
	blankLine   = []byte("\r\n\r\n")
	recordStart = []byte("\r\n\r\nWARC/1.")
)

// recordEnd returns where a record ends that starts at an offset with b.
func recordEnd(b []byte, at int64) (int64, bool) {
	n := bytes.Index(b[:min(len(b), warcHeaderMax)], blankLine)
	if n < 0 || len(b) < 10 || b[7] < '0' || b[7] > '9' || b[8] != '\r' {
		return 0, false
	}
	n += len(blankLine)
	h := parseHeader(b[:n])
	size, err := strconv.ParseInt(h.Get("Content-Length"), 10, 63)
	if err != nil || size < 0 || h.Get("WARC-Type") == "" {
		return 0, false
	}
	return at + int64(n) + size, true
}

// follows says whether a record starts behind the end of another, or nothing.
func follows(obj blob.Object, end int64) bool {
	if end > obj.Size() {
		return false
	}
	next := make([]byte, len(blankLine)+len(warcMagic))
	n, err := obj.ReadAt(next, end)
	rest := bytes.TrimLeft(next[:n], "\r\n")
	return err == io.EOF && len(rest) == 0 || string(rest) == warcMagic
}

// numbered counts the records before the part, once: one of its own turned out to have no id.
func (w *warc) numbered() error {
	if w.first >= 0 {
		return nil
	}
	p := w.part
	p.Start, p.End, p.First = 0, p.Start, 0
	r := &Reader{in: newInput(w.r.in.ctx, w.r.in.obj, w.r.name), name: w.r.name, opt: w.r.opt}
	src, err := r.openWARC(p)
	if err != nil {
		return err
	}
	defer src.close()
	before := src.(*warc)
	for {
		_, err := before.next(new(stages.Document))
		var b *bad
		switch {
		case err == nil || errors.As(err, &b):
			continue
		case err != io.EOF:
			return &worldError{fmt.Errorf("count the records of %s before byte %d: %w", w.r.name, p.End, err)}
		}
		w.first = before.record
		w.record += w.first
		return nil
	}
}
