// Package tensor holds named arrays of numbers as they lie in a model file, and turns them into float32.
//
// A file format ([gguf], [safetensors]) hands out a [Tensor] whose Data is a piece of the mapped file. [Tensor.Row] widens or
// dequantises one row, bit for bit as ggml and the gguf package do (up to the sign of zero); [Tensor.Raw] gives the row's blocks as stored:
//
//	t, err := file.Tensor("blk.0.attn_q.weight")
//	row := make([]float32, t.Cols())
//	t.Row(0, row)
//
// Nothing here knows a file: sizes are checked when a file is opened, so that a Tensor that exists can be read whole.
//
// [gguf]: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
// [safetensors]: https://github.com/huggingface/safetensors
package tensor

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// ErrMissing says that a model has no tensor, or no key, of the name asked for. Whoever can do without it goes on.
var ErrMissing = errors.New("missing")

// A Tensor is a named array. It is immutable and may be read by many goroutines. Data is valid until its file is closed.
type Tensor struct {
	Name  string
	Type  Type
	Shape []int  // rows first, columns last; empty for a single number
	Data  []byte // exactly the rows, one after the other, without gaps
}

// Rows returns the product of all dimensions but the last: 1 for a vector.
func (t Tensor) Rows() int {
	n := 1
	for i := 0; i < len(t.Shape)-1; i++ {
		n *= t.Shape[i]
	}
	return n
}

// Cols returns the last dimension: 1 for a single number.
func (t Tensor) Cols() int {
	if len(t.Shape) == 0 {
		return 1
	}
	return t.Shape[len(t.Shape)-1]
}

// Len returns the number of values.
func (t Tensor) Len() int { return t.Rows() * t.Cols() }

// Raw returns the stored blocks of row r.
func (t Tensor) Raw(r int) []byte {
	n := t.Type.Bytes(t.Cols())
	return t.Data[r*n : (r+1)*n : (r+1)*n]
}

// Row writes the values of row r to dst, which has room for Cols values. It panics for a type that is not [Type.Readable].
func (t Tensor) Row(r int, dst []float32) {
	t.Type.Decode(dst[:t.Cols()], t.Raw(r))
}

// Size returns the bytes of an array of the given type and shape, or says why there is no such array: a dimension below 1, a product
// that overflows, a last dimension that is no multiple of the type's block.
func Size(t Type, shape []int) (int, error) {
	values, block := t.Block()
	if values == 0 {
		return 0, fmt.Errorf("type %s has no size", t)
	}
	n := uint64(1)
	for i, d := range shape {
		if d < 1 {
			return 0, fmt.Errorf("shape %v: dimension %d is %d, want at least 1", shape, i, d)
		}
		hi, lo := bits.Mul64(n, uint64(d))
		if hi != 0 || lo > math.MaxInt64/uint64(block) {
			return 0, fmt.Errorf("shape %v: the number of values overflows", shape)
		}
		n = lo
	}
	cols := 1
	if len(shape) > 0 {
		cols = shape[len(shape)-1]
	}
	if cols%values != 0 {
		return 0, fmt.Errorf("shape %v: %d columns are no multiple of the %d values in a block of %s", shape, cols, values, t)
	}
	return int(n) / values * block, nil
}
