package gguf

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/winnow-data/winnow/inference/tensor"
)

// A Pair is a metadata key with its value: string, bool, any sized integer or float, or a slice of one of string, bool, int32, uint32, float32.
type Pair struct {
	Key   string
	Value any
}

// A Source is a tensor to be written. Rows gives the values of rows [from, to), one after the other; it is called from many goroutines
// at once, in any order.
type Source struct {
	Name  string
	Type  tensor.Type // one that encodes
	Shape []int       // rows first
	Rows  func(from, to int, dst []float32)
}

// A Writer writes GGUF version 3. It holds a few megabytes per thread, however large the file is.
type Writer struct {
	Meta    []Pair
	Tensors []Source
	Threads int // 0: one per CPU
}

// WriteFile writes the file beside its name and renames it when it is complete. Its bytes don't depend on Threads.
func (w *Writer) WriteFile(ctx context.Context, path string) error {
	head, offsets, err := w.head()
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.partial")
	if err != nil {
		return err
	}
	err = w.write(ctx, f, head, offsets)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	return nil
}

func (w *Writer) write(ctx context.Context, f *os.File, head []byte, offsets []int64) error {
	if _, err := f.Write(head); err != nil {
		return err
	}
	if err := w.data(ctx, f, offsets); err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o644), f.Sync())
}

// head returns everything before the tensor data, and where in the file each tensor begins.
func (w *Writer) head() (head []byte, offsets []int64, err error) {
	head = append(head, "GGUF"...)
	head = binary.LittleEndian.AppendUint32(head, 3)
	head = binary.LittleEndian.AppendUint64(head, uint64(len(w.Tensors)))
	head = binary.LittleEndian.AppendUint64(head, uint64(len(w.Meta)))
	for _, p := range w.Meta {
		if head, err = appendPair(head, p); err != nil {
			return nil, nil, err
		}
	}
	at := int64(0)
	offsets = make([]int64, len(w.Tensors)+1)
	for i, t := range w.Tensors {
		id, ok := typeID(t.Type)
		if !ok || !t.Type.Encodes() {
			return nil, nil, fmt.Errorf("tensor %s: type %s cannot be written; can: F32, F16, BF16, Q8_0, Q4_0", t.Name, t.Type)
		}
		size, err := tensor.Size(t.Type, t.Shape)
		if err != nil {
			return nil, nil, fmt.Errorf("tensor %s: %w", t.Name, err)
		}
		if len(t.Shape) < 1 || len(t.Shape) > maxDims {
			return nil, nil, fmt.Errorf("tensor %s: %d dimensions, want 1 to %d", t.Name, len(t.Shape), maxDims)
		}
		head = appendString(head, t.Name)
		head = binary.LittleEndian.AppendUint32(head, uint32(len(t.Shape)))
		for d := len(t.Shape) - 1; d >= 0; d-- {
			head = binary.LittleEndian.AppendUint64(head, uint64(t.Shape[d]))
		}
		head = binary.LittleEndian.AppendUint32(head, id)
		head = binary.LittleEndian.AppendUint64(head, uint64(at))
		offsets[i] = at
		at = aligned(at + int64(size))
	}
	head = append(head, make([]byte, aligned(int64(len(head)))-int64(len(head)))...)
	offsets[len(w.Tensors)] = at
	for i := range offsets {
		offsets[i] += int64(len(head))
	}
	return head, offsets, nil
}

func aligned(n int64) int64 { return (n + defaultAlignment - 1) &^ (defaultAlignment - 1) }

// chunk is about how many values a goroutine makes, encodes and writes at a time.
const chunk = 1 << 18

// A piece is some rows of a tensor.
type piece struct{ tensor, from, to int }

// data writes all tensors, piece by piece, each where it belongs. The file ends on the alignment.
func (w *Writer) data(ctx context.Context, f *os.File, offsets []int64) error {
	if err := f.Truncate(offsets[len(w.Tensors)]); err != nil {
		return err
	}
	var pieces []piece
	for i, s := range w.Tensors {
		t := tensor.Tensor{Shape: s.Shape}
		step := max(1, chunk/t.Cols())
		for from := 0; from < t.Rows(); from += step {
			pieces = append(pieces, piece{i, from, min(from+step, t.Rows())})
		}
	}
	threads := w.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	errs := make([]error, threads)
	var all sync.WaitGroup
	for worker := range threads {
		all.Go(func() {
			var e encoder
			for errs[worker] == nil && ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(pieces) {
					return
				}
				p := pieces[i]
				errs[worker] = e.write(f, offsets[p.tensor], w.Tensors[p.tensor], p)
			}
		})
	}
	all.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}

// An encoder is the scratch memory of one goroutine.
type encoder struct {
	values []float32
	blocks []byte
}

func (e *encoder) write(f io.WriterAt, base int64, s Source, p piece) error {
	cols := s.Shape[len(s.Shape)-1]
	n, row := (p.to-p.from)*cols, s.Type.Bytes(cols)
	if cap(e.values) < n {
		e.values = make([]float32, n)
	}
	size := (p.to - p.from) * row
	if cap(e.blocks) < size {
		e.blocks = make([]byte, size)
	}
	s.Rows(p.from, p.to, e.values[:n])
	s.Type.Encode(e.blocks[:size], e.values[:n])
	_, err := f.WriteAt(e.blocks[:size], base+int64(p.from)*int64(row))
	return err
}

// typeID returns ggml's number of a type.
func typeID(t tensor.Type) (uint32, bool) {
	for id, typ := range typeIDs {
		if typ == t {
			return id, true
		}
	}
	return 0, false
}
