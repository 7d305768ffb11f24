//go:build !purego

package kernel

// The routines take whole vectors of 16. What is left is done in Go where that is cheap, else through a vector on the stack.

// whole returns how many of n values the routines take at the level in use.
func whole(n int) int {
	if current < avx2 {
		return 0
	}
	return n &^ (lanes - 1)
}

func squares(acc *[lanes]float32, x []float32) {
	n := whole(len(x))
	switch {
	case n == 0:
	case current >= avx512:
		squaresAVX512(acc, &x[0], n)
	default:
		squaresAVX2(acc, &x[0], n)
	}
	if n < len(x) {
		squaresGeneric(acc, x[n:])
	}
}

func addSquares(acc *[lanes]float32, y, x []float32) {
	n := whole(len(x))
	switch {
	case n == 0:
	case current >= avx512:
		addSquaresAVX512(acc, &y[0], &x[0], n)
	default:
		addSquaresAVX2(acc, &y[0], &x[0], n)
	}
	if n < len(x) {
		addGeneric(y[n:], x[n:])
		squaresGeneric(acc, y[n:len(x)])
	}
}

func maxLanes(m *[lanes]float32, x []float32) (nan bool) {
	n := whole(len(x))
	switch {
	case n == 0:
	case current >= avx512:
		nan = maxAVX512(m, &x[0], n) != 0
	default:
		nan = maxAVX2(m, &x[0], n) != 0
	}
	return maxGeneric(m, x[n:]) || nan
}

func add(y, x []float32) {
	n := whole(len(x))
	switch {
	case n == 0:
	case current >= avx512:
		addAVX512(&y[0], &x[0], n)
	default:
		addAVX2(&y[0], &x[0], n)
	}
	if n < len(x) {
		addGeneric(y[n:], x[n:])
	}
}

func scaleMul(y, x, g []float32, s float32) {
	n := whole(len(x))
	switch {
	case n == 0:
	case current >= avx512:
		scaleMulAVX512(&y[0], &x[0], &g[0], s, n)
	default:
		scaleMulAVX2(&y[0], &x[0], &g[0], s, n)
	}
	if n < len(x) {
		scaleMulGeneric(y[n:], x[n:], g[n:], s)
	}
}

func div(x []float32, d float32) {
	n := whole(len(x))
	switch {
	case n == 0:
	case current >= avx512:
		divAVX512(&x[0], d, n)
	default:
		divAVX2(&x[0], d, n)
	}
	if n < len(x) {
		divGeneric(x[n:], d)
	}
}

func rotate(a, b, cos, sin []float32) {
	n := whole(len(a))
	switch {
	case n == 0:
	case current >= avx512:
		rotateAVX512(&a[0], &b[0], &cos[0], &sin[0], n)
	default:
		rotateAVX2(&a[0], &b[0], &cos[0], &sin[0], n)
	}
	if n < len(a) {
		rotateGeneric(a[n:], b[n:], cos[n:], sin[n:])
	}
}

func swiglu(y, gate, up []float32) {
	n := whole(len(gate))
	switch {
	case n == 0:
	case current >= avx512:
		swigluAVX512(&y[0], &gate[0], &up[0], n)
	default:
		swigluAVX2(&y[0], &gate[0], &up[0], n)
	}
	if n < len(gate) {
		swigluGeneric(y[n:], gate[n:], up[n:])
	}
}

func exp(x []float32) {
	n := whole(len(x))
	switch {
	case n == 0:
	case current >= avx512:
		expAVX512(&x[0], n)
	default:
		expAVX2(&x[0], n)
	}
	if n < len(x) {
		expGeneric(x[n:])
	}
}

func softExp(acc *[lanes]float32, x []float32, max, scale float32) {
	if n := whole(len(x)); n > 0 {
		softExpWhole(acc, &x[0], max, scale, n)
		x = x[n:]
	}
	switch {
	case len(x) == 0:
	case current < avx2:
		softExpGeneric(acc, x, max, scale)
	default:
		var v [lanes]float32
		a := *acc
		copy(v[:], x)
		softExpWhole(&a, &v[0], max, scale, lanes)
		copy(acc[:len(x)], a[:])
		copy(x, v[:])
	}
}

// softExpWhole calls by name: through a function value, what the pointers point to would move to the heap.
func softExpWhole(acc *[lanes]float32, x *float32, max, scale float32, n int) {
	if current >= avx512 {
		softExpAVX512(acc, x, max, scale, n)
	} else {
		softExpAVX2(acc, x, max, scale, n)
	}
}

func sumExp(acc *[lanes]float32, x []float32, max float32) {
	n := whole(len(x))
	switch {
	case n == 0:
	case current >= avx512:
		sumExpAVX512(acc, &x[0], max, n)
	default:
		sumExpAVX2(acc, &x[0], max, n)
	}
	if n < len(x) {
		sumExpGeneric(acc, x[n:], max)
	}
}

func packBF16(h []uint16, x []float32) {
	n := whole(len(x))
	if n > 0 { // only VDPBF16PS takes packed activations
		packBF16AVX512(&h[0], &x[0], n)
	}
	if n < len(x) {
		packBF16Generic(h[n:], x[n:])
	}
}

func roundBF16(y, x []float32) {
	n := whole(len(x))
	switch {
	case n == 0:
	case current >= avx512:
		roundBF16AVX512(&y[0], &x[0], n)
	default:
		roundBF16AVX2(&y[0], &x[0], n)
	}
	if n < len(x) {
		roundBF16Generic(y[n:], x[n:])
	}
}
