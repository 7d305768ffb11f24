package shard

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/winnow-data/winnow/stages/blob"
)

// A Part is what one task reads of one file.
type Part struct {
	Kind    Kind   `json:"kind"`
	Charset string `json:"charset,omitempty"` // of a file of lines; "" for UTF-8
	// Bytes for plain JSONL and lines: the part has the lines that start in [Start, End). For WARC of many gzip members those that start there. Row groups for
	// Parquet.
	Start int64 `json:"start"`
	End   int64 `json:"end"`
	First int64 `json:"first"` // number of the first record; -1 where it was not counted
	Bytes int64 `json:"bytes"` // of decoded records, estimated
}

// Parts cuts a file into parts of about target decoded bytes each: plain JSONL and lines anywhere, Parquet between row groups, WARC of a
// gzip member for each record between members. Any other file is one part. The cut depends on the file and target alone. Where records have no id of their own, their numbers are
// counted here, in one pass over the file.
func Parts(ctx context.Context, obj blob.Object, name string, target int64, opt Options) ([]Part, error) {
	kind := opt.Kind
	if kind.Format == "" {
		var err error
		if kind, err = Detect(ctx, obj, name); err != nil {
			return nil, err
		}
	}
	if kind.Format == Parquet {
		return parquetParts(ctx, obj, name, target, opt)
	}
	whole := Part{Kind: kind, End: obj.Size(), Bytes: estimate(ctx, obj, kind)}
	if kind.Format == WARC && kind.Compression == Gzip {
		parts, err := memberParts(ctx, obj, name, whole, target)
		if err != nil || parts != nil {
			return parts, err
		}
	}
	if kind.Format != JSONL && kind.Format != Lines {
		return []Part{whole}, nil
	}
	var err error
	if whole.Charset, err = charsetOfLines(ctx, obj, name, kind, opt); err != nil {
		return nil, err
	}
	if kind.Compression != Plain || whole.Charset != "" || target <= 0 || obj.Size() <= target {
		return []Part{whole}, nil
	}
	n := (obj.Size() + target - 1) / target
	parts := make([]Part, n)
	for i := range n {
		parts[i] = whole
		parts[i].Start, parts[i].End = obj.Size()*i/n, obj.Size()*(i+1)/n
		parts[i].Bytes = parts[i].End - parts[i].Start
		if i > 0 {
			parts[i].First = -1
		}
	}
	if kind.Format == JSONL && hasIDs(obj, opt) {
		return parts, nil
	}
	if err := numberParts(ctx, obj, name, parts); err != nil {
		return nil, err
	}
	return parts, nil
}

// hasIDs says whether the first record has an id.
func hasIDs(obj blob.Object, opt Options) bool {
	head := make([]byte, min(obj.Size(), 1<<20))
	n, _ := obj.ReadAt(head, 0)
	line, _, _ := bytes.Cut(bytes.TrimPrefix(head[:n], utf8BOM), []byte("\n"))
	var s scanner
	ms, _ := s.object(line, nil)
	id := opt.ID
	if id == "" {
		id = "id"
	}
	for i := range ms {
		if ms[i].decodedName() == id {
			return ms[i].raw[0] != 'n'
		}
	}
	return false
}

// numberParts counts the records before each part.
func numberParts(ctx context.Context, obj blob.Object, name string, parts []Part) error {
	in := newInput(ctx, obj, name)
	c := counter{blank: true}
	buf := make([]byte, blockSize)
	for i := range parts {
		// The part starts behind the first line end at or after Start-1.
		for in.off < parts[i].Start {
			n, err := in.Read(buf[:min(int64(len(buf)), parts[i].Start-in.off)])
			if err != nil {
				return err
			}
			c.add(buf[:n])
		}
		parts[i].First = c.started()
	}
	return nil
}

// A counter counts records: lines that are not blank.
type counter struct {
	n     int64 // lines that ended and were not blank
	blank bool  // the line being read has been blank so far
}

func (c *counter) add(b []byte) {
	for len(b) > 0 {
		k := bytes.IndexByte(b, '\n')
		line := b
		if k >= 0 {
			line, b = b[:k], b[k+1:]
		} else {
			b = nil
		}
		if c.blank {
			c.blank = isBlank(line)
		}
		if k >= 0 {
			if !c.blank {
				c.n++
			}
			c.blank = true
		}
	}
}

// started returns the number of records that have started: a line cut here belongs to what came before.
func (c *counter) started() int64 {
	if c.blank {
		return c.n
	}
	return c.n + 1
}

func isBlank(line []byte) bool { return space(line, 0) == len(line) }

// count returns the number of records that start before offset start.
func count(ctx context.Context, obj blob.Object, name string, start int64) (int64, error) {
	parts := []Part{{Start: start}}
	if err := numberParts(ctx, obj, name, parts); err != nil && err != io.EOF {
		return 0, fmt.Errorf("count the records of %s before byte %d: %w", name, start, err)
	}
	return parts[0].First, nil
}
