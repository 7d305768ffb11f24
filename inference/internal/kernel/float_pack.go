package kernel

import (
	"encoding/binary"

	"github.com/winnow-data/winnow/inference/tensor"
)

// packFloats stores rows [from, to) of t at rows at+from and on, a panel at a time: a row alone would write four bytes to
// each of its panel's cache lines. It returns false where the matrix does not hold the type exactly.
func (w *Matrix) packFloats(t tensor.Tensor, at, from, to int) bool {
	half := w.Format == F32 && t.Type == tensor.F16
	if !half && (w.Format != F32 || t.Type != tensor.F32) && (w.Format != BF16 || t.Type != tensor.BF16 || w.Cols%2 != 0) {
		return false
	}
	var buffer []float32
	if half {
		buffer = make([]float32, panelRows*w.Cols)
	}
	for r := from; r < to; {
		first := at + r
		n := min(to-r, panelRows-first%panelRows)
		for i := 0; half && i < n; i++ {
			x, raw := buffer[i*w.Cols:(i+1)*w.Cols], t.Raw(r+i)
			for k := widenHalves(x, raw); k < len(x); k++ {
				x[k] = tensor.HalfToFloat(binary.LittleEndian.Uint16(raw[2*k:]))
			}
		}
		src := asBytes(buffer)
		if !half {
			size := len(t.Raw(r))
			src = t.Data[r*size : (r+n)*size]
		}
		w.packPanel(first, n, src)
		r += n
	}
	return true
}

// packPanel stores n rows of four-byte units, pairs of bfloat16 or float32, that follow each other in src, from row first
// on. Eight rows are transposed at a time; what is left goes unit by unit, in blocks that stay in the L1 cache.
func (w *Matrix) packPanel(first, n int, src []byte) {
	const block = 32 // units: 4 KiB of a panel
	units := len(w.data) / (w.panels() * panelRows * 4)
	panel := asWords(w.data)[first/panelRows*panelRows*units+first%panelRows:]
	exponent, carry := uint32(0x7F800000), uint32(0x00800000) // an exponent of ones and the carry reach the sign
	if w.Format == BF16 {
		exponent, carry = 0x7F807F80, 0x00800080
	}
	bad := uint32(0)
	for k := 0; k < units; k += block {
		some := min(block, units-k)
		i := 0
		for ; i+8 <= n && some%8 == 0 && current >= avx2; i += 8 {
			bad |= transpose8(panel[k*panelRows+i:], src[4*(i*units+k):], 4*units, some, exponent, carry)
		}
		for ; i < n; i++ {
			for u := range some {
				v := binary.LittleEndian.Uint32(src[4*(i*units+k+u):])
				bad |= v&exponent + carry
				panel[(k+u)*panelRows+i] = v
			}
		}
	}
	if bad&(carry<<8) != 0 {
		w.findBad(first, n, src, units, exponent, carry)
	}
}

// findBad marks the rows that have a unit with an exponent of ones.
func (w *Matrix) findBad(first, n int, src []byte, units int, exponent, carry uint32) {
	for i := range n {
		for u := range units {
			if (binary.LittleEndian.Uint32(src[4*(i*units+u):])&exponent+carry)&(carry<<8) != 0 {
				w.markBad(first + i)
				break
			}
		}
	}
}
