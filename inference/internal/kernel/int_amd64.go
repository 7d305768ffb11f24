//go:build !purego

package kernel

// panelInt multiplies the panel that starts with row r.
func (w *Matrix) panelInt(y []float32, stride int, in *Input, t0, t1, r int) {
	if current < vnni {
		w.panelIntGeneric(y, stride, in, t0, t1, r)
		return
	}
	at := r / panelRows * w.panel
	a := intTile{
		w: &w.data[at], xStride: in.stride, yStride: 4 * stride,
		groups: w.Cols / w.Group, steps: w.Group / 8, last: pad8(w.Cols%w.Group) / 8,
	}
	if n := t1 - t0; n <= 6 {
		a.x, a.y = &in.data[t0*in.stride], &y[t0*stride]
		run512alone(w.Format, n, &a)
		return
	}
	// Each tile fetches its share of the next panel into the second cache.
	steps := pad8(w.Cols) / 8
	a.aheadStep = min(w.panel*6/(t1-t0)/steps+1, blockBytes*4/w.Format.blockCols())
	end := min(at+2*w.panel, len(w.data))
	for t, next := t0, at+w.panel; t < t1; next += steps * a.aheadStep {
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

// run512alone runs the tile that is the only one of its panel.
func run512alone(f Format, n int, a *intTile) {
	switch f {
	case Int8:
		switch n {
		case 1:
			int8512x1alone(a)
		case 2:
			int8512x2alone(a)
		case 3:
			int8512x3alone(a)
		case 4:
			int8512x4alone(a)
		case 5:
			int8512x5alone(a)
		case 6:
			int8512x6alone(a)
		}
	case Int4:
		switch n {
		case 1:
			int4512x1alone(a)
		case 2:
			int4512x2alone(a)
		case 3:
			int4512x3alone(a)
		case 4:
			int4512x4alone(a)
		case 5:
			int4512x5alone(a)
		case 6:
			int4512x6alone(a)
		}
	default:
		switch n {
		case 1:
			int4min512x1alone(a)
		case 2:
			int4min512x2alone(a)
		case 3:
			int4min512x3alone(a)
		case 4:
			int4min512x4alone(a)
		case 5:
			int4min512x5alone(a)
		case 6:
			int4min512x6alone(a)
		}
	}
}

// run512 runs one tile of several.
func run512(f Format, n int, a *intTile) {
	switch f {
	case Int8:
		switch n {
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
func int8512x1alone(a *intTile)

//go:noescape
func int8512x2alone(a *intTile)

//go:noescape
func int8512x3alone(a *intTile)

//go:noescape
func int8512x4alone(a *intTile)

//go:noescape
func int8512x5alone(a *intTile)

//go:noescape
func int8512x6alone(a *intTile)

//go:noescape
func int8512x3(a *intTile)

//go:noescape
func int8512x4(a *intTile)

//go:noescape
func int8512x5(a *intTile)

//go:noescape
func int8512x6(a *intTile)

//go:noescape
func int4512x1alone(a *intTile)

//go:noescape
func int4512x2alone(a *intTile)

//go:noescape
func int4512x3alone(a *intTile)

//go:noescape
func int4512x4alone(a *intTile)

//go:noescape
func int4512x5alone(a *intTile)

//go:noescape
func int4512x6alone(a *intTile)

//go:noescape
func int4512x3(a *intTile)

//go:noescape
func int4512x4(a *intTile)

//go:noescape
func int4512x5(a *intTile)

//go:noescape
func int4512x6(a *intTile)

//go:noescape
func int4min512x1alone(a *intTile)

//go:noescape
func int4min512x2alone(a *intTile)

//go:noescape
func int4min512x3alone(a *intTile)

//go:noescape
func int4min512x4alone(a *intTile)

//go:noescape
func int4min512x5alone(a *intTile)

//go:noescape
func int4min512x6alone(a *intTile)

//go:noescape
func int4min512x3(a *intTile)

//go:noescape
func int4min512x4(a *intTile)

//go:noescape
func int4min512x5(a *intTile)

//go:noescape
func int4min512x6(a *intTile)
