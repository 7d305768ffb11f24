//go:build purego || !(amd64 || arm64)

package kernel

// panelInt multiplies the panel that starts with row r.
func (w *Matrix) panelInt(y []float32, stride int, in *Input, t0, t1, r int) {
	w.panelIntGeneric(y, stride, in, t0, t1, r)
}
