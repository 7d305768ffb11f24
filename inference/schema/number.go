package schema

import (
	"encoding/json"
	"math/big"
	"strings"
)

// Digits of a number before and behind the point: below 10^15 a float64 holds every integer, and nine decimals are more than a model means.
const (
	wholeDigits = 15
	fracDigits  = 9
)

// A number is the range of a JSON number, closed, in units of 10^-fracDigits (of 1 for an integer).
type number struct {
	integer bool
	lo, hi  *big.Int
}

// A partial is a number as far as it has been written.
type partial struct {
	negative    bool
	whole, frac int64
	wholes      int // digits before the point
	fracs       int // digits behind it; -1: no point
}

var ten = big.NewInt(10)

func power(n int) *big.Int { return new(big.Int).Exp(ten, big.NewInt(int64(n)), nil) }

func newNumber(o schemaObject, integer bool) (*number, error) {
	n := &number{integer: integer}
	n.hi = power(wholeDigits)
	if !integer {
		n.hi.Mul(n.hi, power(fracDigits))
	}
	n.hi.Sub(n.hi, big.NewInt(1))
	n.lo = new(big.Int).Neg(n.hi)
	for _, b := range []struct {
		key       string
		upper, ex bool
	}{{"minimum", false, false}, {"exclusiveMinimum", false, true}, {"maximum", true, false}, {"exclusiveMaximum", true, true}} {
		var v json.Number
		has, err := o.decode(b.key, &v)
		if err != nil {
			return nil, err
		}
		if !has {
			continue
		}
		if e := strings.IndexAny(string(v), "eE"); e >= 0 && len(v)-e > 4 {
			return nil, o.errorf("%s: exponent of %s is out of range", b.key, v)
		}
		r, ok := new(big.Rat).SetString(string(v))
		if !ok {
			return nil, o.errorf("%s: %q is no number", b.key, v)
		}
		n.bound(r, b.upper, b.ex)
	}
	if n.lo.Cmp(n.hi) > 0 {
		return nil, o.errorf("no number lies between the bounds (with at most %d digits before the point and %d behind it)", wholeDigits, fracDigits)
	}
	return n, nil
}

// bound narrows the range to the numbers on the grid that r allows.
func (n *number) bound(r *big.Rat, upper, exclusive bool) {
	if !n.integer {
		r = new(big.Rat).Mul(r, new(big.Rat).SetInt(power(fracDigits)))
	}
	q, m := new(big.Int).DivMod(r.Num(), r.Denom(), new(big.Int)) // floor, as the denominator is positive
	one := big.NewInt(1)
	onGrid := m.Sign() == 0
	if upper {
		if onGrid && exclusive {
			q.Sub(q, one)
		}
		if q.Cmp(n.hi) < 0 {
			n.hi = q
		}
		return
	}
	if !onGrid || exclusive {
		q.Add(q, one)
	}
	if q.Cmp(n.lo) > 0 {
		n.lo = q
	}
}

// magnitudes is the range of |x| for the sign of p, empty (lo > hi) where there is none. Minus zero is left out for integers.
func (n *number) magnitudes(p partial) (lo, hi *big.Int) {
	if !p.negative {
		lo, hi = n.lo, n.hi
	} else {
		lo, hi = new(big.Int).Neg(n.hi), new(big.Int).Neg(n.lo)
	}
	least := new(big.Int)
	if p.negative && n.integer {
		least.SetInt64(1)
	}
	if lo.Cmp(least) < 0 {
		lo = least
	}
	return lo, hi
}

// value is |p| on the grid.
func (n *number) value(p partial) *big.Int {
	v := big.NewInt(p.whole)
	if n.integer {
		return v
	}
	v.Mul(v, power(fracDigits))
	if p.fracs > 0 {
		v.Add(v, new(big.Int).Mul(big.NewInt(p.frac), power(fracDigits-p.fracs)))
	}
	return v
}

// complete says whether p is a number of the range as it stands.
func (n *number) complete(p partial) bool {
	if p.wholes == 0 || p.fracs == 0 {
		return false
	}
	lo, hi := n.magnitudes(p)
	v := n.value(p)
	return v.Cmp(lo) >= 0 && v.Cmp(hi) <= 0
}

// feasible says whether p is the beginning of a number of the range.
func (n *number) feasible(p partial) bool {
	lo, hi := n.magnitudes(p)
	meets := func(from, width *big.Int) bool { // [from, from+width) with [lo, hi]
		to := new(big.Int).Add(from, width)
		return from.Cmp(hi) <= 0 && to.Cmp(lo) > 0
	}
	unit := big.NewInt(1)
	if !n.integer {
		unit = power(fracDigits)
	}
	switch {
	case p.wholes == 0:
		return lo.Cmp(hi) <= 0
	case p.fracs >= 0:
		return meets(n.value(p), power(fracDigits-p.fracs))
	case p.whole == 0:
		return meets(new(big.Int), unit)
	}
	for more := 0; p.wholes+more <= wholeDigits; more++ {
		scale := new(big.Int).Mul(power(more), unit)
		if meets(new(big.Int).Mul(big.NewInt(p.whole), scale), scale) {
			return true
		}
	}
	return false
}

// next is p with one more byte, if a number of the range can begin so.
func (n *number) next(p partial, b byte) (partial, bool) {
	switch {
	case b == '-' && p == (partial{fracs: -1}):
		p.negative = true
	case b == '.' && !n.integer && p.wholes > 0 && p.fracs < 0:
		p.fracs = 0
	case b < '0' || b > '9':
		return p, false
	case p.fracs >= 0:
		if p.fracs == fracDigits {
			return p, false
		}
		p.frac, p.fracs = p.frac*10+int64(b-'0'), p.fracs+1
	default:
		if p.wholes == wholeDigits || p.wholes > 0 && p.whole == 0 {
			return p, false
		}
		p.whole, p.wholes = p.whole*10+int64(b-'0'), p.wholes+1
	}
	return p, n.feasible(p)
}

// goesOn says whether any byte can follow.
func (n *number) goesOn(p partial) bool {
	for _, b := range []byte("0123456789.-") {
		if _, ok := n.next(p, b); ok {
			return true
		}
	}
	return false
}

// closing completes p: least digit first, so that it ends soon.
func (n *number) closing(p partial) string {
	var out []byte
	for !n.complete(p) {
		found := false
		for _, b := range []byte("0123456789.-") {
			if q, ok := n.next(p, b); ok {
				p, found = q, true
				out = append(out, b)
				break
			}
		}
		if !found {
			panic("schema: a feasible number has no next byte")
		}
	}
	return string(out)
}
