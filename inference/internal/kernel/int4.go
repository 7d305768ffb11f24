package kernel

import (
	"encoding/binary"

	"github.com/winnow-data/winnow/inference/tensor"
)

// packInt4 quantises a row.
func (w *Matrix) packInt4(r int, x []float32) {
	var q [128]byte
	w.groups(r, func(k0, k1 int, blocks, tail []byte) {
		group, q := x[k0:k1], q[:pad8(k1-k0)]
		clear(q)
		low, high := extremes(group)
		d, m := high-low, float32(0)
		if w.Format == Int4Min {
			d, m = w.storeScale(r, tail, d/15), w.storeScale(r, tail[scaleBytes:], low)
		} else {
			d = w.storeScale(r, tail, max(high/7, -low/8))
			m = -8 * d
		}
		for k, v := range group {
			if d > 0 {
				q[k] = byte(roundTo((v-m)/d, 0, 15))
			} else if w.Format == Int4 {
				q[k] = 8
			}
		}
		putNibbles(blocks, q)
	})
}

// putNibbles stores the values of a group, a multiple of 8.
func putNibbles(blocks, q []byte) {
	for ; len(q) > 0; q = q[8:] {
		low, high := binary.LittleEndian.Uint32(q), binary.LittleEndian.Uint32(q[4:])
		binary.LittleEndian.PutUint32(blocks, low|high<<4)
		if len(q) > 8 {
			blocks = blocks[blockBytes:]
		}
	}
}

// copyInt4 stores a row of Q4_0 or Q4_1 blocks as they are.
func (w *Matrix) copyInt4(r int, raw []byte) {
	w.groups(r, func(_, _ int, blocks, tail []byte) {
		w.storeScale(r, tail, tensor.HalfToFloat(binary.LittleEndian.Uint16(raw)))
		raw = raw[2:]
		if w.Format == Int4Min {
			w.storeScale(r, tail[scaleBytes:], tensor.HalfToFloat(binary.LittleEndian.Uint16(raw)))
			raw = raw[2:]
		}
		// Byte i holds columns i and 16+i; block j wants columns 8j to 8j+3 and 8j+4 to 8j+7.
		for j := range 2 {
			a, b := binary.LittleEndian.Uint32(raw[8*j:]), binary.LittleEndian.Uint32(raw[8*j+4:])
			binary.LittleEndian.PutUint32(blocks[j*blockBytes:], a&0x0f0f0f0f|b<<4&0xf0f0f0f0)
			binary.LittleEndian.PutUint32(blocks[(j+2)*blockBytes:], a>>4&0x0f0f0f0f|b&0xf0f0f0f0)
		}
		raw = raw[16:]
	})
}

// rowInt4 unpacks a row.
func (w *Matrix) rowInt4(r int, dst []float32) {
	w.groups(r, func(k0, k1 int, blocks, tail []byte) {
		d := loadScale(tail)
		for k := range k1 - k0 {
			q := int(blocks[k/8*blockBytes+k%4] >> (k % 8 / 4 * 4) & 15)
			if w.Format == Int4Min {
				dst[k0+k] = float32(d*float32(q)) + loadScale(tail[scaleBytes:])
			} else {
				dst[k0+k] = d * float32(q-8)
			}
		}
	})
}
