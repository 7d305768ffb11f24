package kernel

import (
	"encoding/binary"

	"github.com/winnow-data/winnow/inference/tensor"
)

// packInt8 quantises a row: per group d = max|w|/127 rounded to a half, and q the integer nearest to w/d.
func (w *Matrix) packInt8(r int, x []float32) {
	w.groups(r, func(k0, k1 int, blocks, tail []byte) {
		low, high := extremes(x[k0:k1])
		d := w.storeScale(r, tail, max(high, -low)/127)
		for k, v := range x[k0:k1] {
			q := 0
			if d > 0 {
				q = roundTo(v/d, -127, 127)
			}
			blocks[k/4*blockBytes+k%4] = byte(q + 128)
		}
	})
}

// copyInt8 stores a row of Q8_0 or Q5_0 blocks as they are.
func (w *Matrix) copyInt8(r int, t tensor.Type, raw []byte) {
	_, size := t.Block()
	w.groups(r, func(_, _ int, blocks, tail []byte) {
		w.storeScale(r, tail, tensor.HalfToFloat(binary.LittleEndian.Uint16(raw)))
		if t == tensor.Q8_0 {
			copyQ8_0(blocks, raw)
		} else {
			copyQ5_0(blocks, raw)
		}
		raw = raw[size:]
	})
}

// copyQ8_0 stores the 32 signed bytes of a block.
func copyQ8_0(blocks, raw []byte) {
	q := raw[2:34]
	for i := range 8 {
		v := binary.LittleEndian.Uint32(q[4*i:])
		binary.LittleEndian.PutUint32(blocks[i*blockBytes:], v^0x80808080)
	}
}

// copyQ5_0 stores the 32 values of a block: four bits in nibbles, the fifth apart, less 16.
func copyQ5_0(blocks, raw []byte) {
	high, q := binary.LittleEndian.Uint32(raw[2:]), raw[6:22]
	for i := range 16 {
		low, top := q[i]&15|byte(high>>i&1)<<4, q[i]>>4|byte(high>>(16+i)&1)<<4
		blocks[i/4*blockBytes+i%4] = low + 112
		blocks[(16+i)/4*blockBytes+i%4] = top + 112
	}
}

// rowInt8 unpacks a row.
func (w *Matrix) rowInt8(r int, dst []float32) {
	w.groups(r, func(k0, k1 int, blocks, tail []byte) {
		d := loadScale(tail)
		for k := range k1 - k0 {
			dst[k0+k] = d * float32(int(blocks[k/4*blockBytes+k%4])-128)
		}
	})
}
