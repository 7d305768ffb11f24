//go:build !purego

package kernel

// panelInt multiplies the panel that starts with row r.
func (w *Matrix) panelInt(y []float32, stride int, in *Input, t0, t1, r int) {
	a := intTile{
		w: &w.data[r/panelRows*w.panel], xStride: in.stride, yStride: 4 * stride,
		groups: w.Cols / w.Group, steps: w.Group / 8, last: pad8(w.Cols%w.Group) / 8,
	}
	switch {
	case current < avx2:
		w.panelIntGeneric(y, stride, in, t0, t1, r)
	case current < vnni:
		for t := t0; t < t1; t += maxTokens256 {
			a.x, a.y = &in.data[t*in.stride], &y[t*stride]
			run256(w.Format, min(maxTokens256, t1-t), &a)
		}
	case t1-t0 <= maxAlone512:
		a.x, a.y = &in.data[t0*in.stride], &y[t0*stride]
		run512alone(w.Format, t1-t0, &a)
	default:
		w.tiles512(y, stride, in, t0, t1, a, (r/panelRows+1)*w.panel)
	}
}

// Tokens of the largest tiles. Up to ten tokens wait for memory, which one tile alone reads faster than several; they gain less than they
// lose by having their sums on the stack from eleven on.
const (
	maxTokens256 = 4
	maxTokens512 = 6
	maxAlone512  = 10
)

// tiles512 goes over the tokens. Each tile fetches its share of the next panel, at offset next of the matrix, into the second cache.
func (w *Matrix) tiles512(y []float32, stride int, in *Input, t0, t1 int, a intTile, next int) {
	steps := pad8(w.Cols) / 8
	a.aheadStep = min(w.panel*maxTokens512/(t1-t0)/steps+1, 4*blockBytes/w.Format.blockCols())
	end := min(next+w.panel, len(w.data))
	for t := t0; t < t1; next += steps * a.aheadStep {
		if next < end {
			a.ahead = &w.data[next]
		} else {
			a.ahead, a.aheadStep = a.w, 0
		}
		n := tileTokens(t1 - t)
		a.x, a.y = &in.data[t*in.stride], &y[t*stride]
		run512(w.Format, n, &a)
		t += n
	}
}

// tileTokens returns how many of the tokens left the next tile takes: six, but no last tile smaller than three.
func tileTokens(left int) int {
	switch left {
	case 7, 8:
		return 4
	case 3, 4, 5:
		return left
	}
	return 6
}
