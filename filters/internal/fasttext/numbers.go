package fasttext

import "math"

// exp2 holds 2^(i/32) without the i/32 of its exponent, as glibc's table for expf.
var exp2 = [32]uint64{
	0x3ff0000000000000, 0x3fefd9b0d3158574, 0x3fefb5586cf9890f, 0x3fef9301d0125b51,
	0x3fef72b83c7d517b, 0x3fef54873168b9aa, 0x3fef387a6e756238, 0x3fef1e9df51fdee1,
	0x3fef06fe0a31b715, 0x3feef1a7373aa9cb, 0x3feedea64c123422, 0x3feece086061892d,
	0x3feebfdad5362a27, 0x3feeb42b569d4f82, 0x3feeab07dd485429, 0x3feea47eb03a5585,
	0x3feea09e667f3bcd, 0x3fee9f75e8ec5f74, 0x3feea11473eb0187, 0x3feea589994cce13,
	0x3feeace5422aa0db, 0x3feeb737b0cdc5e5, 0x3feec49182a3f090, 0x3feed503b23e255d,
	0x3feee89f995ad3ad, 0x3feeff76f2fb5e47, 0x3fef199bdd85529c, 0x3fef3720dcef9069,
	0x3fef5818dcfba487, 0x3fef7c97337b9b5f, 0x3fefa4afa2a490da, 0x3fefd0765b6e4540,
}

// expf is e^x rounded as glibc's expf rounds it (since 2.27: sysdeps/ieee754/flt-32/e_expf.c), which is not always to the nearest
// float32. The conversions forbid fused operations, so that every machine gets the same bits.
func expf(x float32) float32 {
	switch {
	case x != x:
		return x
	case x > 0x1.62e42ep6:
		return float32(math.Inf(1))
	case x < -0x1.9fe368p6:
		return 0
	}
	const (
		scale = 0x1.71547652b82fep+0 * 32
		shift = 0x1.8p+52
		c0    = 0x1.c6af84b912394p-5 / 32 / 32 / 32
		c1    = 0x1.ebfce50fac4f3p-3 / 32 / 32
		c2    = 0x1.62e42ff0c52d6p-1 / 32
	)
	z := float64(scale * float64(x))
	kd := float64(z + shift)
	ki := math.Float64bits(kd)
	kd -= shift
	r := z - kd
	s := math.Float64frombits(exp2[ki%32] + ki<<(52-5))
	p := float64(c0*r) + c1
	q := float64(c2*r) + 1
	y := float64(p*float64(r*r)) + q
	return float32(y * s)
}

// logf is ln(x + 1e-5) as fastText computes it: in float64, kept as float32.
func logf(x float32) float32 { return float32(log(float64(x) + 1e-5)) }

// log is the natural logarithm of a positive, finite, normal x: FreeBSD's e_log.c, as in package math, but without assembly and
// fused operations, so that every machine gets the same bits. Its error is below 1 ulp of float64.
func log(x float64) float64 {
	const (
		ln2Hi = 6.93147180369123816490e-01
		ln2Lo = 1.90821492927058770002e-10
		l1    = 6.666666666666735130e-01
		l2    = 3.999999999940941908e-01
		l3    = 2.857142874366239149e-01
		l4    = 2.222219843214978396e-01
		l5    = 1.818357216161805012e-01
		l6    = 1.531383769920937332e-01
		l7    = 1.479819860511658591e-01
	)
	f1, ki := math.Frexp(x)
	if f1 < math.Sqrt2/2 {
		f1 *= 2
		ki--
	}
	f, k := f1-1, float64(ki)
	s := f / (2 + f)
	s2 := float64(s * s)
	s4 := float64(s2 * s2)
	t1 := float64(s2 * (l1 + float64(s4*(l3+float64(s4*(l5+float64(s4*l7)))))))
	t2 := float64(s4 * (l2 + float64(s4*(l4+float64(s4*l6)))))
	r := t1 + t2
	hfsq := float64(0.5 * f * f)
	return float64(k*ln2Hi) - ((hfsq - (float64(s*(hfsq+r)) + float64(k*ln2Lo))) - f)
}

// sigmoids is fastText's table of the logistic function from -8 to 8.
var sigmoids = func() (t [513]float32) {
	for i := range t {
		x := float32(float32(i*2*8)/512) - 8
		t[i] = float32(1 / (1 + float64(expf(-x))))
	}
	return t
}()

func sigmoid(x float32) float32 {
	switch {
	case x != x:
		return x
	case x < -8:
		return 0
	case x > 8:
		return 1
	}
	return sigmoids[int64(float32(float32(x+8)*512)/8/2)]
}

// expd is e^x in float64, kept as float32: the reference's softmax calls exp for doubles. math.Exp may differ between machines in
// the last bit of 53, which the rounding to 24 hides but for one value in 2^28.
func expd(x float32) float32 { return float32(math.Exp(float64(x))) }
