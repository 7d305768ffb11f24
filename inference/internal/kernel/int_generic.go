package kernel

import (
	"encoding/binary"
	"math"
)

// matMulInt multiplies panel by panel.
func (w *Matrix) matMulInt(y []float32, stride int, in *Input, t0, t1, from, to int) {
	for r := from; r < to; r += panelRows {
		panel := w.data[r/panelRows*w.panel:][:w.panel]
		for t := t0; t < t1; t++ {
			w.panelGeneric(y[t*stride+r-from:][:min(panelRows, to-r)], panel, in.data[t*in.stride:][:in.stride])
		}
	}
}

// panelGeneric writes the results of the rows of a panel for one token.
func (w *Matrix) panelGeneric(y []float32, panel, x []byte) {
	var sums [panelRows]float32
	var dots [panelRows]int32
	for k := 0; k < w.Cols; k += w.Group {
		n := pad8(min(w.Group, w.Cols-k))
		scale := math.Float32frombits(binary.LittleEndian.Uint32(x[n:]))
		correction := binary.LittleEndian.Uint32(x[n+4:])
		start := int32(correction)
		if w.Format == Int4Min {
			start = 0
		}
		for r := range dots {
			dots[r] = start
		}
		if w.Format == Int8 {
			dotInt8(&dots, panel, x[:n])
		} else {
			dotInt4(&dots, panel, x[:n])
		}
		tail := panel[w.groupBytes(n)-w.Format.tailBytes():]
		for r, dot := range dots {
			sums[r] = fma32(float32(dot), rawScale(tail[2*r:])*scale, sums[r])
		}
		if w.Format == Int4Min {
			for r := range sums {
				sums[r] = fma32(rawScale(tail[scaleBytes+2*r:]), math.Float32frombits(correction), sums[r])
			}
		}
		panel, x = panel[w.groupBytes(n):], x[n+metaBytes:]
	}
	for r := range y {
		y[r] = sums[r] * (1.0 / (1 << scaleShift))
	}
}

// rawScale reads a scale 2^8 times too large, as it is stored.
func rawScale(src []byte) float32 { return loadScale(src) * (1 << scaleShift) }

// dotInt8 adds the products of a group.
func dotInt8(dots *[panelRows]int32, blocks, q []byte) {
	for ; len(q) > 0; q, blocks = q[4:], blocks[blockBytes:] {
		a, b, c, d := int32(int8(q[0])), int32(int8(q[1])), int32(int8(q[2])), int32(int8(q[3]))
		block := blocks[:blockBytes:blockBytes]
		for r := range dots {
			v := block[4*r : 4*r+4 : 4*r+4]
			dots[r] += int32(v[0])*a + int32(v[1])*b + int32(v[2])*c + int32(v[3])*d
		}
	}
}

// dotInt4 adds the products of a group: of the low nibbles with the first four columns of a block, of the high ones with the next four.
func dotInt4(dots *[panelRows]int32, blocks, q []byte) {
	for ; len(q) > 0; q, blocks = q[8:], blocks[blockBytes:] {
		block := blocks[:blockBytes:blockBytes]
		for r := range dots {
			v := block[4*r : 4*r+4 : 4*r+4]
			sum := dots[r]
			for i := range 4 {
				sum += int32(v[i]&15)*int32(int8(q[i])) + int32(v[i]>>4)*int32(int8(q[4+i]))
			}
			dots[r] = sum
		}
	}
}
