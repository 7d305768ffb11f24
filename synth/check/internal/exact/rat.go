// Package exact holds rational numbers that never round: a pair of machine words while they fit, [big.Rat] beyond.
//
// Numbers of more than [MaxBits] bits are refused with a panic of [Limit]; whoever calculates with what a stranger wrote recovers it.
package exact

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// MaxBits is the size a numerator or denominator may have: about 9,800 digits.
const MaxBits = 1 << 15

// Limit is the panic of a calculation that would grow beyond a bound, or that has no value.
type Limit string

// Error implements error.
func (l Limit) Error() string { return string(l) }

// A Rat is a rational number. The zero value is 0. Rats are values: no operation changes its operands.
type Rat struct {
	n, d int64    // d = 0 means 1; in lowest terms, d > 0, n > math.MinInt64
	big  *big.Rat // where the words do not suffice; never changed once made
}

// Int returns n.
func Int(n int64) Rat {
	if n == math.MinInt64 {
		return Rat{big: new(big.Rat).SetInt64(n)}
	}
	return Rat{n: n, d: 1}
}

// Frac returns n/d; d must not be 0.
func Frac(n, d int64) Rat {
	if d == 0 {
		panic(Limit("division by zero"))
	}
	if n == math.MinInt64 || d == math.MinInt64 {
		return fromBig(big.NewRat(n, d))
	}
	if d < 0 {
		n, d = -n, -d
	}
	if g := gcd(n, d); g > 1 {
		n, d = n/g, d/g
	}
	return Rat{n: n, d: d}
}

func gcd(a, b int64) int64 {
	if a < 0 {
		a = -a
	}
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// fromBig takes b over.
func fromBig(b *big.Rat) Rat {
	if b.Num().IsInt64() && b.Denom().IsInt64() {
		if n := b.Num().Int64(); n != math.MinInt64 {
			return Rat{n: n, d: b.Denom().Int64()}
		}
	}
	if b.Num().BitLen() > MaxBits || b.Denom().BitLen() > MaxBits {
		panic(Limit("number too large"))
	}
	return Rat{big: b}
}

// FromInt returns the value of i.
func FromInt(i *big.Int) Rat { return fromBig(new(big.Rat).SetInt(i)) }

// Big returns r as a big.Rat that the caller must not change.
func (r Rat) Big() *big.Rat {
	if r.big != nil {
		return r.big
	}
	return big.NewRat(r.n, r.den())
}

func (r Rat) den() int64 {
	if r.d == 0 {
		return 1
	}
	return r.d
}

// Small returns r as n/d where both fit a word.
func (r Rat) Small() (n, d int64, ok bool) { return r.n, r.den(), r.big == nil }

// Sign returns -1, 0 or 1.
func (r Rat) Sign() int {
	switch {
	case r.big != nil:
		return r.big.Sign()
	case r.n < 0:
		return -1
	case r.n > 0:
		return 1
	}
	return 0
}

// IsInt says whether r is an integer.
func (r Rat) IsInt() bool {
	if r.big != nil {
		return r.big.IsInt()
	}
	return r.den() == 1
}

// IsOne says whether r is 1.
func (r Rat) IsOne() bool { return r.big == nil && r.n == 1 && r.den() == 1 }

// Equal says whether r and s are the same number.
func (r Rat) Equal(s Rat) bool {
	if r.big == nil && s.big == nil {
		return r.n == s.n && r.den() == s.den()
	}
	return r.big != nil && s.big != nil && r.big.Cmp(s.big) == 0
}

// Cmp returns the sign of r - s.
func (r Rat) Cmp(s Rat) int {
	if r.Equal(s) {
		return 0
	}
	if r.big == nil && s.big == nil {
		a, ok1 := mul(r.n, s.den())
		b, ok2 := mul(s.n, r.den())
		if ok1 && ok2 {
			return cmp.Compare(a, b)
		}
	}
	return r.Big().Cmp(s.Big())
}

// Neg returns -r.
func (r Rat) Neg() Rat {
	if r.big != nil {
		return fromBig(new(big.Rat).Neg(r.big))
	}
	return Rat{n: -r.n, d: r.d}
}

// Abs returns |r|.
func (r Rat) Abs() Rat {
	if r.Sign() < 0 {
		return r.Neg()
	}
	return r
}

// Add returns r + s.
func (r Rat) Add(s Rat) Rat {
	if r.big == nil && s.big == nil {
		a, ok1 := mul(r.n, s.den())
		b, ok2 := mul(s.n, r.den())
		d, ok3 := mul(r.den(), s.den())
		if n := a + b; ok1 && ok2 && ok3 && (a^n)&(b^n) >= 0 {
			return Frac(n, d)
		}
	}
	return fromBig(new(big.Rat).Add(r.Big(), s.Big()))
}

// Sub returns r - s.
func (r Rat) Sub(s Rat) Rat { return r.Add(s.Neg()) }

// Mul returns r × s.
func (r Rat) Mul(s Rat) Rat {
	if r.big == nil && s.big == nil {
		n, ok1 := mul(r.n, s.n)
		d, ok2 := mul(r.den(), s.den())
		if ok1 && ok2 {
			return Frac(n, d)
		}
	}
	return fromBig(new(big.Rat).Mul(r.Big(), s.Big()))
}

// Inv returns 1/r; r must not be 0.
func (r Rat) Inv() Rat {
	if r.Sign() == 0 {
		panic(Limit("division by zero"))
	}
	if r.big != nil {
		return fromBig(new(big.Rat).Inv(r.big))
	}
	return Frac(r.den(), r.n)
}

// Div returns r / s; s must not be 0.
func (r Rat) Div(s Rat) Rat { return r.Mul(s.Inv()) }

// mul multiplies where the product fits a word.
func mul(a, b int64) (int64, bool) {
	neg := a < 0 != (b < 0)
	hi, lo := bits.Mul64(abs(a), abs(b))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	if neg {
		return -int64(lo), true
	}
	return int64(lo), true
}

func abs(a int64) uint64 {
	if a < 0 {
		return uint64(-a)
	}
	return uint64(a)
}

// Bits returns the length of the longer of numerator and denominator.
func (r Rat) Bits() int {
	if r.big != nil {
		return max(r.big.Num().BitLen(), r.big.Denom().BitLen())
	}
	return max(bits.Len64(abs(r.n)), bits.Len64(uint64(r.den())))
}

// Pow returns r to the power k. ok is false where the result would exceed [MaxBits].
func (r Rat) Pow(k int64) (p Rat, ok bool) {
	if k < 0 {
		if k == math.MinInt64 {
			return Rat{}, false
		}
		p, ok = r.Inv().Pow(-k)
		return p, ok
	}
	if r.Sign() == 0 || r.IsOne() {
		if k == 0 {
			return Int(1), true
		}
		return r, true
	}
	if k > MaxBits*2 && !r.Abs().IsOne() || int64(r.Bits()-1)*k > MaxBits {
		return Rat{}, false
	}
	p = Int(1)
	for b := r; ; b = b.Mul(b) {
		if k&1 != 0 {
			p = p.Mul(b)
		}
		if k >>= 1; k == 0 {
			return p, true
		}
	}
}

// Floor returns the greatest integer that does not exceed r.
func (r Rat) Floor() Rat {
	if r.IsInt() {
		return r
	}
	q := new(big.Int)
	q.Div(r.Big().Num(), r.Big().Denom()) // Euclidean: the denominator is positive
	return FromInt(q)
}

// Float returns the nearest float64.
func (r Rat) Float() float64 {
	if r.big == nil {
		return float64(r.n) / float64(r.den())
	}
	f, _ := r.big.Float64()
	return f
}

// String returns r as 5, -3/4.
func (r Rat) String() string {
	if r.big != nil {
		return r.big.RatString()
	}
	if r.den() == 1 {
		return strconv.FormatInt(r.n, 10)
	}
	return strconv.FormatInt(r.n, 10) + "/" + strconv.FormatInt(r.d, 10)
}

// Decimal returns the number whose digits are those of s, which holds digits and at most one point, times 10 to the power e. Anything
// else in s is passed over: it separates thousands.
func Decimal(s []byte, e int64) Rat {
	var n int64
	small, digits, point := true, 0, false
	for i := 0; i < len(s) && small; i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			if n > (math.MaxInt64-9)/10 {
				small = false
				break
			}
			n = n*10 + int64(c-'0')
			if point {
				digits++
			}
		case c == '.':
			point = true
		}
	}
	e -= int64(digits)
	if small && e == 0 {
		return Rat{n: n, d: 1}
	}
	if small && e < 0 && e >= -18 {
		return Frac(n, pow10[-e])
	}
	return decimalBig(s, e+int64(digits))
}

var pow10 = func() (p [19]int64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

func decimalBig(s []byte, e int64) Rat {
	kept := make([]byte, 0, len(s))
	point := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			kept = append(kept, c)
			if point {
				e--
			}
		case c == '.':
			point = true
		}
	}
	if len(kept) > MaxBits/3 || e > MaxBits/4 || e < -MaxBits/4 {
		panic(Limit("number too large"))
	}
	i, ok := new(big.Int).SetString(string(kept), 10)
	if !ok {
		return Rat{}
	}
	p, _ := Int(10).Pow(e)
	return FromInt(i).Mul(p)
}

// FromRat returns the value of b, which the caller must not change afterwards.
func FromRat(b *big.Rat) Rat { return fromBig(b) }
