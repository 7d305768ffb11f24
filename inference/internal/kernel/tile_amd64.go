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
