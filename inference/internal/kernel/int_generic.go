package kernel

import (
	"encoding/binary"
	"math"
)

// panelGeneric writes the results of the first len(y) rows of a panel for one token.
func (w *Matrix) panelGeneric(y []float32, panel, x []byte) {
	var sums [panelRows]float32
	var dots [panelRows]int32
	for k := 0; k < w.Cols; k += w.Group {
		n := pad8(min(w.Group, w.Cols-k))
		start := int32(binary.LittleEndian.Uint32(x))
		for r := range dots {
			dots[r] = start
		}
		q := x[startBytes : startBytes+n : startBytes+n]
		if w.Format.bytes() {
			dotInt8(&dots, panel, q)
		} else {
			dotInt4(&dots, panel, q)
		}
		tail, behind := panel[w.groupBytes(n)-w.Format.tailBytes():], x[startBytes+n:]
		scale := loadFloat(behind)
		for r, dot := range dots {
			sums[r] = fma32(float32(dot), rawScale(tail[2*r:])*scale, sums[r])
		}
		if w.Format.minima() {
			for r := range sums {
				sums[r] = fma32(rawScale(tail[scaleBytes+2*r:]), loadFloat(behind[4:]), sums[r])
			}
		}
		panel, x = panel[w.groupBytes(n):], x[n+w.Format.metaBytes():]
	}
	for r := range y {
		y[r] = sums[r] * (1.0 / (1 << scaleShift))
	}
}

func loadFloat(src []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(src)) }

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
