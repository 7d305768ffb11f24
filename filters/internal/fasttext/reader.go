package fasttext

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// errShort says that a size in the file promises more than the file holds.
var errShort = errors.New("the file ends too early or a size in it is wrong")

// A reader cuts the file's bytes from the front. The first error stays; everything read after it is zero.
type reader struct {
	b   []byte
	err error
}

// bytes returns the next n bytes without copying.
func (r *reader) bytes(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n < 0 || n > len(r.b) {
		r.err = fmt.Errorf("%w: %d bytes wanted, %d left", errShort, n, len(r.b))
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

// items returns the next n items of size bytes each; it is careful with products that overflow.
func (r *reader) items(n, size int) []byte {
	if r.err == nil && (n < 0 || size < 0 || size > 0 && n > len(r.b)/size) {
		r.err = fmt.Errorf("%w: %d × %d bytes wanted, %d left", errShort, n, size, len(r.b))
	}
	if r.err != nil {
		return nil
	}
	return r.bytes(n * size)
}

func (r *reader) int32() int {
	b := r.bytes(4)
	if b == nil {
		return 0
	}
	return int(int32(binary.LittleEndian.Uint32(b)))
}

func (r *reader) int64() int64 {
	b := r.bytes(8)
	if b == nil {
		return 0
	}
	return int64(binary.LittleEndian.Uint64(b))
}

func (r *reader) bool() bool {
	b := r.bytes(1)
	return b != nil && b[0] != 0
}

// floats reads n float32.
func (r *reader) floats(n int) []float32 {
	b := r.items(n, 4)
	if b == nil {
		return nil
	}
	x := make([]float32, n)
	for i := range x {
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return x
}

// word reads up to the next zero byte.
func (r *reader) word() []byte {
	if r.err != nil {
		return nil
	}
	n := bytes.IndexByte(r.b, 0)
	if n < 0 {
		r.err = fmt.Errorf("%w: a word without an end", errShort)
		return nil
	}
	w := r.bytes(n)
	r.bytes(1)
	return w
}
