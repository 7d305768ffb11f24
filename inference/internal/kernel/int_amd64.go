//go:build !purego

package kernel

// panelInt multiplies the panel that starts with row r.
func (w *Matrix) panelInt(y []float32, stride int, in *Input, t0, t1, r int) {
	if current < vnni {
		w.panelIntGeneric(y, stride, in, t0, t1, r)
		return
	}
	at := r / panelRows * w.panel
	a := intTile{w: &w.data[at], xStride: in.stride, yStride: 4 * stride, groups: w.Cols / w.Group, steps: w.Group / 8, last: pad8(w.Cols%w.Group) / 8}
	a.ahead = a.w
	next := at + w.panel
	for t := t0; t < t1; {
		n := tileTokens(t1 - t)
		a.x, a.y = &in.data[t*in.stride], &y[t*stride]
		run512(w.Format, n, &a)
		t += n
	}
	_ = next
}

// tileTokens returns how many of the tokens left the next tile takes: six, but no last tile smaller than three.
func tileTokens(left int) int {
	switch left {
	case 7, 8:
		return 4
	case 1, 2, 3, 4, 5:
		return left
	}
	return 6
}

func run512(f Format, n int, a *intTile) {
	switch f {
	case Int8:
		switch n {
		case 1:
			int8512x1(a)
		case 2:
			int8512x2(a)
		case 3:
			int8512x3(a)
		case 4:
			int8512x4(a)
		case 5:
			int8512x5(a)
		case 6:
			int8512x6(a)
		}
	case Int4:
		switch n {
		case 1:
			int4512x1(a)
		case 2:
			int4512x2(a)
		case 3:
			int4512x3(a)
		case 4:
			int4512x4(a)
		case 5:
			int4512x5(a)
		case 6:
			int4512x6(a)
		}
	default:
		switch n {
		case 1:
			int4min512x1(a)
		case 2:
			int4min512x2(a)
		case 3:
			int4min512x3(a)
		case 4:
			int4min512x4(a)
		case 5:
			int4min512x5(a)
		case 6:
			int4min512x6(a)
		}
	}
}

//go:noescape
func int8512x1(a *intTile)

//go:noescape
func int8512x2(a *intTile)

//go:noescape
func int8512x3(a *intTile)

//go:noescape
func int8512x4(a *intTile)

//go:noescape
func int8512x5(a *intTile)

//go:noescape
func int8512x6(a *intTile)

//go:noescape
func int4512x1(a *intTile)

//go:noescape
func int4512x2(a *intTile)

//go:noescape
func int4512x3(a *intTile)

//go:noescape
func int4512x4(a *intTile)

//go:noescape
func int4512x5(a *intTile)

//go:noescape
func int4512x6(a *intTile)

//go:noescape
func int4min512x1(a *intTile)

//go:noescape
func int4min512x2(a *intTile)

//go:noescape
func int4min512x3(a *intTile)

//go:noescape
func int4min512x4(a *intTile)

//go:noescape
func int4min512x5(a *intTile)

//go:noescape
func int4min512x6(a *intTile)
