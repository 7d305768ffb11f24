package kernel

//go:generate go run ./gen

// An intTile is the argument of the assembly: a panel times some tokens.
type intTile struct {
	w         *byte    // panel
	x         *byte    // activations of the first token
	y         *float32 // results of the first token
	xStride   int      // bytes between tokens
	yStride   int      // bytes between tokens
	groups    int      // full groups of columns
	steps     int      // runs of eight columns in a full group
	last      int      // runs of eight columns in a short last group, 0 if there is none
	ahead     *byte    // memory to fetch, 128 bytes for each run of 8 columns (64 for the 4-bit formats)
	aheadStep int      // bytes to go on by after each run, 0 to fetch nothing further
}

// matMulInt multiplies panel by panel: a panel stays in the first or second cache for all tokens.
func (w *Matrix) matMulInt(y []float32, stride int, in *Input, t0, t1, from, to int) {
	for r := from; r < to; r += panelRows {
		if to-r < panelRows {
			w.lastPanel(y[r-from:], stride, in, t0, t1, r, to)
			return
		}
		w.panelInt(y[r-from:], stride, in, t0, t1, r)
	}
}

// lastPanel multiplies a panel with fewer than 32 rows.
func (w *Matrix) lastPanel(y []float32, stride int, in *Input, t0, t1, r, to int) {
	var scratch [panelRows]float32
	for t := t0; t < t1; t++ {
		part := *in
		part.data = in.data[t*in.stride:]
		w.panelInt(scratch[:], panelRows, &part, 0, 1, r)
		copy(y[t*stride:][:to-r], scratch[:])
	}
}

// panelIntGeneric multiplies the panel that starts with row r.
func (w *Matrix) panelIntGeneric(y []float32, stride int, in *Input, t0, t1, r int) {
	panel := w.data[r/panelRows*w.panel:][:w.panel]
	for t := t0; t < t1; t++ {
		w.panelGeneric(y[t*stride:][:panelRows], panel, in.data[t*in.stride:])
	}
}
