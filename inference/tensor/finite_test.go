package tensor_test

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/inference/tensor"
)

// TestCheckFinite puts one bad value or scale at every place of a tensor of every type.
func TestCheckFinite(t *testing.T) {
	for typ := tensor.F32; typ.Readable(); typ++ {
		values, _ := typ.Block()
		cols := max(values, 11)
		x := tensor.Tensor{Name: "w", Type: typ, Shape: []int{3, cols}, Data: make([]byte, 3*typ.Bytes(cols))}
		for i := range x.Data {
			x.Data[i] = 0x3b // finite in every type
		}
		if err := x.CheckFinite(0, 3); err != nil {
			t.Errorf("%s: %v", typ, err)
		}
		for at := 0; at+2 <= len(x.Data); at++ {
			for _, bits := range [][]byte{{0x00, 0x7c}, {0x01, 0xfc}, {0x80, 0x7f}, {0xff, 0xff}} {
				kept := [2]byte(x.Data[at:])
				copy(x.Data[at:], bits)
				checkFinite(t, x, at)
				copy(x.Data[at:], kept[:])
			}
		}
	}
}

// checkFinite compares with the values themselves: the check must find exactly what shows in one.
func checkFinite(t *testing.T, x tensor.Tensor, at int) {
	t.Helper()
	row := make([]float32, x.Cols())
	badRow := -1
	for r := range x.Rows() {
		x.Row(r, row)
		for _, v := range row {
			if badRow < 0 && !(math.Abs(float64(v)) <= math.MaxFloat32) {
				badRow = r
			}
		}
	}
	err := x.CheckFinite(0, x.Rows())
	if (err != nil) != (badRow >= 0) {
		t.Fatalf("%s, byte %d: error %v, first bad row %d", x.Type, at, err, badRow)
	}
	if err != nil && !strings.Contains(err.Error(), "tensor w: row "+string(rune('0'+badRow))+", column ") {
		t.Fatalf("%s, byte %d: error %v, first bad row %d", x.Type, at, err, badRow)
	}
	for r := range x.Rows() {
		if err := x.CheckFinite(r, r+1); (err != nil) && r < badRow {
			t.Fatalf("%s, byte %d: row %d: %v", x.Type, at, r, err)
		}
	}
}

func BenchmarkCheckFinite(b *testing.B) {
	for typ := tensor.F32; typ.Readable(); typ++ {
		b.Run(typ.String(), func(b *testing.B) {
			x := tensor.Tensor{Name: "w", Type: typ, Shape: []int{64, 4864}, Data: make([]byte, 64*typ.Bytes(4864))}
			for i := 0; i+2 <= len(x.Data); i += 2 {
				binary.LittleEndian.PutUint16(x.Data[i:], 0x3c3c)
			}
			b.SetBytes(int64(len(x.Data)))
			for b.Loop() {
				if err := x.CheckFinite(0, 64); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
