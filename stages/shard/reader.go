package shard

import (
	"context"
	"fmt"
	"io"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

// A Reader reads the documents of one part of one file. It belongs to one goroutine; Bytes may be called from any.
type Reader struct {
	in      *input
	name    string
	opt     Options
	src     records
	where   []Position
	skipped int64
}

// records is what a format must do.
type records interface {
	// next fills d. A *bad error is a damaged record; io.EOF is the end; any other error is the world's.
	next(d *stages.Document) (Position, error)
	close() error
}

// A bad error reports damage.
type bad struct{ Damage }

func (b *bad) Error() string { return b.Reason }

// Open starts to read a part of a file, which [Parts] has made; the zero Part is the whole file. It keeps obj, and closes it with the
// reader; on an error obj is the caller's still. name is the input's name, as it appears in ids and reports.
func Open(ctx context.Context, obj blob.Object, name string, part Part, opt Options) (*Reader, error) {
	r := &Reader{in: newInput(ctx, obj, name), name: name, opt: opt}
	if part.Kind.Format == "" {
		parts, err := Parts(ctx, obj, name, 0, opt)
		if err != nil {
			return nil, err
		}
		part = parts[0]
	}
	var err error
	if r.src, err = r.open(part); err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return r, nil
}

// Read fills docs from the front and returns how many it has filled; at the end 0 and io.EOF. Any other error is the world's. The strings and
// fields of a document share memory with its neighbours in the file: whoever keeps a small string for long should clone it, or
// it holds 256 KiB or more.
func (r *Reader) Read(docs []stages.Document) (int, error) {
	r.where = r.where[:0]
	n := 0
	for n < len(docs) {
		at, err := r.src.next(&docs[n])
		if err == nil {
			r.where = append(r.where, at)
			n++
			continue
		}
		if b, ok := err.(*bad); ok {
			r.damaged(b.Damage)
			continue
		}
		docs[n] = stages.Document{}
		if err == io.EOF && n > 0 {
			return n, nil
		}
		return n, err
	}
	return n, nil
}

func (r *Reader) damaged(d Damage) {
	if r.opt.Damaged == nil {
		return
	}
	d.File = r.name
	if len(d.Raw) > maxRaw {
		d.Raw = d.Raw[:maxRaw]
	}
	r.opt.Damaged(d)
}

// Positions says where the documents of the last Read stood. It is valid until the next.
func (r *Reader) Positions() []Position { return r.where }

// Bytes returns how many bytes of the file have been read: progress.
func (r *Reader) Bytes() int64 { return max(0, r.in.read.Load()-r.in.from) }

// Skipped returns how many records were left out because they are no text by design: WARC requests, images, redirects.
func (r *Reader) Skipped() int64 { return r.skipped }

// Close ends reading and closes the object.
func (r *Reader) Close() error {
	err := r.src.close()
	if cerr := r.in.obj.Close(); err == nil {
		err = cerr
	}
	return err
}
