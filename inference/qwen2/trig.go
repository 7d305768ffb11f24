package qwen2

import "math"

// The functions of this file give the same bits on every platform: package math uses assembly for some of them on some
// platforms, and the compiler may fuse a product and a sum where the processor can. Here each product is rounded by an
// explicit conversion. Series and constants are those of FreeBSD's msun (fdlibm), errors below 1 ulp.

const (
	ln2Hi = 6.93147180369123816490e-01
	ln2Lo = 1.90821492927058770002e-10
)

// exp is e**x for finite x.
func exp(x float64) float64 {
	const (
		p1 = 1.66666666666666657415e-01
		p2 = -2.77777777770155933842e-03
		p3 = 6.61375632143793436117e-05
		p4 = -1.65339022054652515390e-06
		p5 = 4.13813679705723846039e-08
	)
	switch {
	case x > 709.7:
		return math.Inf(1)
	case x < -745.2:
		return 0
	}
	k := math.Floor(float64(x*math.Log2E) + 0.5)
	hi := x - float64(k*ln2Hi)
	lo := float64(k * ln2Lo)
	r := hi - lo
	t := float64(r * r)
	c := p4 + float64(t*p5)
	c = p3 + float64(t*c)
	c = p2 + float64(t*c)
	c = p1 + float64(t*c)
	c = r - float64(t*c)
	y := 1 - ((lo - float64(r*c)/(2-c)) - hi)
	return math.Ldexp(y, int(k))
}

// log is the natural logarithm of x > 0.
func log(x float64) float64 {
	const (
		l1 = 6.666666666666735130e-01
		l2 = 3.999999999940941908e-01
		l3 = 2.857142874366239149e-01
		l4 = 2.222219843214978396e-01
		l5 = 1.818357216161805012e-01
		l6 = 1.531383769920937332e-01
		l7 = 1.479819860511658591e-01
	)
	f1, e := math.Frexp(x)
	if f1 < math.Sqrt2/2 {
		f1 *= 2
		e--
	}
	f, k := f1-1, float64(e)
	s := f / (2 + f)
	s2 := float64(s * s)
	s4 := float64(s2 * s2)
	a := l5 + float64(s4*l7)
	a = l3 + float64(s4*a)
	a = l1 + float64(s4*a)
	b := l4 + float64(s4*l6)
	b = l2 + float64(s4*b)
	r := float64(s2*a) + float64(s4*b)
	h := 0.5 * float64(f*f)
	return float64(k*ln2Hi) - ((h - (float64(s*(h+r)) + float64(k*ln2Lo))) - f)
}

// sincos returns the sine and cosine of 0 <= x < 2^20.
func sincos(x float64) (sin, cos float64) {
	const ( // pi/2 in three parts of 33 bits
		part1 = 1.57079632673412561417e+00
		part2 = 6.07710050630396597660e-11
		part3 = 2.02226624879595063154e-21
	)
	n := math.Floor(float64(x*(2/math.Pi)) + 0.5)
	r := x - float64(n*part1)
	r -= float64(n * part2)
	r -= float64(n * part3)
	z := float64(r * r)

	const (
		s1 = -1.66666666666666324348e-01
		s2 = 8.33333333332248946124e-03
		s3 = -1.98412698298579493134e-04
		s4 = 2.75573137070700676789e-06
		s5 = -2.50507602534068634195e-08
		s6 = 1.58969099521155010221e-10
	)
	p := s5 + float64(z*s6)
	p = s4 + float64(z*p)
	p = s3 + float64(z*p)
	p = s2 + float64(z*p)
	p = s1 + float64(z*p)
	s := r + float64(float64(z*r)*p)

	const (
		c1 = 4.16666666666666019037e-02
		c2 = -1.38888888888741095749e-03
		c3 = 2.48015872894767294178e-05
		c4 = -2.75573143513906633035e-07
		c5 = 2.08757232129817482790e-09
		c6 = -1.13596475577881948265e-11
	)
	q := c5 + float64(z*c6)
	q = c4 + float64(z*q)
	q = c3 + float64(z*q)
	q = c2 + float64(z*q)
	q = c1 + float64(z*q)
	c := (1 - 0.5*z) + float64(float64(z*z)*q)

	switch int64(n) & 3 {
	case 0:
		return s, c
	case 1:
		return c, -s
	case 2:
		return -s, -c
	}
	return -c, s
}
