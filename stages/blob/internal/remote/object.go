package remote

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"
	"sync/atomic"
)

// Sizes of what is asked for at a time. A read here and there asks for a small block, so that headers and footers come cheap; reading on
// from front to back asks for large ones, and for the next ones before they are needed.
const (
	Small  = 256 << 10 // bytes
	Large  = 4 << 20   // bytes
	ahead  = 2         // large blocks asked for before they are needed
	blocks = 2 + ahead // that one object keeps
	budget = 192 << 20 // bytes that all objects of the process may keep; beyond it they ask for what they need
)

// held is what the blocks of all objects take.
var held atomic.Int64

// An Object reads remote bytes in blocks. It implements blob.Object.
type Object struct {
	name    string
	size    int64
	version string
	fetch   func(ctx context.Context, p []byte, off int64) error // fills p
	ctx     context.Context
	end     context.CancelFunc

	mu     sync.Mutex
	kept   []*block // the last used one at the end
	next   int64    // where a reader from front to back reads next
	closed bool
}

type block struct {
	at    int64
	data  []byte
	ready chan struct{}
	err   error
}

// NewObject returns an object of size bytes, of which the first are known. fetch fills a slice with the bytes at an offset, or fails.
func NewObject(ctx context.Context, name string, size int64, version string, first []byte, fetch func(context.Context, []byte, int64) error) *Object {
	ctx, end := context.WithCancel(ctx)
	o := &Object{name: name, size: size, version: version, fetch: fetch, ctx: ctx, end: end}
	if len(first) > 0 {
		b := &block{data: first, ready: make(chan struct{})}
		close(b.ready)
		held.Add(int64(len(first)))
		o.kept = []*block{b}
	}
	return o
}

// Size implements blob.Object.
func (o *Object) Size() int64 { return o.size }

// Version is what a listing calls the version that is read.
func (o *Object) Version() string { return o.version }

// Close ends the requests on their way.
func (o *Object) Close() error {
	o.mu.Lock()
	o.closed = true
	for len(o.kept) > 0 {
		o.drop(o.kept[0])
	}
	o.mu.Unlock()
	o.end()
	return nil
}

// ReadAt implements [io.ReaderAt].
func (o *Object) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("read %s at %d: %w", o.name, off, fs.ErrInvalid)
	}
	n := 0
	for n < len(p) {
		at := off + int64(n)
		if at >= o.size {
			return n, io.EOF
		}
		b, err := o.block(at, len(p)-n)
		if err != nil {
			return n, err
		}
		select {
		case <-b.ready:
		case <-o.ctx.Done():
			return n, context.Cause(o.ctx)
		}
		if b.err != nil {
			return n, b.err
		}
		k := copy(p[n:], b.data[at-b.at:])
		n += k
		o.went(at, at+int64(k))
	}
	return n, nil
}

// went notes that a reader has come from one offset to another.
func (o *Object) went(from, to int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if from <= o.next && o.next < to || from == o.next {
		o.next = to
	}
}

// block returns the block that holds an offset, and asks for those behind it if the reader goes from front to back.
func (o *Object) block(at int64, want int) (*block, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return nil, fmt.Errorf("read %s: %w", o.name, fs.ErrClosed)
	}
	onward := at == o.next
	b := o.find(at)
	if b == nil {
		size := int64(max(want, Small))
		if onward && at > 0 && held.Load() < budget {
			size = max(size, Large)
		}
		if !onward {
			o.next = at // a reader who begins in the middle may read on from there
		}
		b = o.ask(at, size)
	}
	if onward && at > 0 && held.Load() < budget {
		for k, to := 0, b.at+int64(len(b.data)); k < ahead && to < o.size; k++ {
			nb := o.find(to)
			if nb == nil {
				nb = o.ask(to, Large)
				o.use(b)
			}
			to = nb.at + int64(len(nb.data))
		}
	}
	return b, nil
}

// find returns the block that holds an offset, if there is one.
func (o *Object) find(at int64) *block {
	for _, b := range o.kept {
		if b.at <= at && at < b.at+int64(len(b.data)) {
			select {
			case <-b.ready:
				if b.err != nil {
					o.drop(b)
					return nil // asked for again
				}
			default:
			}
			o.use(b)
			return b
		}
	}
	return nil
}

// drop forgets a block.
func (o *Object) drop(b *block) {
	o.kept = slices.DeleteFunc(o.kept, func(k *block) bool { return k == b })
	held.Add(-int64(len(b.data)))
}

// use makes a block the last that goes.
func (o *Object) use(b *block) {
	o.kept = slices.DeleteFunc(o.kept, func(k *block) bool { return k == b })
	o.kept = append(o.kept, b)
}

// ask starts to fetch a block.
func (o *Object) ask(at, size int64) *block {
	b := &block{at: at, data: make([]byte, min(size, o.size-at)), ready: make(chan struct{})}
	if len(o.kept) >= blocks {
		o.drop(o.kept[0])
	}
	held.Add(int64(len(b.data)))
	o.kept = append(o.kept, b)
	go func() {
		defer close(b.ready)
		b.err = o.fetch(o.ctx, b.data, at)
	}()
	return b
}
