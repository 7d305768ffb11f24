package kernel

import "encoding/binary"

// packInt4 quantises a row: per group the best of a few scales (and minima), rounded to halves, and q the integer nearest to (w-m)/d.
func (w *Matrix) packInt4(r int, x []float32) {
	var q [128]byte
	w.groups(r, func(k0, k1 int, blocks, tail []byte) {
		group, q := x[k0:k1], q[:pad8(k1-k0)]
		clear(q)
		low, high := extremes(group)
		var f fit
		switch {
		case low != low:
			f.d = low
		case w.Format == Int4Min:
			f = fitMin(group, low, high)
		default:
			f = fitSymmetric(group, low, high)
		}
		f = w.storeFit(r, tail, f)
		roundTo(q, group, f.m, f.inverse, 0, 15)
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
	p, lane := w.data[r/panelRows*w.panel:(r/panelRows+1)*w.panel], r%panelRows
	for len(p) > 0 {
		w.copyScale(r, p[4*blockBytes+2*lane:], raw)
		raw = raw[2:]
		if w.Format == Int4Min {
			w.copyScale(r, p[4*blockBytes+scaleBytes+2*lane:], raw)
			raw = raw[2:]
		}
		copyNibbles((*lane4)(p[4*lane:]), (*[16]byte)(raw))
		p, raw = p[4*blockBytes+w.Format.tailBytes():], raw[16:]
	}
}

// lane4 is what a row has of four blocks: four bytes in each.
type lane4 [3*blockBytes + 4]byte

// put stores eight columns in block i.
func (l *lane4) put(i int, v uint32) { binary.LittleEndian.PutUint32(l[i*blockBytes:], v) }

// copyNibbles stores the values of a block. Byte i of it holds columns i and 16+i; block j wants columns 8j to 8j+3 low and 8j+4 to 8j+7 high.
func copyNibbles(l *lane4, q *[16]byte) {
	const low = 0x0f0f0f0f
	a, b := binary.LittleEndian.Uint32(q[:]), binary.LittleEndian.Uint32(q[4:])
	c, d := binary.LittleEndian.Uint32(q[8:]), binary.LittleEndian.Uint32(q[12:])
	l.put(0, a&low|b&low<<4)
	l.put(1, c&low|d&low<<4)
	l.put(2, a>>4&low|b&^low)
	l.put(3, c>>4&low|d&^low)
}

// rowInt4 unpacks a row.
func (w *Matrix) rowInt4(r int, dst []float32) {
	w.groups(r, func(k0, k1 int, blocks, tail []byte) {
		d := loadScale(tail)
		for k := range k1 - k0 {
			q := int(blocks[k/8*blockBytes+k%4] >> (k % 8 / 4 * 4) & 15)
			if w.Format.minima() {
				dst[k0+k] = float32(d*float32(q)) + loadScale(tail[scaleBytes:])
			} else {
				dst[k0+k] = d * float32(q-8)
			}
		}
	})
}
