//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// dotProduct says whether the CPU has SDOT, as those of ARMv8.4 and some before do.
var dotProduct = cpu.ARM64.HasASIMDDP

// panelInt multiplies the panel that starts with row r.
func (w *Matrix) panelInt(y []float32, stride int, in *Input, t0, t1, r int) {
	if current < neon || !dotProduct {
		w.panelIntGeneric(y, stride, in, t0, t1, r)
		return
	}
	const maxTokens = 4
	a := intTile{
		w: &w.data[r/panelRows*w.panel], xStride: in.stride, yStride: 4 * stride,
		groups: w.Cols / w.Group, steps: w.Group / 8, last: pad8(w.Cols%w.Group) / 8,
	}
	for t := t0; t < t1; t += maxTokens {
		a.x, a.y = &in.data[t*in.stride], &y[t*stride]
		runNEON(w.Format, min(maxTokens, t1-t), &a)
	}
}
