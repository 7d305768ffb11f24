package shard

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/winnow-data/winnow/stages/blob"
)

// An input reads an object from front to back, counts, and remembers when the world failed, so that a connection that broke is
// never taken for a file that is cut short.
type input struct {
	ctx  context.Context
	obj  blob.Object
	name string
	off  int64         // of the next read
	buf  *bufio.Reader // over this input, for decompressors; nil until used
	err  error         // of the world
	read atomic.Int64  // how far reading has come
	from int64         // where it began
}

func newInput(ctx context.Context, obj blob.Object, name string) *input {
	return &input{ctx: ctx, obj: obj, name: name}
}

// buffered returns the reader that decompressors take bytes from.
func (in *input) buffered() *bufio.Reader {
	if in.buf == nil {
		in.buf = bufio.NewReaderSize(in, 64<<10)
	}
	return in.buf
}

// pos returns the offset of the next byte of buffered.
func (in *input) pos() int64 { return in.off - int64(in.buffered().Buffered()) }

// start goes to the offset at which a part begins.
func (in *input) start(off int64) {
	in.seek(off)
	in.from = off
}

// seek goes to an offset.
func (in *input) seek(off int64) {
	in.off = off
	if in.buf != nil {
		in.buf.Reset(in)
	}
}

// Read implements [io.Reader].
func (in *input) Read(p []byte) (int, error) {
	if in.err != nil {
		return 0, in.err
	}
	if err := in.ctx.Err(); err != nil {
		in.err = err
		return 0, err
	}
	left := in.obj.Size() - in.off
	if left <= 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), left)]
	n, err := in.obj.ReadAt(p, in.off)
	in.off += int64(n)
	if in.off > in.read.Load() {
		in.read.Store(in.off)
	}
	if n < len(p) {
		if err == io.EOF {
			err = errors.New("the file has become shorter while it is read")
		}
		in.err = fmt.Errorf("read %s at byte %d: %w", in.name, in.off, err)
		if n == 0 {
			return 0, in.err
		}
	}
	return n, nil
}

// A gap is a stretch of a file that could not be decoded. Reading goes on behind it.
type gap struct {
	offset int64
	reason string
}

func (g *gap) Error() string { return g.reason }
