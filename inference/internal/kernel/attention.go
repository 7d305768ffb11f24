package kernel

import "unsafe"

// Page is the number of positions of a page of keys or values.
const Page = 64

// PutK stores the key of one position (0 ≤ at < Page) of one head in a page of
// [Page/16][dim][16] values. Values need no such step: a page of them is [Page][dim].
func PutK(kpage []float32, at, dim int, k []float32) {
	p := kpage[at/16*16*dim:]
	p = p[: dim*16 : dim*16]
	for d, v := range k[:dim] {
		p[d*16+at%16] = v
	}
}

// Scores writes s[r*sStride+j] = Σ_d q[r*qStride+d]·K[j][d] for rows rows and the first n
// positions of a page: one FMA chain over ascending d each. dim is a multiple of 8.
// Nothing but those n values of a row of s is written.
func Scores(s []float32, sStride int, q []float32, qStride, rows int, kpage []float32, n, dim int) {
	if limit, _ := opF32.shape(); limit > 0 && rows > 0 && n > 0 {
		_, _ = q[(rows-1)*qStride+dim-1], kpage[(n+15)/16*16*dim-1]
		scoresTiles(opF32, s[:(rows-1)*sStride+n], sStride, unsafe.Pointer(&q[0]), qStride*4, rows, unsafe.Pointer(&kpage[0]), n, dim)
		return
	}
	scoresGeneric(s, sStride, q, qStride, rows, kpage, n, dim)
}

// Weigh adds to o[r*oStride+d] the chain of FMAs p[r*pStride+j]·V[j][d] over ascending
// j < n. dim is a multiple of 8.
func Weigh(o []float32, oStride int, p []float32, pStride, rows int, vpage []float32, n, dim int) {
	if limit, _ := opF32.shape(); limit > 0 && rows > 0 && n > 0 {
		_, _ = p[(rows-1)*pStride+n-1], vpage[n*dim-1]
		weighTiles(opF32, o[:(rows-1)*oStride+dim], oStride, unsafe.Pointer(&p[0]), pStride*4, rows, unsafe.Pointer(&vpage[0]), n, dim, true)
		return
	}
	weighGeneric(o, oStride, p, pStride, rows, vpage, n, dim)
}
