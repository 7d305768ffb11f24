//go:build !purego

package kernel

//go:noescape
func tileF32AVX512(a *tile)

//go:noescape
func tileBF16AVX512(a *tile)

//go:noescape
func tileWideAVX512(a *tile)

//go:noescape
func tileI16AVX512(a *tile)

//go:noescape
func tileF32AVX2(a *tile)

//go:noescape
func tileWideAVX2(a *tile)

//go:noescape
func tileI16AVX2(a *tile)

// run computes the tile at the level in use.
func (o tileOp) run(a *tile) {
	wide := current >= avx512
	switch {
	case o == opF32 && wide:
		tileF32AVX512(a)
	case o == opF32:
		tileF32AVX2(a)
	case o == opBF16:
		tileBF16AVX512(a)
	case o == opWide && wide:
		tileWideAVX512(a)
	case o == opWide:
		tileWideAVX2(a)
	case current >= vnni:
		tileI16AVX512(a)
	default:
		tileI16AVX2(a)
	}
}

// transpose8 packs eight rows of n units, a multiple of 8, that lie stride bytes apart.
func transpose8(dst []uint32, src []byte, stride, n int, exponent, carry uint32) (bad uint32) {
	_, _ = dst[(n-1)*panelRows+7], src[7*stride+4*n-1]
	return transposeAVX2(&dst[0], &src[0], stride, n, exponent, carry)
}

// widenHalves widens the first float16 values of raw that make whole vectors and returns how many. (Every CPU with AVX2 has
// F16C, which came before it.)
func widenHalves(y []float32, raw []byte) int {
	n := whole(len(y))
	if n > 0 {
		_ = raw[2*n-1]
		widen16AVX2(&y[0], &raw[0], n)
	}
	return n
}
