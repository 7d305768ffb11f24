package algebra

import (
	"math/big"
	"sync"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// pi returns π by Machin's formula, calculated once.
var pi = sync.OnceValue(func() *big.Float {
	f := func(k int64) *big.Float { return arctanInverse(k) }
	x := float().Mul(f(5), float().SetInt64(16))
	return x.Sub(x, float().Mul(f(239), float().SetInt64(4)))
})

// ln2 returns the natural logarithm of 2: 2 artanh(1/3).
var ln2 = sync.OnceValue(func() *big.Float {
	sum, power, nine := float(), float().Quo(float().SetInt64(2), float().SetInt64(3)), float().SetInt64(9)
	for k := int64(1); k < 2*precision; k += 2 {
		sum.Add(sum, float().Quo(power, float().SetInt64(k)))
		power.Quo(power, nine)
	}
	return sum
})

// arctanInverse returns arctan(1/k) by its series.
func arctanInverse(k int64) *big.Float {
	sum, power, square := float(), float().Quo(float().SetInt64(1), float().SetInt64(k)), float().SetInt64(k*k)
	for i := int64(1); i < 2*precision; i += 2 {
		t := float().Quo(power, float().SetInt64(i))
		if i%4 == 1 {
			sum.Add(sum, t)
		} else {
			sum.Sub(sum, t)
		}
		power.Quo(power, square)
	}
	return sum
}

// tiny says whether x no longer matters beside 1.
func tiny(x *big.Float) bool { return x.Sign() == 0 || x.MantExp(nil) < -precision-8 }

// exp returns e to the power z.
func exp(z number) number {
	m := expReal(z.re)
	if z.im.Sign() == 0 {
		return realNumber(m)
	}
	s, c := sinCosReal(z.im)
	return number{float().Mul(m, c), float().Mul(m, s)}
}

func expReal(x *big.Float) *big.Float {
	k := float().Quo(x, ln2())
	if k.Sign() != 0 && k.MantExp(nil) > 24 {
		panic(exact.Limit("number too large"))
	}
	n, _ := k.Int64()
	r := float().Sub(x, float().Mul(float().SetInt64(n), ln2()))
	r.SetMantExp(r, -8)
	sum, t := float().SetInt64(1), float().SetInt64(1)
	for i := int64(1); !tiny(t) && i < 200; i++ {
		t.Mul(t, r)
		t.Quo(t, float().SetInt64(i))
		sum.Add(sum, t)
	}
	for range 8 {
		sum.Mul(sum, sum)
	}
	return sum.SetMantExp(sum, int(n))
}

// ln returns the principal logarithm of z.
func ln(z number) number {
	if z.zero() {
		panic(exact.Limit("logarithm of zero"))
	}
	if z.im.Sign() == 0 && z.re.Sign() > 0 {
		return realNumber(lnReal(z.re))
	}
	n := float().Mul(z.re, z.re)
	n.Add(n, float().Mul(z.im, z.im))
	half := lnReal(n)
	return number{half.SetMantExp(half, -1), argument(z)}
}

// lnReal returns ln x for x > 0: ln m + k ln 2, with ln m = 2 artanh((m−1)/(m+1)).
func lnReal(x *big.Float) *big.Float {
	m := float()
	k := x.MantExp(m) // m in [0.5, 1)
	one := float().SetInt64(1)
	roots := 0
	for ; roots < 6; roots++ {
		m.Sqrt(m)
	}
	y := float().Quo(float().Sub(m, one), float().Add(m, one))
	square := float().Mul(y, y)
	sum, p := float(), y
	for i := int64(1); !tiny(p) && i < 2*precision; i += 2 {
		sum.Add(sum, float().Quo(p, float().SetInt64(i)))
		p = float().Mul(p, square)
	}
	sum.SetMantExp(sum, 1+roots)
	return sum.Add(sum, float().Mul(float().SetInt64(int64(k)), ln2()))
}

// argument returns the angle of z between −π and π.
func argument(z number) *big.Float {
	if z.re.Sign() == 0 {
		half := float().Quo(pi(), float().SetInt64(2))
		if z.im.Sign() < 0 {
			half.Neg(half)
		}
		return half
	}
	a := arctanReal(float().Quo(z.im, z.re))
	if z.re.Sign() < 0 {
		if z.im.Sign() >= 0 {
			a.Add(a, pi())
		} else {
			a.Sub(a, pi())
		}
	}
	return a
}

// arctanReal halves the angle until the series is quick.
func arctanReal(x *big.Float) *big.Float {
	one := float().SetInt64(1)
	y := float().Set(x)
	const halvings = 8
	for range halvings { // arctan x = 2 arctan(x / (1 + √(1 + x²)))
		s := float().Mul(y, y)
		s.Sqrt(s.Add(s, one))
		y.Quo(y, s.Add(s, one))
	}
	square := float().Mul(y, y)
	sum, p := float(), float().Set(y)
	for i := int64(1); !tiny(p) && i < 2*precision; i += 2 {
		t := float().Quo(p, float().SetInt64(i))
		if i%4 == 1 {
			sum.Add(sum, t)
		} else {
			sum.Sub(sum, t)
		}
		p.Mul(p, square)
	}
	return sum.SetMantExp(sum, halvings)
}

func arctan(z number) number {
	if !z.real() {
		panic(exact.Limit("angle of a complex number"))
	}
	return realNumber(arctanReal(z.re))
}

func arcsin(z number) number {
	one := float().SetInt64(1)
	if !z.real() || float().Abs(z.re).Cmp(one) > 0 {
		panic(exact.Limit("angle beyond the circle"))
	}
	c := float().Mul(z.re, z.re)
	c.Sub(one, c)
	if c.Sign() <= 0 {
		half := float().Quo(pi(), float().SetInt64(2))
		if z.re.Sign() < 0 {
			half.Neg(half)
		}
		return realNumber(half)
	}
	return realNumber(arctanReal(float().Quo(z.re, c.Sqrt(c))))
}

// sinCos returns sin z and cos z.
func sinCos(z number) (sin, cos number) {
	if z.im.Sign() == 0 {
		s, c := sinCosReal(z.re)
		return realNumber(s), realNumber(c)
	}
	i := number{float(), float().SetInt64(1)}
	up, down := exp(z.mul(i)), exp(z.mul(i).neg())
	half := rational(exact.Frac(1, 2))
	cos = up.add(down).mul(half)
	sin = up.add(down.neg()).mul(half).mul(i.neg())
	return sin, cos
}

func sinCosReal(x *big.Float) (sin, cos *big.Float) {
	turn := float().Mul(pi(), float().SetInt64(2))
	k := float().Quo(x, turn)
	if k.Sign() != 0 && k.MantExp(nil) > 40 {
		panic(exact.Limit("angle too large"))
	}
	n, _ := k.Int64()
	r := float().Sub(x, float().Mul(turn, float().SetInt64(n)))
	const halvings = 8
	r.SetMantExp(r, -halvings)
	square := float().Mul(r, r)
	s, c, t := float(), float(), float().SetInt64(1)
	for i := int64(0); !tiny(t) && i < 200; i += 2 {
		u := float().Quo(float().Mul(t, r), float().SetInt64(i+1))
		if i%4 == 0 {
			c.Add(c, t)
			s.Add(s, u)
		} else {
			c.Sub(c, t)
			s.Sub(s, u)
		}
		t = float().Quo(float().Mul(t, square), float().SetInt64((i+1)*(i+2)))
	}
	for range halvings { // sin 2r = 2 sin r cos r, cos 2r = 1 − 2 sin² r
		ss := float().Mul(s, s)
		s = float().Mul(float().Mul(s, c), float().SetInt64(2))
		c = float().Sub(float().SetInt64(1), ss.SetMantExp(ss, 1))
	}
	return s, c
}
