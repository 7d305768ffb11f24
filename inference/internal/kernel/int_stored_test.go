package kernel

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/inference/tensor"
)

var blockTypes = []tensor.Type{
	tensor.Q8_0, tensor.Q5_0, tensor.Q5_1, tensor.Q4_0, tensor.Q4_1, tensor.Q2_K, tensor.Q3_K, tensor.Q4_K, tensor.Q5_K, tensor.Q6_K,
}

// halvesOf are where the halves of a block lie: the scale, then the minimum if there is one.
var halvesOf = map[tensor.Type][]int{
	tensor.Q8_0: {0}, tensor.Q5_0: {0}, tensor.Q5_1: {0, 2}, tensor.Q4_0: {0}, tensor.Q4_1: {0, 2},
	tensor.Q2_K: {80, 82}, tensor.Q3_K: {108}, tensor.Q4_K: {0, 2}, tensor.Q5_K: {0, 2}, tensor.Q6_K: {208},
}

// shortHalves makes blocks of random bits whose halves have so few bits that their products with the small integers are halves too.
func shortHalves(t tensor.Type, rows, cols int) tensor.Tensor {
	values, size := t.Block()
	r := rand.New(rand.NewPCG(uint64(t), 5))
	data := make([]byte, rows*cols/values*size)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	for at := 0; at < len(data); at += size {
		for _, h := range halvesOf[t] {
			v := float32(1+r.IntN(7)) * float32(math.Ldexp(1, -8-r.IntN(4)))
			binary.LittleEndian.PutUint16(data[at+h:], tensor.FloatToHalf(v*float32(1-2*r.IntN(2))))
		}
	}
	return tensor.Tensor{Type: t, Shape: []int{rows, cols}, Data: data}
}

// TestStoredExact packs every type of blocks into every form that holds it, a row at an odd place, and reads its values back.
func TestStoredExact(t *testing.T) {
	const cols, rows, at = 768, 35, 13
	for _, stored := range blockTypes {
		f, group := Stored(stored)
		for _, with := range blockTypes {
			g, other := Stored(with)
			joined, groups := Joined(f, group, g, other)
			source := shortHalves(stored, rows, cols)
			w := New(joined, groups, at+rows, cols)
			w.PackTensor(source, at, 0, rows)
			want, got := make([]float32, cols), make([]float32, cols)
			for r := range rows {
				source.Row(r, want)
				w.Row(at+r, got)
				if !slices.Equal(got, want) {
					t.Fatalf("%v beside %v, as %v of %d, row %d: got %v, want %v", stored, with, joined, groups, r, got, want)
				}
			}
			if row, bad := w.Bad(); bad {
				t.Errorf("%v beside %v: row %d is said to be bad", stored, with, row)
			}
			w.Free()
		}
	}
}

// TestStoredScales: of halves with all their bits, the products of the K types are rounded once. A weight is off by 2^-11 of its two parts.
func TestStoredScales(t *testing.T) {
	const cols = 512
	for _, stored := range blockTypes[5:] {
		f, group := Stored(stored)
		source := tensor.Tensor{Type: stored, Shape: []int{1, cols}, Data: encodeK(stored, cols, 0x2ace, 0x30f7)} // 0.053, 0.155
		w := New(f, group, 1, cols)
		w.PackTensor(source, 0, 0, 1)
		want, got := make([]float32, cols), make([]float32, cols)
		source.Row(0, want)
		w.Row(0, got)
		// The largest scale and minimum are 127 and 63, a weight's integer 32.
		most := 0x1p-12 * (0.0532*127*32 + 0.156*63)
		equal := 0
		for k, v := range got {
			if d := math.Abs(float64(v - want[k])); !(d <= most) {
				t.Fatalf("%v: column %d is %g, want %g", stored, k, v, want[k])
			} else if d == 0 {
				equal++
			}
		}
		if equal == cols {
			t.Errorf("%v: nothing was rounded: the halves have too few bits for this test", stored)
		}
		w.Free()
	}
}

// encodeK makes blocks of random bits with these halves.
func encodeK(t tensor.Type, cols int, halves ...uint16) []byte {
	source := shortHalves(t, 1, cols)
	_, size := t.Block()
	for at := 0; at < len(source.Data); at += size {
		for i, h := range halvesOf[t] {
			binary.LittleEndian.PutUint16(source.Data[at+h:], halves[i])
		}
	}
	return source.Data
}

// TestStoredBad: an infinity among the halves is noticed.
func TestStoredBad(t *testing.T) {
	for _, stored := range blockTypes {
		for i := range halvesOf[stored] {
			halves := []uint16{0x1000, 0x1000}
			halves[i] = 0x7c00
			f, group := Stored(stored)
			w := New(f, group, 1, 256)
			w.PackTensor(tensor.Tensor{Type: stored, Shape: []int{1, 256}, Data: encodeK(stored, 256, halves...)}, 0, 0, 1)
			if _, bad := w.Bad(); !bad {
				t.Errorf("%v: half %d is infinite, and no row is said to be bad", stored, i)
			}
			w.Free()
		}
	}
}

// TestStoredProducts multiplies blocks of every type, against float64.
func TestStoredProducts(t *testing.T) {
	const rows, cols, tokens = 40, 512, 5
	for _, stored := range blockTypes {
		source := shortHalves(stored, rows, cols)
		f, group := Stored(stored)
		w := New(f, group, rows, cols)
		w.PackTensor(source, 0, 0, rows)
		x := randoms(3, tokens*cols)
		var in Input
		in.Reset(f, group, tokens, cols)
		for i := range tokens {
			in.Set(i, x[i*cols:][:cols])
		}
		y := make([]float32, tokens*rows)
		w.MatMul(y, rows, &in, 0, tokens, 0, rows)
		row := make([]float32, cols)
		var square, total float64
		for r := range rows {
			source.Row(r, row)
			for i := range tokens {
				want := 0.0
				for k, v := range row {
					want += float64(v) * float64(x[i*cols+k])
				}
				d := float64(y[i*rows+r]) - want
				square, total = square+d*d, total+want*want
			}
		}
		if e := math.Sqrt(square / total); !(e < 0.012) {
			t.Errorf("%v: relative error %.4f, want at most 0.012", stored, e)
		}
		w.Free()
	}
}

func TestJoined(t *testing.T) {
	for _, c := range []struct {
		f     Format
		group int
		g     Format
		other int
		want  string
	}{
		{Int8, 32, Int8, 32, "int8 32"},
		{Int8, 16, Int8, 32, "int8 16"},
		{Int4, 32, Int8, 16, "int8 16"},
		{Int4, 32, Int4Min, 32, "int4min 32"},
		{Int4Min, 32, Int8, 16, "int8min 16"},
		{Int8, 32, Int8Min, 32, "int8min 32"},
		{Int4, 16, Int4, 32, "int4 16"},
		{BF16, 0, Int4, 32, "f32 0"},
		{BF16, 0, F32, 0, "f32 0"},
		{BF16, 0, BF16, 0, "bf16 0"},
	} {
		for _, turned := range []bool{false, true} {
			f, group := Joined(c.f, c.group, c.g, c.other)
			if turned {
				f, group = Joined(c.g, c.other, c.f, c.group)
			}
			if got := fmt.Sprint(f, group); got != c.want {
				t.Errorf("%v of %d and %v of %d: got %s, want %s", c.f, c.group, c.g, c.other, got, c.want)
			}
		}
	}
}
