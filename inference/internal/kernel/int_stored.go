package kernel

import (
	"fmt"

	"github.com/winnow-data/winnow/inference/tensor"
)

// Stored returns the format, and its columns per scale (0: it has none), that holds a stored type as it is. The scales of the K types, a half
// times a small integer, are rounded to halves: at most 2^-11 of a weight, a fortieth of what the 8 bits of the activations lose.
func Stored(t tensor.Type) (f Format, group int) {
	switch t {
	case tensor.F32, tensor.F16:
		return F32, 0
	case tensor.BF16:
		return BF16, 0
	case tensor.Q8_0, tensor.Q5_0:
		return Int8, 32
	case tensor.Q6_K:
		return Int8, 16
	case tensor.Q5_1, tensor.Q5_K:
		return Int8Min, 32
	case tensor.Q4_0:
		return Int4, 32
	case tensor.Q3_K:
		return Int4, 16
	case tensor.Q4_1, tensor.Q4_K:
		return Int4Min, 32
	case tensor.Q2_K:
		return Int4Min, 16
	}
	panic(fmt.Sprintf("kernel: no format holds %s", t))
}

// Joined returns the form that holds what either of two does: rows of unlike tensors in one matrix. One that has no groups asks for F32.
func Joined(f Format, group int, g Format, other int) (Format, int) {
	switch {
	case f == g && group == other:
		return f, group
	case group == 0 || other == 0:
		return F32, 0
	}
	group = min(group, other)
	bytes, minima := f.bytes() || g.bytes(), f.minima() || g.minima()
	switch {
	case bytes && minima:
		return Int8Min, group
	case bytes:
		return Int8, group
	case minima:
		return Int4Min, group
	}
	return Int4, group
}

// PackTensor packs rows [from, to) of t to rows at+from and on, so that several tensors make one matrix. Where the matrix has the form
// that [Stored] names for the type, or [Joined] made of it and others, the numbers are copied; otherwise the row is widened and quantised anew.
func (w *Matrix) PackTensor(t tensor.Tensor, at, from, to int) {
	if t.Cols() != w.Cols || at+to > w.Rows {
		panic(fmt.Sprintf("kernel: pack rows %d to %d of %s %v to row %d of [%d %d]", from, to, t.Name, t.Shape, at, w.Rows, w.Cols))
	}
	if w.packExact(t, at, from, to) {
		return
	}
	x := make([]float32, w.Cols)
	for r := from; r < to; r++ {
		t.Row(r, x)
		w.packRow(at+r, x)
	}
}

// packExact copies the numbers where the matrix can hold them as they are.
func (w *Matrix) packExact(t tensor.Tensor, at, from, to int) bool {
	if w.packFloats(t, at, from, to) {
		return true
	}
	f, group := Stored(t.Type)
	if joined, g := Joined(f, group, w.Format, w.Group); joined != w.Format || g != w.Group || w.Format == F32 {
		return false
	}
	for r := from; r < to; r++ {
		raw := t.Raw(r)
		switch {
		case w.Format == BF16:
			w.copyBF16(at+r, raw)
		case w.Format == Int8 && w.Group == 32 && (t.Type == tensor.Q8_0 || t.Type == tensor.Q5_0):
			w.copyInt8(at+r, t.Type, raw)
		case w.Format == f && w.Group == 32 && (t.Type == tensor.Q4_0 || t.Type == tensor.Q4_1):
			w.copyInt4(at+r, raw)
		default:
			w.copyGroups(at+r, t.Type, f, group, raw)
		}
	}
	return true
}

// copyGroups stores a row of blocks, whose groups are those of the matrix or several of them.
func (w *Matrix) copyGroups(r int, t tensor.Type, f Format, group int, raw []byte) {
	values, size := t.Block()
	var b stored
	at := values
	w.groups(r, func(k0, k1 int, blocks, tail []byte) {
		if at == values {
			b.read(t, raw)
			raw, at = raw[size:], 0
		}
		q := b.q[at : at+k1-k0]
		i := at / group
		at += k1 - k0
		if d := w.storeScale(r, tail, b.d[i]); w.Format.minima() {
			if !f.minima() && !w.Format.bytes() { // q-8 becomes q
				b.m[i] = -8 * d
			}
			w.storeScale(r, tail[scaleBytes:], b.m[i])
		}
		if w.Format.bytes() {
			putBytes(blocks, q)
			return
		}
		if f == Int4 {
			for j := range q {
				q[j] += 8
			}
		}
		putNibbles(blocks, q)
	})
}

// A stored is what a block of a file holds: w = d·q + m, with a d and an m per group.
type stored struct {
	q    [256]byte // as int8; of 4-bit types without minima -8..7
	d, m [16]float32
}

// read unpacks a block.
func (s *stored) read(t tensor.Type, b []byte) {
	switch t {
	case tensor.Q8_0:
		s.d[0] = half(b)
		copy(s.q[:32], b[2:34])
	case tensor.Q4_0:
		s.d[0] = half(b)
		s.nibbles(b[2:18], 0, -8)
	case tensor.Q4_1:
		s.d[0], s.m[0] = half(b), half(b[2:])
		s.nibbles(b[4:20], 0, 0)
	case tensor.Q5_0:
		s.d[0] = half(b)
		s.nibbles(b[6:22], word(b[2:]), -16)
	case tensor.Q5_1:
		s.d[0], s.m[0] = half(b), half(b[2:])
		s.nibbles(b[8:24], word(b[4:]), 0)
	case tensor.Q2_K:
		s.readQ2K(b)
	case tensor.Q3_K:
		s.readQ3K(b)
	case tensor.Q4_K:
		s.readQ45K(b, nil, b[16:])
	case tensor.Q5_K:
		s.readQ45K(b, b[16:48], b[48:])
	default:
		s.readQ6K(b)
	}
}

// nibbles unpacks 32 values: four bits of column i low and 16+i high in byte i, the fifth bits apart, plus an offset.
func (s *stored) nibbles(b []byte, fifth uint32, offset int8) {
	for i, v := range b[:16] {
		s.q[i] = v&15 | byte(fifth>>i&1)<<4 + byte(offset)
		s.q[16+i] = v>>4 | byte(fifth>>(16+i)&1)<<4 + byte(offset)
	}
}
