//go:build !purego

package kernel

// Each stub means the Go form of its name; n is a positive multiple of 16.

//go:noescape
func squaresAVX512(acc *[16]float32, x *float32, n int)

//go:noescape
func addSquaresAVX512(acc *[16]float32, y, x *float32, n int)

//go:noescape
func maxAVX512(m *[16]float32, x *float32, n int) (nan uint32)

//go:noescape
func addAVX512(y, x *float32, n int)

//go:noescape
func scaleMulAVX512(y, x, gain *float32, s float32, n int)

//go:noescape
func divAVX512(x *float32, d float32, n int)

//go:noescape
func rotateAVX512(a, b, cos, sin *float32, n int)

//go:noescape
func roundBF16AVX512(y, x *float32, n int)

//go:noescape
func expAVX512(x *float32, n int)

//go:noescape
func softExpAVX512(acc *[16]float32, x *float32, max, scale float32, n int)

//go:noescape
func sumExpAVX512(acc *[16]float32, x *float32, max float32, n int)

//go:noescape
func swigluAVX512(y, gate, up *float32, n int)

//go:noescape
func squaresAVX2(acc *[16]float32, x *float32, n int)

//go:noescape
func addSquaresAVX2(acc *[16]float32, y, x *float32, n int)

//go:noescape
func maxAVX2(m *[16]float32, x *float32, n int) (nan uint32)

//go:noescape
func addAVX2(y, x *float32, n int)

//go:noescape
func scaleMulAVX2(y, x, gain *float32, s float32, n int)

//go:noescape
func divAVX2(x *float32, d float32, n int)

//go:noescape
func rotateAVX2(a, b, cos, sin *float32, n int)

//go:noescape
func roundBF16AVX2(y, x *float32, n int)

//go:noescape
func expAVX2(x *float32, n int)

//go:noescape
func softExpAVX2(acc *[16]float32, x *float32, max, scale float32, n int)

//go:noescape
func sumExpAVX2(acc *[16]float32, x *float32, max float32, n int)

//go:noescape
func swigluAVX2(y, gate, up *float32, n int)

//go:noescape
func packBF16AVX512(y *uint16, x *float32, n int)

//go:noescape
func moments16AVX512(x *float32, n int) (squares, top float32)

//go:noescape
func finishAVX512(y, o, l *float32, n, rows int)

//go:noescape
func round16AVX512(q *int16, x *float32, by float32, n int)

//go:noescape
func softPageAVX512(s *float32, p *int16, l *float32, state *rowState, masks *uint64, scales *float32, rows int)

//go:noescape
func accumulateAVX512(o, t *float32, state *rowState, wide, rows int)

//go:noescape
func moments16AVX2(x *float32, n int) (squares, top float32)

//go:noescape
func finishAVX2(y, o, l *float32, n, rows int)

//go:noescape
func round16AVX2(q *int16, x *float32, by float32, n int)

//go:noescape
func softPageAVX2(s *float32, p *int16, l *float32, state *rowState, masks *uint64, scales *float32, rows int)

//go:noescape
func accumulateAVX2(o, t *float32, state *rowState, wide, rows int)

//go:noescape
func transposeAVX2(dst *uint32, src *byte, stride, n int, exponent, carry uint32) (bad uint32)

//go:noescape
func widen16AVX2(y *float32, x *byte, n int)
