package kernel

import "unsafe"

// F32 weights lie in panels of 32 rows: for each column the 32 values of the rows, 128 bytes. A result is one chain of
// FMAs over ascending columns, starting from +0, in every form and for every number of tokens.

// floatStride returns the bytes of a token's activations: an odd number of cache lines, so that the rows of a tile lie in
// different sets of the cache.
func floatStride(f Format, cols int) int {
	n := 4 * (cols + cols%2)
	if f == BF16 && current >= vnniBF16 {
		n /= 2
	}
	return align64(n) | 64
}

// initF32 sizes the matrix.
func (w *Matrix) initF32() { w.alloc(w.panels() * w.Cols * panelRows * 4) }

func (w *Matrix) floats() []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(w.data))), len(w.data)/4)
}

func (w *Matrix) packF32(r int, x []float32) {
	p := w.floats()[r/panelRows*panelRows*w.Cols+r%panelRows:]
	for k, v := range x {
		if v-v != 0 {
			w.markBad(r)
		}
		p[k*panelRows] = v
	}
}

func (w *Matrix) rowF32(r int, dst []float32) {
	p := w.floats()[r/panelRows*panelRows*w.Cols+r%panelRows:]
	for k := range dst {
		dst[k] = p[k*panelRows]
	}
}

// setF32 stores the activations of a token.
func setF32(row []byte, x []float32) {
	copy(asFloats(row), x)
}

func asFloats(b []byte) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/4)
}

func asBytes(f []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(f))), len(f)*4)
}

func asWords(b []byte) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/4)
}

func asHalves(b []byte) []uint16 {
	return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/2)
}

func (w *Matrix) matMulF32(y []float32, stride int, in *Input, t0, t1, from, to int) {
	if n, _ := opF32.shape(); n > 0 {
		w.matMulTiles(opF32, y, stride, in, t0, t1, from, to, w.Cols, 4)
		return
	}
	w.matMulF32Generic(y, stride, in, t0, t1, from, to)
}

func (w *Matrix) matMulF32Generic(y []float32, stride int, in *Input, t0, t1, from, to int) {
	for t := t0; t < t1; t++ {
		x := asFloats(in.data[t*in.stride:])[:w.Cols]
		out := y[t*stride:][:to-from]
		for r := from; r < to; r++ {
			p := w.floats()[r/panelRows*panelRows*w.Cols+r%panelRows:]
			var c float32
			for k, v := range x {
				c = fma32(p[k*panelRows], v, c)
			}
			out[r-from] = c
		}
	}
}
