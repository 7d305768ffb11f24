package kernel

import "math"

// The exponential function of this package: the same bits in Go and in every assembly
// form. exp(x) = 2^n · (1 + r + r²·p(r)) with n = rne(x·log2 e), r = x - n·ln 2 in two
// steps, p of degree 4 (interpolated at the Chebyshev nodes of |r| ≤ ln 2 / 2). Relative
// error below 1 ulp; results below 2^-126 are rounded once, as subnormals are.
// exp(-Inf) = 0, exp(+Inf) = +Inf, NaN stays NaN.
const (
	expLow   = -104 // below it the result is 0
	expHigh  = 89   // above it +Inf
	expLog2e = 1.4426950216293335
	expMagic = 12582912 // 1.5 · 2^23: adding it rounds to an integer
	expLn2Hi = 0.693145751953125
	expLn2Lo = 1.428606765330187e-06
	expC2    = 0.5
	expC3    = 0.16666576266288757
	expC4    = 0.041666556149721146
	expC5    = 0.008363203145563602
	expC6    = 0.0013926213141530752
)

// exp32 is the scalar form.
func exp32(x float32) float32 {
	if expHigh < x {
		x = expHigh
	}
	if expLow > x {
		x = expLow
	}
	t := fma32(x, expLog2e, expMagic)
	n := t - expMagic
	r := fma32(n, -expLn2Hi, x)
	r = fma32(n, -expLn2Lo, r)
	p := fma32(expC6, r, expC5)
	p = fma32(p, r, expC4)
	p = fma32(p, r, expC3)
	p = fma32(p, r, expC2)
	p = fma32(p, r, 1)
	p = fma32(p, r, 1)
	return power(p, t)
}

// power returns p·2^n, where t = n + expMagic: in two factors, as n reaches beyond the exponents of normal
// numbers. The conversion keeps a compiler from fusing the product with a sum.
func power(p, t float32) float32 {
	k := int32(math.Float32bits(t)) - 0x4B400000
	a := k >> 1
	p *= math.Float32frombits(uint32(a+127) << 23)
	return float32(p * math.Float32frombits(uint32(k-a+127)<<23))
}

func expGeneric(x []float32) {
	for i, v := range x {
		x[i] = exp32(v)
	}
}
