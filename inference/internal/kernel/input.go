package kernel

import (
	"fmt"
	"unsafe"
)

// An Input is the activations of N tokens in the form that matrices of one Format and Group take. It is reusable and grows only; the
// zero value is ready for [Input.Reset].
type Input struct {
	Format Format
	Group  int
	N      int // tokens
	Cols   int

	stride int    // bytes per token
	data   []byte // N·stride, aligned to 64
	memory []byte
}

// Reset sizes the input for n tokens of cols values. What Set wrote before is lost.
func (in *Input) Reset(f Format, group, n, cols int) {
	if n < 0 || cols < 1 {
		panic(fmt.Sprintf("kernel: an input of %d tokens and %d columns", n, cols))
	}
	in.Format, in.Group, in.N, in.Cols = f, group, n, cols
	switch {
	case f.integer():
		in.stride = intStride(f, group, cols)
	default:
		in.Group, in.stride = 0, floatStride(f, cols)
	}
	if need := n*in.stride + 64; need > len(in.memory) {
		in.memory = make([]byte, need+need/4)
	}
	at := -uintptr(unsafe.Pointer(unsafe.SliceData(in.memory))) & 63
	in.data = in.memory[at : int(at)+n*in.stride]
}

// Set converts or quantises the activations of token t. Goroutines may set different tokens.
func (in *Input) Set(t int, x []float32) { in.SetPart(t, 0, x[:in.Cols]) }

// SetPart converts or quantises columns at and on of token t, with the bits of [Input.Set]: at is a multiple of 128, and len(x) too unless the
// part ends with the last column. Goroutines may set different parts, so that what computes activations need not store them as floats.
func (in *Input) SetPart(t, at int, x []float32) {
	if at%128 != 0 || at+len(x) > in.Cols || len(x)%128 != 0 && at+len(x) != in.Cols {
		panic(fmt.Sprintf("kernel: columns %d to %d of %d set, want multiples of 128", at, at+len(x), in.Cols))
	}
	row := in.data[t*in.stride : (t+1)*in.stride]
	switch in.Format {
	case F32:
		setF32(row[floatOffset(F32, at):], x)
	case BF16:
		setBF16(row[floatOffset(BF16, at):], x)
	default:
		setInt(row[at/in.Group*(in.Group+in.Format.metaBytes()):], x, in.Group, in.Format)
	}
}

// floatOffset is where column at of a token lies (F32 and BF16).
func floatOffset(f Format, at int) int {
	if f == BF16 && current >= vnniBF16 {
		return 2 * at
	}
	return 4 * at
}

func align64(n int) int { return (n + 63) &^ 63 }
