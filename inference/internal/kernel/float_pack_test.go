package kernel

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/winnow-data/winnow/inference/tensor"
)

// TestPackTensorFloats packs tensors at odd places and reads every row back.
func TestPackTensorFloats(t *testing.T) {
	eachLevel(t, packsFloats)
}

func packsFloats(t *testing.T) {
	for _, c := range []struct {
		format Format
		typ    tensor.Type
	}{{F32, tensor.F32}, {F32, tensor.F16}, {BF16, tensor.BF16}} {
		for _, cols := range []int{1, 2, 31, 64, 130} {
			const rows, at = 75, 20
			x := floatTensor(c.typ, rows, cols)
			w := New(c.format, 0, at+rows+9, cols)
			w.PackTensor(x, at, 0, 40)
			w.PackTensor(x, at, 40, rows)
			got, want := make([]float32, cols), make([]float32, cols)
			for r := range w.Rows {
				clear(want)
				if r >= at && r < at+rows {
					x.Row(r-at, want)
				}
				w.Row(r, got)
				for k := range want {
					if math.Float32bits(got[k]) != math.Float32bits(want[k]) {
						t.Fatalf("%v from %v, %d columns: row %d, column %d is %g, want %g", c.format, c.typ, cols, r, k, got[k], want[k])
					}
				}
			}
			if r, bad := w.Bad(); bad {
				t.Errorf("%v from %v: row %d is said to be bad", c.format, c.typ, r)
			}
			w.Free()
		}
	}
}

// floatTensor returns a tensor of random finite bits.
func floatTensor(typ tensor.Type, rows, cols int) tensor.Tensor {
	rng := rand.New(rand.NewPCG(7, 7))
	_, size := typ.Block()
	x := tensor.Tensor{Name: "x", Type: typ, Shape: []int{rows, cols}, Data: make([]byte, rows*cols*size)}
	for i := range rows * cols {
		if size == 2 {
			binary.LittleEndian.PutUint16(x.Data[2*i:], uint16(rng.Uint32())&0xBBFF) // no exponent of ones
			continue
		}
		binary.LittleEndian.PutUint32(x.Data[4*i:], rng.Uint32()&0xBFFFFFFF)
	}
	return x
}

func TestPackFloatsNotFinite(t *testing.T) {
	for _, bits := range []uint32{0x7F800000, 0xFF800000, 0x7FC00000, 0xFFFF0000} {
		for _, cols := range []int{5, 6, 64} {
			for _, typ := range []tensor.Type{tensor.F32, tensor.BF16} {
				x := floatTensor(typ, 40, cols)
				f := F32
				if typ == tensor.F32 {
					binary.LittleEndian.PutUint32(x.Data[4*(33*cols+4):], bits)
				} else {
					f = BF16
					binary.LittleEndian.PutUint16(x.Data[2*(33*cols+4):], uint16(bits>>16))
				}
				w := New(f, 0, 40, cols)
				w.PackTensor(x, 0, 0, 40)
				if r, bad := w.Bad(); !bad || r != 33 {
					t.Errorf("%v with %#x: bad row %d, %v; want 33", typ, bits, r, bad)
				}
				w.Free()
			}
		}
	}
}

func BenchmarkPackFloats(b *testing.B) {
	for _, c := range []struct {
		format Format
		typ    tensor.Type
	}{{F32, tensor.F32}, {F32, tensor.F16}, {BF16, tensor.BF16}} {
		b.Run(fmt.Sprintf("%v from %v", c.format, c.typ), func(b *testing.B) {
			x := floatTensor(c.typ, 4864, 896)
			w := New(c.format, 0, 4864, 896)
			defer w.Free()
			fastest(b, "Gvalues/s", 4864*896, func(int) { w.PackTensor(x, 0, 0, 4864) })
		})
	}
}
