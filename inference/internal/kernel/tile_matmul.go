package kernel

import "unsafe"

const (
	residentBytes = 512 << 10 // activations that stay in the L2 cache while all panels pass
	chainBytes    = 5 << 10   // of one token, when the whole chain does not fit for enough tokens
)

// matMulTiles multiplies panels of 32 rows, 128 bytes a step, with activations of xStep bytes a step.
//
// Blocks of tokens are outside, panels inside, so that a panel is read from memory once for each block, and each panel's
// part stays in the cache for all tiles of the block. A long chain is cut; it goes on from the sums in y.
func (w *Matrix) matMulTiles(op tileOp, y []float32, stride int, in *Input, t0, t1, from, to, steps, xStep int) {
	length := steps
	if (t1-t0)*steps*xStep > residentBytes {
		n := (steps*xStep + chainBytes - 1) / chainBytes
		length = (steps + n - 1) / n
	}
	limit, _ := op.shape()
	block := max(residentBytes/(length*xStep)/limit, 1) * limit
	for t := t0; t < t1; t += block {
		n := min(block, t1-t)
		for k := 0; k < steps; k += length {
			for r := from; r < to; r += panelRows {
				a := tile{
					ys: uintptr(stride) * 4, xs: uintptr(in.stride), ws: 128, load: k > 0, k: min(length, steps-k),
					w0: unsafe.Pointer(&w.data[(r*steps+k*panelRows)*4]),
				}
				x := in.data[t*in.stride+k*xStep:]
				a.panel(op, y[t*stride+r-from:], stride, x, in.stride, n, min(panelRows, to-r), steps*128)
			}
		}
	}
}

// panel computes n tokens with the part of a panel that w0 points to; cols of its 32 rows are wanted. Several tiles fetch the
// part of the next panel, size bytes on, each its share.
func (a *tile) panel(op tileOp, y []float32, stride int, x []byte, xStride, n, cols, size int) {
	limit, width := op.shape()
	if width == 32 {
		a.w1, a.mask = unsafe.Add(a.w0, 64), uint32(1<<cols-1)
		tiles := (n + limit - 1) / limit
		share := a.k * 128 / tiles
		a.fetch, a.far = uintptr(a.w0)+fetchAhead, 512
		if tiles > 1 {
			a.fetch, a.far = uintptr(a.w0)+uintptr(size), uintptr(512/tiles)
		}
		each(n, limit, func(at, rows int) {
			a.n, a.y, a.x = rows, unsafe.Pointer(&y[at*stride]), unsafe.Pointer(&x[at*xStride])
			op.run(a)
			a.fetch += uintptr(share)
		})
		return
	}
	panel := a.w0
	for c := 0; c < cols; c += 16 {
		a.w0, a.w1 = unsafe.Add(panel, c*4), unsafe.Add(panel, c*4+32)
		each(n, limit, func(at, rows int) {
			a.n, a.x = rows, unsafe.Pointer(&x[at*xStride])
			a.narrow(op, y[at*stride+c:], stride, min(16, cols-c))
		})
	}
}

// narrow computes a tile of 16 columns, of which cols are wanted, and touches no others.
func (a *tile) narrow(op tileOp, y []float32, stride, cols int) {
	if cols == 16 {
		a.y, a.ys = unsafe.Pointer(unsafe.SliceData(y)), uintptr(stride)*4
		op.run(a)
		return
	}
	var whole [6 * 16]float32
	for r := range a.n {
		copy(whole[r*16:][:cols], y[r*stride:])
	}
	b := *a // so that whole stays on the stack
	b.y, b.ys = unsafe.Pointer(&whole), 64
	op.run(&b)
	for r := range a.n {
		copy(y[r*stride:][:cols], whole[r*16:])
	}
}
