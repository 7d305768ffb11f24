// Package kernel holds the single-threaded primitives of the engine: products of packed weights with the activations of some tokens,
// vector functions and attention. Whatever is above splits work over threads; nothing here starts one.
//
// Weights are packed once into a [Matrix], activations go into an [Input] of the same form, and [Matrix.MatMul] multiplies them:
//
//	w := kernel.New(kernel.Int8, 32, rows, cols)
//	w.PackTensor(t, 0, 0, rows)        // disjoint runs of rows may be packed by different goroutines
//
//	var in kernel.Input
//	in.Reset(w.Format, w.Group, tokens, w.Cols)
//	for t := range tokens { in.Set(t, x[t]) }
//	w.MatMul(y, rows, &in, 0, tokens, 0, rows)
//
// # One result
//
// A number in y depends on its row of weights and its token only: never on how rows and tokens are split into calls, on the other
// tokens, or on the tile that computed it. The integer formats give the same bits on AVX-512, AVX2, NEON and in plain Go.
//
// # Layout
//
// The rows lie in panels of 32, one after the other, and a panel is one linear stream along the columns, so that a single token reads
// memory front to back. A block of 128 bytes holds four columns (bytes) or eight (nibbles) of 32 rows: the four bytes of row r at 4·r, of
// nibbles the first four columns in the low nibbles. A group of columns is followed by its scales, and minima, as 32 halves (64 bytes), so
// every load of a ZMM is aligned. The source is `int8.go` and `int4.go`; F32 and BF16 are described in their files.
package kernel

import (
	"fmt"
	"sync/atomic"

	"github.com/winnow-data/winnow/inference/internal/mapped"
)

// A Format is how a [Matrix] stores weights.
type Format uint8

// The formats. An integer format has a scale for each row and group of columns.
const (
	F32     Format = iota
	BF16           // bfloat16; activations are rounded to bfloat16 as well
	Int8           // w = d·q, q in -128..127
	Int8Min        // w = d·q + m, q in -128..127, which holds Q5_1 and Q5_K
	Int4           // w = d·(q-8), q in 0..15, as in Q4_0
	Int4Min        // w = d·q + m, q in 0..15, as in Q4_1
)

// String returns the name of the format.
func (f Format) String() string {
	switch f {
	case F32:
		return "f32"
	case BF16:
		return "bf16"
	case Int8:
		return "int8"
	case Int8Min:
		return "int8min"
	case Int4:
		return "int4"
	case Int4Min:
		return "int4min"
	}
	return fmt.Sprintf("format %d", uint8(f))
}

// integer says whether the format has groups and scales.
func (f Format) integer() bool { return f >= Int8 }

// A Matrix holds weights [Rows][Cols], packed. After packing it is immutable and may be read by many goroutines.
type Matrix struct {
	Format Format
	Rows   int
	Cols   int
	Group  int // columns per scale, 16, 32, 64 or 128; 0 for formats without

	data  []byte
	panel int          // bytes of 32 rows (integer formats)
	bad   atomic.Int64 // 1 + the first row that could not be stored, 0 for none
}

// panelRows is the number of rows that lie together.
const panelRows = 32

// New returns a matrix of zeros, outside Go's heap, on huge pages where the system has them. Group is 16, 32, 64 or 128 for integer formats
// and ignored for the others. The memory stays until [Matrix.Free].
func New(f Format, group, rows, cols int) *Matrix {
	if rows < 1 || cols < 1 {
		panic(fmt.Sprintf("kernel: a matrix of %d rows and %d columns", rows, cols))
	}
	w := &Matrix{Format: f, Rows: rows, Cols: cols}
	switch {
	case f.integer():
		if group != 16 && group != 32 && group != 64 && group != 128 {
			panic(fmt.Sprintf("kernel: %d columns per scale, want 16, 32, 64 or 128", group))
		}
		w.Group = group
		w.initInt()
	case f == BF16:
		w.initBF16()
	default:
		w.initF32()
	}
	return w
}

// alloc gives the matrix n bytes.
func (w *Matrix) alloc(n int) { w.data = mapped.Huge(n) }

// Free returns the memory. The matrix must not be used afterwards.
func (w *Matrix) Free() {
	mapped.Free(w.data)
	w.data = nil
}

// Bytes returns the memory that the packed weights take, which is what one token reads.
func (w *Matrix) Bytes() int { return len(w.data) }

// Bad returns the first row with a weight that the format cannot hold: a NaN, an infinity, or a scale or minimum of 255 and more.
func (w *Matrix) Bad() (row int, bad bool) {
	n := w.bad.Load()
	return int(n - 1), n > 0
}

// markBad notes a row that cannot be stored. The first of all rows stays, whoever comes first.
func (w *Matrix) markBad(row int) {
	for {
		n := w.bad.Load()
		if n > 0 && n <= int64(row)+1 || w.bad.CompareAndSwap(n, int64(row)+1) {
			return
		}
	}
}

// panels returns how many runs of 32 rows the matrix has.
func (w *Matrix) panels() int { return (w.Rows + panelRows - 1) / panelRows }

// Pack quantises or converts rows [from, to), which row delivers. Goroutines may pack disjoint runs of rows.
func (w *Matrix) Pack(from, to int, row func(r int, dst []float32)) {
	x := make([]float32, w.Cols)
	for r := from; r < to; r++ {
		row(r, x)
		w.packRow(r, x)
	}
}

// packRow stores one row of floats.
func (w *Matrix) packRow(r int, x []float32) {
	switch w.Format {
	case F32:
		w.packF32(r, x)
	case BF16:
		w.packBF16(r, x)
	case Int8, Int8Min:
		w.packInt8(r, x)
	default:
		w.packInt4(r, x)
	}
}

// Row writes the weights of row r to dst, as the matrix holds them.
func (w *Matrix) Row(r int, dst []float32) {
	dst = dst[:w.Cols]
	switch w.Format {
	case F32:
		w.rowF32(r, dst)
	case BF16:
		w.rowBF16(r, dst)
	case Int8, Int8Min:
		w.rowInt8(r, dst)
	default:
		w.rowInt4(r, dst)
	}
}

// MatMul writes y[t·stride + r-from] = Σ_k w[r][k]·x[t][k] for r in [from, to) and t in [t0, t1). From is a multiple of 32, to a multiple
// of 32 or Rows. Nothing else of y is touched.
func (w *Matrix) MatMul(y []float32, stride int, in *Input, t0, t1, from, to int) {
	if t0 >= t1 || from >= to {
		return
	}
	if in.Format != w.Format || in.Group != w.Group || in.Cols != w.Cols {
		panic(fmt.Sprintf("kernel: input of %s, group %d, %d columns for a matrix of %s, group %d, %d columns",
			in.Format, in.Group, in.Cols, w.Format, w.Group, w.Cols))
	}
	if t0 < 0 || t1 > in.N || from < 0 || from%panelRows != 0 || to > w.Rows || to%panelRows != 0 && to != w.Rows || stride < to-from {
		panic(fmt.Sprintf("kernel: tokens %d to %d of %d, rows %d to %d of %d, stride %d", t0, t1, in.N, from, to, w.Rows, stride))
	}
	y = y[:(t1-1)*stride+to-from]
	switch w.Format {
	case F32:
		w.matMulF32(y, stride, in, t0, t1, from, to)
	case BF16:
		w.matMulBF16(y, stride, in, t0, t1, from, to)
	default:
		w.matMulInt(y, stride, in, t0, t1, from, to)
	}
}
