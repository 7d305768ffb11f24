package kernel

import (
	"encoding/binary"
	"math"
)

// BF16 weights lie in panels of 32 rows: for each pair of columns the 32 pairs of the rows, 128 bytes; an odd last column
// is paired with zero. Activations are rounded to bfloat16, to nearest even.
//
// With VDPBF16PS a result is one chain over ascending pairs, each pair's two products added as the instruction does
// (subnormals are zero). The other forms widen to float32 and chain FMAs over ascending columns. The two differ in the
// last bits, so bf16 results name the form; within a form they depend on neither tile nor batch.

// initBF16 sizes the matrix.
func (w *Matrix) initBF16() { w.alloc(w.panels() * w.pairs() * panelRows * 4) }

// pairs returns the number of pairs of columns.
func (w *Matrix) pairs() int { return (w.Cols + 1) / 2 }

// panelBF16 returns the values of row r's panel from r's first on: column k is at k/2*64 + k%2.
func (w *Matrix) panelBF16(r int) []uint16 {
	return asHalves(w.data)[r/panelRows*panelRows*2*w.pairs()+r%panelRows*2:]
}

func (w *Matrix) packBF16(r int, x []float32) {
	p := w.panelBF16(r)
	for k, v := range x {
		h := bf16(v)
		if h&0x7F80 == 0x7F80 {
			w.markBad(r)
		}
		p[k/2*64+k%2] = h
	}
}

// copyBF16 stores a row of bfloat16 values as they are.
func (w *Matrix) copyBF16(r int, raw []byte) {
	p := w.panelBF16(r)
	for k := range w.Cols {
		v := binary.LittleEndian.Uint16(raw[2*k:])
		if v&0x7F80 == 0x7F80 {
			w.markBad(r)
		}
		p[k/2*64+k%2] = v
	}
}

func (w *Matrix) rowBF16(r int, dst []float32) {
	p := w.panelBF16(r)
	for k := range dst {
		dst[k] = widen(p[k/2*64+k%2])
	}
}

// bf16 rounds to nearest even; NaN stays NaN.
func bf16(v float32) uint16 {
	b := math.Float32bits(v)
	if b&0x7FFFFFFF > 0x7F800000 {
		return uint16(b>>16) | 0x40
	}
	return uint16((b + 0x7FFF + b>>16&1) >> 16)
}

func widen(v uint16) float32 { return math.Float32frombits(uint32(v) << 16) }

// setBF16 stores the activations of a token, rounded: as pairs for VDPBF16PS, widened again for the other forms.
func setBF16(row []byte, x []float32) {
	if current < vnniBF16 {
		f := asFloats(row)
		roundBF16(f[:len(x)], x)
		if len(x)%2 != 0 {
			f[len(x)] = 0
		}
		return
	}
	h := asHalves(row)
	packBF16(h[:len(x)], x)
	if len(x)%2 != 0 {
		h[len(x)] = 0
	}
}

func packBF16Generic(h []uint16, x []float32) {
	for i, v := range x {
		h[i] = bf16(v)
	}
}

func roundBF16Generic(y, x []float32) {
	for i, v := range x {
		y[i] = widen(bf16(v))
	}
}

func (w *Matrix) matMulBF16(y []float32, stride int, in *Input, t0, t1, from, to int) {
	switch {
	case current >= vnniBF16:
		w.matMulTiles(opBF16, y, stride, in, t0, t1, from, to, w.pairs(), 4)
	case current >= avx2:
		w.matMulTiles(opWide, y, stride, in, t0, t1, from, to, w.pairs(), 8)
	default:
		w.matMulBF16Generic(y, stride, in, t0, t1, from, to)
	}
}

func (w *Matrix) matMulBF16Generic(y []float32, stride int, in *Input, t0, t1, from, to int) {
	for t := t0; t < t1; t++ {
		x := asFloats(in.data[t*in.stride:])[:w.Cols]
		out := y[t*stride:][:to-from]
		for r := from; r < to; r++ {
			p := w.panelBF16(r)
			var c float32
			for k, v := range x {
				c = fma32(widen(p[k/2*64+k%2]), v, c)
			}
			if w.Cols%2 != 0 {
				c = fma32(0, 0, c) // the pair of the last column
			}
			out[r-from] = c
		}
	}
}
