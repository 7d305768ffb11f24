package kernel

import "unsafe"

// scoresTiles multiplies rows of q with the panels of 16 positions of a page of keys: steps steps of 64 bytes each. The
// stride of q is in bytes.
func scoresTiles(op tileOp, s []float32, sStride int, q unsafe.Pointer, qStride, rows int, kpage unsafe.Pointer, n, steps int) {
	limit, width := op.shape()
	for j := 0; j < n; j += width {
		cols := min(width, n-j)
		a := tile{ys: uintptr(sStride) * 4, xs: uintptr(qStride), ws: 64, k: steps, mask: uint32(1<<cols - 1)}
		a.w0 = unsafe.Add(kpage, j*steps*4)
		a.w1 = a.w0
		switch {
		case width == 16:
			a.w1 = unsafe.Add(a.w0, 32)
		case cols > 16:
			a.w1 = unsafe.Add(a.w0, 64*steps)
		}
		a.fetch, a.far = uintptr(a.w0)+fetchAhead, 512
		each(rows, limit, func(at, rows int) {
			a.n, a.x = rows, unsafe.Add(q, at*qStride)
			a.store(op, width, s[at*sStride+j:], sStride, cols)
		})
	}
}

// weighTiles multiplies rows of p with a page of values of steps steps of dim columns, 4 bytes each, and adds to o, or
// replaces it. The stride of p is in bytes.
func weighTiles(op tileOp, o []float32, oStride int, p unsafe.Pointer, pStride, rows int, vpage unsafe.Pointer, steps, dim int, load bool) {
	limit, width := op.shape()
	for d := 0; d < dim; d += width {
		cols := min(width, dim-d)
		a := tile{ys: uintptr(oStride) * 4, xs: uintptr(pStride), ws: uintptr(dim) * 4, k: steps, load: load, mask: uint32(1<<cols - 1)}
		a.w0 = unsafe.Add(vpage, d*4)
		a.w1 = a.w0
		if cols > width/2 {
			a.w1 = unsafe.Add(a.w0, width*2)
		}
		a.fetch, a.far = uintptr(a.w0)+fetchAhead, 512
		each(rows, limit, func(at, rows int) {
			a.n, a.x = rows, unsafe.Add(p, at*pStride)
			a.store(op, width, o[at*oStride+d:], oStride, cols)
		})
	}
}

// store runs the tile with its results at y, of which cols columns are wanted and no others are touched.
func (a *tile) store(op tileOp, width int, y []float32, stride, cols int) {
	if width == 16 {
		a.narrow(op, y, stride, cols)
		return
	}
	a.y = unsafe.Pointer(unsafe.SliceData(y))
	op.run(a)
}
