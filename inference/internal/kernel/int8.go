package kernel

import (
	"encoding/binary"

	"github.com/winnow-data/winnow/inference/tensor"
)

// packInt8 quantises a row: per group m = 0, or the middle of its range rounded to a half, the best of a few d rounded to a half, and q the
// integer nearest to (w-m)/d.
func (w *Matrix) packInt8(r int, x []float32) {
	var q [128]byte
	w.groups(r, func(k0, k1 int, blocks, tail []byte) {
		low, high := extremes(x[k0:k1])
		m := float32(0)
		if w.Format == Int8Min {
			m = w.storeScale(r, tail[scaleBytes:], low/2+high/2)
		}
		f := w.storeFit(r, tail, fit{d: fitBytes(x[k0:k1], low, high, m), m: m})
		q := q[:pad8(k1-k0)]
		clear(q)
		roundTo(q, x[k0:k1], m, f.inverse, -127, 127)
		putBytes(blocks, q)
	})
}

// putBytes stores the signed values of a group, a multiple of 4.
func putBytes(blocks, q []byte) {
	for i := 0; i < len(q); i += 4 {
		binary.LittleEndian.PutUint32(blocks[i/4*blockBytes:], binary.LittleEndian.Uint32(q[i:])^0x80808080)
	}
}

// copyInt8 stores a row of Q8_0 or Q5_0 blocks as they are.
func (w *Matrix) copyInt8(r int, t tensor.Type, raw []byte) {
	const groupBytes = 8*blockBytes + scaleBytes
	p, lane := w.data[r/panelRows*w.panel:(r/panelRows+1)*w.panel], r%panelRows
	for ; len(p) > 0; p = p[groupBytes:] {
		w.copyScale(r, p[8*blockBytes+2*lane:], raw)
		if t == tensor.Q8_0 {
			copyQ8_0((*lane8)(p[4*lane:]), (*[34]byte)(raw))
			raw = raw[34:]
		} else {
			copyQ5_0((*lane8)(p[4*lane:]), (*[22]byte)(raw))
			raw = raw[22:]
		}
	}
}

// lane8 is what a row has of eight blocks: four bytes in each.
type lane8 [7*blockBytes + 4]byte

// put stores four columns in block i.
func (l *lane8) put(i int, v uint32) { binary.LittleEndian.PutUint32(l[i*blockBytes:], v) }

// copyQ8_0 stores the 32 signed bytes of a block.
func copyQ8_0(l *lane8, raw *[34]byte) {
	const flip = 0x80808080
	l.put(0, binary.LittleEndian.Uint32(raw[2:])^flip)
	l.put(1, binary.LittleEndian.Uint32(raw[6:])^flip)
	l.put(2, binary.LittleEndian.Uint32(raw[10:])^flip)
	l.put(3, binary.LittleEndian.Uint32(raw[14:])^flip)
	l.put(4, binary.LittleEndian.Uint32(raw[18:])^flip)
	l.put(5, binary.LittleEndian.Uint32(raw[22:])^flip)
	l.put(6, binary.LittleEndian.Uint32(raw[26:])^flip)
	l.put(7, binary.LittleEndian.Uint32(raw[30:])^flip)
}

// copyQ5_0 stores the 32 values of a block: four bits in nibbles (column i low, 16+i high), the fifth apart, less 16.
func copyQ5_0(l *lane8, raw *[22]byte) {
	fifth := binary.LittleEndian.Uint32(raw[2:])
	for i := range 4 {
		q := binary.LittleEndian.Uint32(raw[6+4*i:])
		l.put(i, q&0x0f0f0f0f+spread(fifth>>(4*i))<<4+0x70707070)
		l.put(4+i, q>>4&0x0f0f0f0f+spread(fifth>>(16+4*i))<<4+0x70707070)
	}
}

// spread puts the four low bits into the low bits of four bytes.
func spread(bits uint32) uint32 { return bits & 15 * 0x00204081 & 0x01010101 }

// rowInt8 unpacks a row.
func (w *Matrix) rowInt8(r int, dst []float32) {
	w.groups(r, func(k0, k1 int, blocks, tail []byte) {
		d, m := loadScale(tail), float32(0)
		if w.Format == Int8Min {
			m = loadScale(tail[scaleBytes:])
		}
		for k := range k1 - k0 {
			v := d * float32(int(blocks[k/4*blockBytes+k%4])-128)
			if w.Format == Int8Min { // else the sum would lose the sign of a zero
				v = float32(v) + m
			}
			dst[k0+k] = v
		}
	})
}
