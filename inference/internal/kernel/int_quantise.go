package kernel

import "math"

// Quantisation of groups of weights. The vector forms give the bits of the plain ones: sums run in eight lanes, lane i mod 8, which are
// added 4+4, 2+2, 1+1.

// A fit is a way to write a group: w = d·q + m, with q = round((w-m)·inverse).
type fit struct{ d, m, inverse float32 }

// moments are sums over the quantised values of a group.
type moments struct{ q, qq, qx float32 }

// extremesGeneric returns the least and largest value, both NaN if one value is no finite number.
func extremesGeneric(x []float32) (low, high float32) {
	low, high = x[0], x[0]
	for _, v := range x {
		if v-v != 0 {
			return v - v, v - v
		}
		low, high = min(low, v), max(high, v)
	}
	return low + 0, high + 0
}

// roundGeneric writes q = round((x-m)·inverse), ties to even, within [low, high].
func roundGeneric(q []byte, x []float32, m, inverse, low, high float32) {
	for i, v := range x {
		q[i] = byte(int8(quantum(v, m, inverse, low, high)))
	}
}

// quantum returns low for a NaN, as the vector forms do.
func quantum(v, m, inverse, low, high float32) float32 {
	q := (v - m) * inverse
	if !(q > low) {
		return low
	}
	return float32(math.RoundToEven(float64(min(q, high))))
}

// momentsGeneric returns the sums for q within [low, high].
func momentsGeneric(x []float32, m, inverse, low, high float32) moments {
	var q, qq, qx [8]float32
	for i, v := range x {
		n := quantum(v, m, inverse, low, high)
		q[i%8] += n
		qq[i%8] = fma32(n, n, qq[i%8])
		qx[i%8] = fma32(n, v, qx[i%8])
	}
	return moments{tree8(&q), tree8(&qq), tree8(&qx)}
}

func tree8(a *[8]float32) float32 {
	return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]))
}

// trials are the numbers of steps that the range of a group is divided into, to find the best fit (after make_qkx2_quants of ggml, which
// tries 20). On normal values in groups of 32 the error is 0.0707 of the deviation; 15 steps without regression leave 0.0784, and a search
// of 90 trials 0.0697.
var trials = [...]float32{13.9, 14.4, 14.8, 15.2, 15.7, 16.4}

// fitMin returns the fit with a minimum that has the least square error of those tried: for each trial, q by rounding, then d and m by
// linear regression.
func fitMin(x []float32, low, high float32) fit {
	if low == high {
		return fit{m: low}
	}
	n, sum := float64(len(x)), 0.0
	for _, v := range x {
		sum += float64(v)
	}
	best, most := fit{d: (high - low) / 15, m: low}, math.Inf(-1)
	for _, steps := range trials {
		s := sumMoments(x, low, steps/(high-low), 0, 15)
		q, qq, qx := float64(s.q), float64(s.qq), float64(s.qx)
		det := n*qq - q*q
		if det <= 0 {
			continue
		}
		d := (n*qx - q*sum) / det
		m := (sum - d*q) / n
		if explained := d*qx + m*sum; explained > most {
			best, most = fit{d: float32(d), m: float32(m)}, explained
		}
	}
	return best
}

// trials8 are, for w = d·(q-8), what the value of largest magnitude is divided by to get a d to start from. The error on normal values is
// 0.0812; -8 without regression, as in ggml's Q4_0, leaves 0.0861, and a search of 55 trials 0.0810.
var trials8 = [...]float32{-7.2, -7.6, -8, -8.4, -8.9}

// fitSymmetric returns the d of least square error of those tried.
func fitSymmetric(x []float32, low, high float32) fit {
	largest := high
	if -low > high {
		largest = low
	}
	if largest == 0 {
		return fit{}
	}
	n, sum := float64(len(x)), 0.0
	for _, v := range x {
		sum += float64(v)
	}
	best, most := largest/-8, math.Inf(-1)
	for _, steps := range trials8 {
		d := largest / steps
		s := sumMoments(x, -8*d, 1/d, 0, 15)
		qx, qq := float64(s.qx)-8*sum, float64(s.qq)-16*float64(s.q)+64*n
		if qq <= 0 {
			continue
		}
		if explained := qx * qx / qq; explained > most {
			best, most = float32(qx/qq), explained
		}
	}
	return fit{d: best, m: -8 * best}
}

// trialsBytes are, for w = d·q + m, what max|w-m| is divided by to get a d to start from. The error on normal values in groups of 32 is
// 0.00489; 127 alone, as in ggml's Q8_0, leaves 0.00535, and 15 trials 0.00483.
var trialsBytes = [...]float32{127, 126, 125, 124}

// fitBytes returns the d of least square error of those tried, for q in -127..127 and a given m.
func fitBytes(x []float32, low, high, m float32) float32 {
	largest := max(high-m, m-low)
	best, most := largest/127, math.Inf(-1)
	if !(best > 1e-30) { // zeros, NaN, or 1/d may overflow
		return best
	}
	for _, steps := range trialsBytes {
		s := sumMoments(x, m, steps/largest, -127, 127)
		qx, qq := float64(s.qx)-float64(m)*float64(s.q), float64(s.qq)
		if explained := qx * qx / qq; explained > most {
			best, most = float32(qx/qq), explained
		}
	}
	return best
}
