package kernel

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
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
	for _, stored := range []tensor.Type{tensor.F32, tensor.F16, tensor.BF16, tensor.Q8_0, tensor.Q5_0, tensor.Q5_1, tensor.Q4_0, tensor.Q4_1} {
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

// TestPackError checks the error of quantised normal values, relative to their deviation, and that all levels pack the same bytes.
func TestPackError(t *testing.T) {
	const rows, cols = 64, 1024
	x := randoms(5, rows*cols)
	packed := map[string][]byte{}
	eachLevel(t, func(t *testing.T) {
		for _, c := range []struct {
			format Format
			group  int
			most   float64
		}{
			{Int8, 32, 0.0050},
			{Int8, 64, 0.0057},
			{Int8, 128, 0.0064},
			{Int8, 16, 0.0042},
			{Int8Min, 32, 0.0045},
			{Int8Min, 128, 0.0062},
			{Int4, 32, 0.083},
			{Int4, 64, 0.091},
			{Int4, 128, 0.099},
			{Int4Min, 32, 0.072},
			{Int4Min, 64, 0.085},
			{Int4Min, 128, 0.095},
		} {
			w := New(c.format, c.group, rows, cols)
			w.Pack(0, rows, func(r int, dst []float32) { copy(dst, x[r*cols:]) })
			var square float64
			got := make([]float32, cols)
			for r := range rows {
				w.Row(r, got)
				for k, v := range got {
					square += math.Pow(float64(v-x[r*cols+k]), 2)
				}
			}
			if e := math.Sqrt(square / (rows * cols)); e > c.most {
				t.Errorf("%v group %d: error %.4f, want at most %.4f", c.format, c.group, e, c.most)
			}
			key := fmt.Sprint(c.format, c.group)
			if packed[key] == nil {
				packed[key] = slices.Clone(w.data)
			}
			if !bytes.Equal(w.data, packed[key]) {
				t.Errorf("%v group %d: packed bytes differ from those of plain Go", c.format, c.group)
			}
			w.Free()
		}
	})
}

// TestPackEdges packs groups that have no range, or a strange one.
func TestPackEdges(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		name string
		x    float32 // every fourth value; the others are y
		y    float32
		bad  bool
	}{
		{"zeros", 0, 0, false},
		{"negative zeros", float32(math.Copysign(0, -1)), 0, false},
		{"one value", 0.25, 0.25, false},
		{"one negative value", -0.25, -0.25, false},
		{"two values", -3, 4.5, false},
		{"tiny", 1e-30, -1e-30, false},
		{"subnormal", 1e-42, 0, false},
		{"NaN", nan, 1, true},
		{"infinity", -inf, 1, true},
		{"too large", 1e6, 1, true},
		{"largest", math.MaxFloat32, -math.MaxFloat32, true},
	} {
		for _, f := range intFormats {
			for _, cols := range []int{5, 32, 40} {
				w := New(f, 32, 3, cols)
				w.Pack(0, 3, func(r int, dst []float32) {
					for k := range dst {
						dst[k] = c.y
						if k%4 == 0 {
							dst[k] = c.x
						}
						if r != 1 {
							dst[k] = 1
						}
					}
				})
				row, bad := w.Bad()
				if bad != c.bad || bad && row != 1 {
					t.Errorf("%s, %v, %d columns: bad %v in row %d, want %v", c.name, f, cols, bad, row, c.bad)
				}
				got := make([]float32, cols)
				w.Row(1, got)
				for k, v := range got {
					want := c.y
					if k%4 == 0 {
						want = c.x
					}
					tolerance := float64(max(c.x, c.y, -c.x, -c.y))/8 + 1e-8
					if d := math.Abs(float64(v - want)); !c.bad && !(d <= tolerance) {
						t.Fatalf("%s, %v, %d columns: column %d is %g, want %g", c.name, f, cols, k, v, want)
					}
				}
				w.Free()
			}
		}
	}
}

// TestPackConcurrently packs runs of odd lengths from several goroutines, for the race detector.
func TestPackConcurrently(t *testing.T) {
	const rows, cols = 96, 160
	x := randoms(4, rows*cols)
	row := func(r int, dst []float32) { copy(dst, x[r*cols:]) }
	for _, f := range intFormats {
		want, got := New(f, 32, rows, cols), New(f, 32, rows, cols)
		want.Pack(0, rows, row)
		var group sync.WaitGroup
		for from := 0; from < rows; from += 5 {
			group.Go(func() { got.Pack(from, min(from+5, rows), row) })
		}
		group.Wait()
		if !bytes.Equal(got.data, want.data) {
			t.Errorf("%v: rows packed together differ from rows packed one after the other", f)
		}
		want.Free()
		got.Free()
	}
}
