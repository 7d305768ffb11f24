package kernel

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/inference/tensor"
)

// encode makes blocks of a type: of the values for the plain types, random ones with sane scales for the others.
func encode(t tensor.Type, x []float32) []byte {
	values, size := t.Block()
	data := make([]byte, len(x)/values*size)
	r := rand.New(rand.NewPCG(uint64(t), 3))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	half := func(at int, scale float64) {
		binary.LittleEndian.PutUint16(data[at:], tensor.FloatToHalf(float32(scale*(0.5+r.Float64()))))
	}
	for i := range len(x) / values {
		at := i * size
		switch t {
		case tensor.F32:
			binary.LittleEndian.PutUint32(data[at:], math.Float32bits(x[i]))
		case tensor.F16:
			binary.LittleEndian.PutUint16(data[at:], tensor.FloatToHalf(x[i]))
		case tensor.BF16:
			binary.LittleEndian.PutUint16(data[at:], tensor.FloatToBrain(x[i]))
		case tensor.Q4_1, tensor.Q5_1:
			half(at, 0.01)
			half(at+2, -0.07)
		default:
			half(at, []float64{0.01, 1e-6, -3, 100}[i%4]) // a subnormal, a negative and a large scale as well
		}
	}
	return data
}

// TestPackExact packs three tensors of a type into one matrix, in pieces of odd sizes, and reads back the values of the tensors.
func TestPackExact(t *testing.T) {
	const cols = 288
	for _, stored := range []tensor.Type{tensor.F32, tensor.F16, tensor.BF16, tensor.Q8_0, tensor.Q5_0, tensor.Q4_0, tensor.Q4_1} {
		t.Run(stored.String(), func(t *testing.T) {
			f, group := Stored(stored)
			w := New(f, group, 96, cols)
			defer w.Free()
			var want []float32
			at := 0
			for i, rows := range []int{48, 33, 15} {
				part := tensor.Tensor{Type: stored, Shape: []int{rows, cols}, Data: encode(stored, randoms(uint64(i), rows*cols))}
				for from, next := 0, 0; from < rows; from = next {
					next = min(from+[]int{16, 32, 1}[i], rows)
					w.PackTensor(part, at, from, next)
				}
				row := make([]float32, cols)
				for r := range rows {
					part.Row(r, row)
					want = append(want, row...)
				}
				at += rows
			}
			if row, bad := w.Bad(); bad {
				t.Errorf("row %d is said to be bad", row)
			}
			got := make([]float32, cols)
			for r := range 96 {
				w.Row(r, got)
				if !slices.Equal(got, want[r*cols:(r+1)*cols]) {
					t.Fatalf("row %d: got %v, want %v", r, got, want[r*cols:(r+1)*cols])
				}
			}
		})
	}
}
