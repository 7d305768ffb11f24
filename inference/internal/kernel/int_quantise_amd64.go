//go:build !purego

package kernel

// extremes returns the least and largest value, both NaN if one value is no finite number.
func extremes(x []float32) (low, high float32) {
	if current >= avx2 && len(x)%8 == 0 && len(x) > 0 {
		return extremes256(&x[0], len(x))
	}
	return extremesGeneric(x)
}

// roundTo writes q = round((x-m)·inverse), ties to even, within [low, high].
func roundTo(q []byte, x []float32, m, inverse, low, high float32) {
	if current >= avx2 && len(x)%8 == 0 && len(x) > 0 {
		_ = q[len(x)-1]
		round256(&q[0], &x[0], len(x), m, inverse, low, high)
		return
	}
	roundGeneric(q, x, m, inverse, low, high)
}

// sumMoments returns the sums for q within [low, high].
func sumMoments(x []float32, m, inverse, low, high float32) (s moments) {
	if current >= avx2 && len(x)%8 == 0 && len(x) > 0 {
		s.q, s.qq, s.qx = moments256(&x[0], len(x), m, inverse, low, high)
		return s
	}
	return momentsGeneric(x, m, inverse, low, high)
}

// extremes256 is [extremesGeneric] for a multiple of eight values.
//
//go:noescape
func extremes256(x *float32, n int) (low, high float32)

// round256 is [roundGeneric] for a multiple of eight values.
//
//go:noescape
func round256(q *byte, x *float32, n int, m, inverse, low, high float32)

// moments256 is [momentsGeneric] for a multiple of eight values.
//
//go:noescape
func moments256(x *float32, n int, m, inverse, low, high float32) (q, qq, qx float32)
