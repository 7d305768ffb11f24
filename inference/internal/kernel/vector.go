package kernel

import "math"

// RMSNorm writes y = x / sqrt(mean(x²) + eps) · g; x, g and y have one length, y may be x.
// (Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019.) The squares are
// summed in 16 lanes; the scale 1/sqrt is rounded to float32, as are both products.
func RMSNorm(y, x, g []float32, eps float32) {
	y, g = y[:len(x)], g[:len(x)]
	var acc [lanes]float32
	squares(&acc, x)
	scaleMul(y, x, g, rmsScale(tree(&acc), len(x), eps))
}

func rmsScale(squares float32, n int, eps float32) float32 {
	mean := squares / float32(n)
	return 1 / float32(math.Sqrt(float64(mean+eps)))
}

// Add adds x to y.
func Add(y, x []float32) {
	add(y[:len(x)], x)
}

// AddRMSNorm adds x to the residual stream r and writes RMSNorm(r) to y: the bits of Add
// followed by RMSNorm, in one pass less.
func AddRMSNorm(y, r, x, g []float32, eps float32) {
	y, r, g = y[:len(x)], r[:len(x)], g[:len(x)]
	var acc [lanes]float32
	addSquares(&acc, r, x)
	scaleMul(y, r, g, rmsScale(tree(&acc), len(x), eps))
}

// SwiGLU writes y = gate · sigmoid(gate) · up (Shazeer, "GLU Variants Improve
// Transformer", 2020); y may be gate or up.
func SwiGLU(y, gate, up []float32) {
	swiglu(y[:len(gate)], gate, up[:len(gate)])
}

// Rotate turns the heads of x, dim values each, by the angles whose cosines and sines are
// given, dim/2 each: value i of a head pairs with value i + dim/2 (NeoX order; Su et al.,
// "RoFormer", 2021).
func Rotate(x []float32, heads, dim int, cos, sin []float32) {
	half := dim / 2
	for x := x[:heads*dim]; len(x) > 0; x = x[dim:] {
		rotate(x[:half], x[half:dim], cos[:half], sin[:half])
	}
}

// Exp replaces x by its exponentials; see exp.go for the error.
func Exp(x []float32) {
	exp(x)
}

// Max returns the greatest value of x: NaN if any is NaN, -Inf if x is empty. Of zeros of
// both signs either may be returned, always the same one for the same x.
func Max(x []float32) float32 {
	m := [lanes]float32{}
	for i := range m {
		m[i] = negInf
	}
	if maxLanes(&m, x) {
		return float32(math.NaN())
	}
	return maxTree(&m)
}

func maxTree(m *[lanes]float32) float32 {
	for h := lanes / 2; h > 0; h /= 2 {
		for i := range h {
			if m[i+h] > m[i] {
				m[i] = m[i+h]
			}
		}
	}
	return m[0]
}

// ArgMax returns the index of the greatest value, the first of equals; of the first NaN
// if there is one; -1 if x is empty.
func ArgMax(x []float32) int {
	const block = 1024
	at, top := -1, float32(0)
	for i := 0; i < len(x); i += block {
		part := x[i:min(i+block, len(x))]
		if m := Max(part); at < 0 || m > top || m != m {
			at, top = i, m
			if m != m {
				break
			}
		}
	}
	for i := at; i >= 0; i++ {
		if v := x[i]; v == top || v != v {
			return i
		}
	}
	return -1
}

// SoftMax replaces x by softmax(scale·x): exp((x - max)·scale) over its sum. scale must
// be positive. A NaN anywhere, or no finite maximum, gives NaN everywhere it reaches.
func SoftMax(x []float32, scale float32) {
	s := SoftExp(x, scale)
	div(x, s)
}

// SoftExp replaces x by exp((x - max)·scale), the numerators of SoftMax, and returns
// their sum, which the caller may divide by later.
func SoftExp(x []float32, scale float32) float32 {
	var acc [lanes]float32
	softExp(&acc, x, Max(x), scale)
	return tree(&acc)
}

// SumExp returns the sum of exp(x - max), x unchanged: the log-sum-exp of blocks of a
// vocabulary is max + ln of the sum of the blocks' sums.
func SumExp(x []float32, max float32) float64 {
	var acc [lanes]float32
	sumExp(&acc, x, max)
	return float64(tree(&acc))
}
