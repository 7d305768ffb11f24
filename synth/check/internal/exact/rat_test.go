package exact

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// edges are numerators and denominators where words end.
var edges = []int64{0, 1, -1, 2, 3, -7, 10, math.MaxInt32, math.MinInt32, math.MaxInt64, math.MaxInt64 - 1, math.MinInt64, math.MinInt64 + 1, 1 << 32, 3_037_000_500}

// TestAgainstBig compares every operation with big.Rat at the edges of words and at random.
func TestAgainstBig(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	numbers := make([]Rat, 0, 400)
	for _, n := range edges {
		for _, d := range edges {
			if d != 0 {
				numbers = append(numbers, Frac(n, d))
			}
		}
	}
	for range 60 {
		numbers = append(numbers, Frac(rng.Int64N(2000)-1000, rng.Int64N(100)+1), Frac(int64(rng.Uint64()), int64(rng.Uint64()>>1)+1))
	}
	same := func(op string, a, b, got Rat, want *big.Rat) {
		t.Helper()
		if got.Big().Cmp(want) != 0 || got.big != nil && got.big.Num().IsInt64() && got.big.Denom().IsInt64() && got.big.Num().Int64() != math.MinInt64 {
			t.Fatalf("%v %s %v: got %v (big %v), want %v", a, op, b, got, got.big != nil, want.RatString())
		}
	}
	for _, a := range numbers {
		same("neg", a, a, a.Neg(), new(big.Rat).Neg(a.Big()))
		for _, b := range numbers {
			x, y := a.Big(), b.Big()
			same("+", a, b, a.Add(b), new(big.Rat).Add(x, y))
			same("-", a, b, a.Sub(b), new(big.Rat).Sub(x, y))
			same("*", a, b, a.Mul(b), new(big.Rat).Mul(x, y))
			if b.Sign() != 0 {
				same("/", a, b, a.Div(b), new(big.Rat).Quo(x, y))
			}
			if a.Cmp(b) != x.Cmp(y) || a.Equal(b) != (x.Cmp(y) == 0) {
				t.Fatalf("%v against %v: cmp %d, equal %v", a, b, a.Cmp(b), a.Equal(b))
			}
		}
	}
}

func TestPow(t *testing.T) {
	for _, c := range []struct {
		base Rat
		k    int64
		want string
		ok   bool
	}{
		{Int(2), 10, "1024", true},
		{Int(2), -2, "1/4", true},
		{Frac(-2, 3), 3, "-8/27", true},
		{Int(0), 0, "1", true},
		{Int(5), 0, "1", true},
		{Int(-1), 1_000_000_007, "-1", true},
		{Int(10), 100_000_000, "", false},
		{Int(9), math.MinInt64, "", false},
	} {
		got, ok := c.base.Pow(c.k)
		if ok != c.ok || ok && got.String() != c.want {
			t.Errorf("%v^%d: got %v, %v, want %s, %v", c.base, c.k, got, ok, c.want, c.ok)
		}
	}
}

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		s    string
		e    int64
		want string
	}{
		{"0", 0, "0"},
		{"007", 0, "7"},
		{"1.50", 0, "3/2"},
		{"1,234.5", 0, "2469/2"},
		{"1.2", 5, "120000"},
		{"5", -3, "1/200"},
		{"123456789012345678901234567890", 0, "123456789012345678901234567890"},
		{"0.3333333333333333333333", 0, "3333333333333333333333/10000000000000000000000"},
		{"9223372036854775807", 0, "9223372036854775807"},
		{"9223372036854775808", 0, "9223372036854775808"},
		{"", 0, "0"},
	} {
		if got := Decimal([]byte(c.s), c.e); got.String() != c.want {
			t.Errorf("%q e%d: got %v, want %s", c.s, c.e, got, c.want)
		}
	}
}

// TestLimits asks for what has no value or too many digits.
func TestLimits(t *testing.T) {
	for name, f := range map[string]func(){
		"1/0":       func() { Frac(1, 0) },
		"inverse":   func() { Int(0).Inv() },
		"exponent":  func() { Decimal([]byte("1"), 1<<40) },
		"digits":    func() { Decimal(make([]byte, 1<<20), 1<<30) },
		"growing":   func() { x, _ := Int(3).Pow(20000); x.Mul(x) },
		"minus exp": func() { Decimal([]byte("1"), -1<<40) },
	} {
		func() {
			defer func() {
				if _, ok := recover().(Limit); !ok {
					t.Errorf("%s: no limit", name)
				}
			}()
			f()
		}()
	}
}
