package s3

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"sync"

	"github.com/minio/minio-go/v7"

	"github.com/winnow-data/winnow/stages/blob"
)

// atOnce is how many parts of one object travel at a time.
const atOnce = 2

// parts holds buffers of PartSize.
var parts = sync.Pool{New: func() any { b := make([]byte, 0, PartSize); return &b }}

// writer writes one object: what fits into one part as one PUT, more as a multipart upload that begins with the first full part.
type writer struct {
	ctx  context.Context
	s    *Store
	name string
	buf  *[]byte // nil: empty
	id   string  // of the upload; "" before it begins
	n    int     // parts sent off
	slot chan struct{}
	wg   sync.WaitGroup
	done bool

	mu   sync.Mutex
	sent []minio.CompletePart // by number
	err  error
}

// Create implements [blob.Store]. Nothing is sent before the first part is full.
func (s *Store) Create(ctx context.Context, name string) (blob.Writer, error) {
	if err := errors.Join(blob.CheckName("create", name), ctx.Err()); err != nil {
		return nil, err
	}
	return &writer{ctx: ctx, s: s, name: name, slot: make(chan struct{}, atOnce)}, nil
}

// Write implements [io.Writer].
func (w *writer) Write(p []byte) (int, error) {
	if w.done {
		return 0, fmt.Errorf("write %s: %w", w.s.where(w.name), fs.ErrClosed)
	}
	n := 0
	for len(p) > 0 {
		if w.buf == nil {
			w.buf = parts.Get().(*[]byte)
		}
		k := min(len(p), PartSize-len(*w.buf))
		*w.buf = append(*w.buf, p[:k]...)
		n, p = n+k, p[k:]
		if len(*w.buf) == PartSize {
			if err := w.send(); err != nil {
				return n, err
			}
		}
	}
	return n, w.ctx.Err()
}

// send sends the part off that is full.
func (w *writer) send() error {
	if err := w.failed(); err != nil {
		return err
	}
	if w.id == "" {
		opt := minio.PutObjectOptions{UserMetadata: map[string]string{"x-amz-checksum-algorithm": "CRC32C"}}
		err := w.s.do(w.ctx, "begin", w.name, func(ctx context.Context) (err error) {
			w.id, err = w.s.c.core.NewMultipartUpload(ctx, w.s.bucket, w.s.prefix+w.name, opt)
			return err
		})
		if err != nil {
			return err
		}
	}
	select {
	case w.slot <- struct{}{}:
	case <-w.ctx.Done():
		return w.ctx.Err()
	}
	w.n++
	number, buf := w.n, w.buf
	w.buf = nil
	w.wg.Go(func() {
		defer func() { <-w.slot }()
		part, err := w.upload(number, *buf)
		*buf = (*buf)[:0]
		parts.Put(buf)
		w.mu.Lock()
		defer w.mu.Unlock()
		for len(w.sent) < number {
			w.sent = append(w.sent, minio.CompletePart{})
		}
		w.sent[number-1] = part
		if w.err == nil {
			w.err = err
		}
	})
	return nil
}

// upload sends one part.
func (w *writer) upload(number int, data []byte) (part minio.CompletePart, err error) {
	sum := crc(data)
	err = w.s.do(w.ctx, "write", w.name, func(ctx context.Context) error {
		got, err := w.s.c.core.PutObjectPart(ctx, w.s.bucket, w.s.prefix+w.name, w.id, number, w.s.c.reader(data), int64(len(data)),
			minio.PutObjectPartOptions{CustomHeader: http.Header{http.CanonicalHeaderKey(crcHeader): {sum}}})
		if err != nil {
			return err
		}
		part = minio.CompletePart{PartNumber: number, ETag: got.ETag, ChecksumCRC32C: got.ChecksumCRC32C}
		if part.ChecksumCRC32C != "" && part.ChecksumCRC32C != sum {
			return fmt.Errorf("part %d of %s: the store has CRC32C %s, %s was sent", number, w.s.where(w.name), part.ChecksumCRC32C, sum)
		}
		return nil
	})
	return part, err
}

func (w *writer) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Commit implements [blob.Writer].
func (w *writer) Commit() error {
	where := w.s.where(w.name)
	if w.done {
		return fmt.Errorf("commit %s: %w", where, fs.ErrClosed)
	}
	if err := w.ctx.Err(); err != nil {
		return fmt.Errorf("commit %s: %w", where, err)
	}
	if w.id == "" {
		var data []byte
		if w.buf != nil {
			data = *w.buf
		}
		err := w.s.do(w.ctx, "write", w.name, func(ctx context.Context) error {
			return w.s.put(ctx, w.name, data, minio.PutObjectOptions{})
		})
		if err == nil {
			w.free()
		}
		return err
	}
	if w.buf != nil && len(*w.buf) > 0 {
		if err := w.send(); err != nil {
			return err
		}
	}
	w.wg.Wait()
	if err := w.failed(); err != nil {
		return err
	}
	if err := w.complete(); err != nil {
		return err
	}
	w.free()
	return nil
}

// complete makes an upload an object. Where an answer was lost, the upload is gone the second time, and the object is looked at.
func (w *writer) complete() error {
	tries := 0
	return w.s.do(w.ctx, "commit", w.name, func(ctx context.Context) error {
		tries++
		_, err := w.s.c.core.CompleteMultipartUpload(ctx, w.s.bucket, w.s.prefix+w.name, w.id, w.sent, minio.PutObjectOptions{})
		if tries > 1 && code(err) == minio.NoSuchUpload && w.there(ctx) {
			return nil
		}
		return err
	})
}

// there says whether the object that this writer wrote stands under its name.
func (w *writer) there(ctx context.Context) bool {
	e, err := w.s.Stat(ctx, w.name)
	return err == nil && e.Version == multipartETag(w.sent)
}

// free gives up the buffer and ends the writer.
func (w *writer) free() {
	w.done = true
	if w.buf != nil {
		*w.buf = (*w.buf)[:0]
		parts.Put(w.buf)
		w.buf = nil
	}
}

// Close implements [blob.Writer].
func (w *writer) Close() error {
	if w.done {
		return nil
	}
	w.wg.Wait()
	w.free()
	if w.id == "" {
		return nil
	}
	// The context may have ended, which is often why nothing was committed.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), abandon)
	defer cancel()
	err := w.s.do(ctx, "drop", w.name, func(ctx context.Context) error {
		return w.s.c.core.AbortMultipartUpload(ctx, w.s.bucket, w.s.prefix+w.name, w.id)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
