package kernel

import (
	"encoding/binary"

	"github.com/winnow-data/winnow/inference/tensor"
)

// The integer formats. For a row and a token, the groups in ascending order:
//
//	y = fma(float(Σ w·q), d·a, y)          d the weights' scale, a the activations', their product rounded
//	y = fma(m, a·float(Σ q), y)            Int8Min and Int4Min only
//
// Σ w·q is an exact integer, so the order within a group is free. Weights are stored unsigned, as VPDPBUSD wants them: the 8-bit formats as q+128,
// the 4-bit ones as they are; what that adds to the sum, 128·Σq or 8·Σq, is taken off by the accumulator's start value, which comes with the
// activations. The columns of a group are padded to 8 with zero activations.
//
// Scales and minima are halves 2^8 times too large, and y is multiplied by 2^-8 at last, which is exact: the scales of trained weights are
// small, and below 2^-14 halves lose bits. A file's halves keep all of theirs up to 255.
const scaleShift = 8

const (
	blockBytes = 4 * panelRows // 32 rows of four bytes
	scaleBytes = 2 * panelRows // the scales, or minima, of a group
)

// blockCols is the number of columns of a block.
func (f Format) blockCols() int {
	if f.bytes() {
		return 4
	}
	return 8
}

// bytes says whether a weight takes a byte, not a nibble.
func (f Format) bytes() bool { return f == Int8 || f == Int8Min }

// minima says whether a group has a minimum beside its scale.
func (f Format) minima() bool { return f == Int8Min || f == Int4Min }

// tailBytes is the size of what follows the blocks of a group.
func (f Format) tailBytes() int {
	if f.minima() {
		return 2 * scaleBytes
	}
	return scaleBytes
}

// groupBytes is the size of a group of n columns of a panel.
func (w *Matrix) groupBytes(n int) int {
	return pad8(n)/w.Format.blockCols()*blockBytes + w.Format.tailBytes()
}

func pad8(n int) int { return (n + 7) &^ 7 }

func (w *Matrix) initInt() {
	w.panel = w.Cols / w.Group * w.groupBytes(w.Group)
	if last := w.Cols % w.Group; last > 0 {
		w.panel += w.groupBytes(last)
	}
	w.alloc(w.panels() * w.panel)
}

// groups calls f for each group of row r: its columns [k0, k1), and its bytes from the row's own in the first block and in the scales.
func (w *Matrix) groups(r int, f func(k0, k1 int, blocks, tail []byte)) {
	p := w.data[r/panelRows*w.panel : (r/panelRows+1)*w.panel]
	lane := r % panelRows
	for k := 0; k < w.Cols; k += w.Group {
		end := min(k+w.Group, w.Cols)
		n := w.groupBytes(end - k)
		tail := n - w.Format.tailBytes()
		f(k, end, p[4*lane:tail:tail], p[tail+2*lane:n:n])
		p = p[n:]
	}
}

// storeScale writes a scale or minimum and returns the value that will be read back. What a half can't hold marks the row as bad and
// becomes zero.
func (w *Matrix) storeScale(r int, dst []byte, d float32) float32 {
	h := tensor.FloatToHalf(d * (1 << scaleShift))
	if h&0x7c00 == 0x7c00 {
		w.markBad(r)
		h = 0
	}
	binary.LittleEndian.PutUint16(dst, h)
	return loadScale(dst)
}

// storeFit writes the scale and the minimum, if the format has one, of a group, and returns what they are when read back.
func (w *Matrix) storeFit(r int, tail []byte, f fit) fit {
	f.d = w.storeScale(r, tail, f.d)
	switch {
	case w.Format.minima():
		f.m = w.storeScale(r, tail[scaleBytes:], f.m)
	case w.Format == Int4:
		f.m = -8 * f.d
	}
	f.inverse = 0
	if f.d != 0 {
		f.inverse = 1 / f.d
	}
	return f
}

// copyScale stores the half at the start of src, which comes out of a file.
func (w *Matrix) copyScale(r int, dst, src []byte) {
	h := binary.LittleEndian.Uint16(src)
	if e := h & 0x7c00; e == 0 || e >= (31-scaleShift)<<10 { // subnormal, or too large
		w.storeScale(r, dst, tensor.HalfToFloat(h))
		return
	}
	binary.LittleEndian.PutUint16(dst, h+scaleShift<<10)
}

// loadScale reads a scale or minimum.
func loadScale(src []byte) float32 {
	return tensor.HalfToFloat(binary.LittleEndian.Uint16(src)) * (1.0 / (1 << scaleShift))
}
