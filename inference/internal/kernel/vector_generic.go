package kernel

import "math"

// lanes is the number of virtual lanes of every float reduction: value i goes to lane
// i mod 16, whatever the width of the machine's registers.
const lanes = 16

// tree sums the lanes: 8+8, 4+4, 2+2, 1+1.
func tree(a *[lanes]float32) float32 {
	for h := lanes / 2; h > 0; h /= 2 {
		for i := range h {
			a[i] += a[i+h]
		}
	}
	return a[0]
}

func squaresGeneric(acc *[lanes]float32, x []float32) {
	for i, v := range x {
		acc[i%lanes] = fma32(v, v, acc[i%lanes])
	}
}

func scaleMulGeneric(y, x, g []float32, s float32) {
	for i, v := range x {
		y[i] = float32(v*s) * g[i]
	}
}

func addGeneric(y, x []float32) {
	for i, v := range x {
		y[i] += v
	}
}

func swigluGeneric(y, gate, up []float32) {
	for i, g := range gate {
		y[i] = float32(g/(1+exp32(-g))) * up[i]
	}
}

func rotateGeneric(a, b, cos, sin []float32) {
	for i, u := range a {
		v, c, s := b[i], cos[i], sin[i]
		a[i] = fma32(-v, s, float32(u*c))
		b[i] = fma32(u, s, float32(v*c))
	}
}

// maxGeneric folds x into the lanes of m: a lane takes a value that is greater. NaN is
// reported, not folded.
func maxGeneric(m *[lanes]float32, x []float32) (nan bool) {
	for i, v := range x {
		if v > m[i%lanes] {
			m[i%lanes] = v
		}
		nan = nan || v != v
	}
	return nan
}

// softExpGeneric replaces x by exp((x - max)·scale) and adds it to the lanes.
func softExpGeneric(acc *[lanes]float32, x []float32, max, scale float32) {
	for i, v := range x {
		e := exp32(float32(v-max) * scale)
		x[i] = e
		acc[i%lanes] += e
	}
}

func sumExpGeneric(acc *[lanes]float32, x []float32, max float32) {
	for i, v := range x {
		acc[i%lanes] += exp32(v - max)
	}
}

func divGeneric(x []float32, d float32) {
	for i := range x {
		x[i] /= d
	}
}

var negInf = float32(math.Inf(-1))
