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
	// Bytes for plain JSONL, lines and WARC: the part has the records that start in [Start, End). Bytes of the file for gzip members and zstd frames: the
	// part has the WARC records that start in them, and the lines that start behind the first byte of the first, up to the first byte of the next part's.
	// Row groups for Parquet.
	Start int64 `json:"start"`
	End   int64 `json:"end"`
	Base  int64 `json:"base,omitempty"` // decoded bytes of lines before Start; -1 where they were not counted
	First int64 `json:"first"`          // number of the first record; -1 where it was not counted
	Bytes int64 `json:"bytes"`          // of decoded records, estimated
}

// Parts cuts a file into parts of about target decoded bytes each: plain JSONL and lines anywhere, compressed ones between gzip members or zstd frames,
// Parquet between row groups, WARC between records, which in gzip start their members. Any other file is one part, and so is one whose members are
// large: the next is looked for in the 4 MiB behind a border. The cut depends on the file and target alone. Where records of lines have no id of
// their own, their numbers are counted here, in one pass over the file.
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
	whole := Part{Kind: kind, End: obj.Size()}
	var err error
	if whole.Bytes, err = estimate(ctx, obj, name, kind); err != nil {
		return nil, err
	}
	if kind.Format == WARC && kind.Compression != Zstd {
		parts, err := warcParts(ctx, obj, name, whole, target)
		if err != nil || parts != nil {
			return parts, err
		}
	}
	if kind.Format != JSONL && kind.Format != Lines {
		return []Part{whole}, nil
	}
	if whole.Charset, err = charsetOfLines(ctx, obj, name, kind, opt); err != nil {
		return nil, err
	}
	if whole.Charset != "" || target <= 0 || whole.Bytes <= target {
		return []Part{whole}, nil
	}
	if kind.Compression != Plain {
		return memberParts(ctx, obj, name, whole, target, opt)
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
	if ids, err := hasIDs(ctx, obj, name, kind, opt); ids || err != nil {
		return parts, err
	}
	if err := numberParts(ctx, obj, name, parts); err != nil {
		return nil, err
	}
	return parts, nil
}

// hasIDs says whether the first record has an id.
func hasIDs(ctx context.Context, obj blob.Object, name string, k Kind, opt Options) (bool, error) {
	if k.Format != JSONL {
		return false, nil
	}
	head, _, err := sample(ctx, obj, name, k.Compression, 1<<20)
	if err != nil {
		return false, err
	}
	line, _, _ := bytes.Cut(bytes.TrimPrefix(head, utf8BOM), []byte("\n"))
	var s scanner
	ms, _ := s.object(line, nil)
	id := opt.ID
	if id == "" {
		id = "id"
	}
	for i := range ms {
		if ms[i].decodedName() == id {
			return ms[i].raw[0] != 'n', nil
		}
	}
	return false, nil
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
