// Package algebra decides whether two expressions are the same, exactly.
//
// An expression becomes a quotient of sums of terms: a rational coefficient times powers of atoms. Atoms are unknowns, prime numbers under
// roots, π, i, powers such as e^x and 2^(n·m), and, where nothing simpler is known, functions of expressions and roots of sums. Terms are
// kept in one order, and what is known of atoms is used up: √2·√2 = 2, i² = −1, sin² = 1 − cos², ln 8 = 3 ln 2, e^(iπ/2) = i. Two quotients
// are equal when their cross products are the same sum of terms.
//
// Unknowns, roots of primes, i, π and e form a ring in which different sums are different numbers (square roots: Besicovitch 1940; π and e are
// taken as independent). Where functions and roots of sums remain, different sums may still agree: there both are evaluated
// with 256 bits at rational points.
//
// What a stranger wrote may be huge: work and sizes are bounded, and beyond the bounds there is a panic of [exact.Limit] that [Ring.Try] turns
// into an error.
package algebra

import (
	"slices"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

type atomKind uint8

const (
	symbol    atomKind = iota
	prime              // a prime, or a number that has no small factor
	imaginary          // i
	circle             // π
	power              // base to the power of a monomial; base < 0 is e
	root               // a sum, with an exponent between 0 and 1
	function           // name(args)
)

type atom struct {
	kind atomKind
	name string
	num  exact.Rat
	base int32
	mono []factor
	sum  Sum
	args []Quotient
}

// factor is an atom to a rational power.
type factor struct {
	atom int32
	e    exponent
}

// A term is a coefficient times its factors, which are in ascending order of atoms.
type term struct {
	c exact.Rat
	f []factor
}

// A Sum is a sum of terms with different factors, in their order. An empty one is 0.
type Sum []term

// A Quotient is n/d. A nil d is 1.
type Quotient struct{ n, d Sum }

// maxSteps bounds the products of terms of one comparison.
const maxSteps = 50_000

// A Ring holds the atoms that the quotients made with it are written in. It serves one goroutine and one comparison at a time.
type Ring struct {
	atoms   []atom
	steps   int
	opaque  bool // an atom was made of which not everything is known
	terms   []term
	factors []factor
}

// Reset forgets all quotients.
func (r *Ring) Reset() {
	clear(r.atoms)
	r.atoms, r.steps, r.opaque = r.atoms[:0], 0, false
	r.terms, r.factors = r.terms[:0], r.factors[:0]
}

// Try calls f and returns the panic of a bound as an error.
func (r *Ring) Try(f func()) (err error) {
	defer func() {
		if e := recover(); e != nil {
			l, ok := e.(exact.Limit)
			if !ok {
				panic(e)
			}
			err = l
		}
	}()
	f()
	return nil
}

func (r *Ring) step() {
	if r.steps++; r.steps > maxSteps {
		panic(exact.Limit("expression too large"))
	}
}

// sumOf keeps terms.
func (r *Ring) sumOf(terms ...term) Sum {
	if cap(r.terms)-len(r.terms) < len(terms) {
		r.terms = make([]term, 0, max(256, len(terms)))
	}
	at := len(r.terms)
	r.terms = append(r.terms, terms...)
	return r.terms[at:len(r.terms):len(r.terms)]
}

// factorsOf keeps factors.
func (r *Ring) factorsOf(f ...factor) []factor {
	if len(f) == 0 {
		return nil
	}
	if cap(r.factors)-len(r.factors) < len(f) {
		r.factors = make([]factor, 0, max(256, len(f)))
	}
	at := len(r.factors)
	r.factors = append(r.factors, f...)
	return r.factors[at:len(r.factors):len(r.factors)]
}

// Number returns x.
func (r *Ring) Number(x exact.Rat) Quotient {
	if x.Sign() == 0 {
		return Quotient{}
	}
	return Quotient{n: r.sumOf(term{c: x})}
}

func (r *Ring) int(n int64) Quotient { return r.Number(exact.Int(n)) }

// atomPower returns atom a to the power e.
func (r *Ring) atomPower(a int32, e exponent) Quotient {
	return Quotient{n: r.sumOf(term{c: exact.Int(1), f: r.factorsOf(factor{a, e})})}
}

// plain returns the index of an atom of the kinds that a name or a number tells.
func (r *Ring) plain(k atomKind, name string, num exact.Rat) int32 {
	for i := range r.atoms {
		if a := &r.atoms[i]; a.kind == k && a.name == name && a.num.Equal(num) {
			return int32(i)
		}
	}
	r.atoms = append(r.atoms, atom{kind: k, name: name, num: num})
	return int32(len(r.atoms) - 1)
}

// Symbol returns the unknown of a name.
func (r *Ring) Symbol(name string) Quotient {
	return r.atomPower(r.plain(symbol, name, exact.Rat{}), whole(1))
}

// powerAtom returns the index of base^mono.
func (r *Ring) powerAtom(base int32, mono []factor) int32 {
	for i := range r.atoms {
		if a := &r.atoms[i]; a.kind == power && a.base == base && compareFactors(a.mono, mono) == 0 {
			return int32(i)
		}
	}
	r.atoms = append(r.atoms, atom{kind: power, base: base, mono: mono})
	return int32(len(r.atoms) - 1)
}

// rootAtom returns the index of the root of s.
func (r *Ring) rootAtom(s Sum) int32 {
	r.opaque = true
	for i := range r.atoms {
		if a := &r.atoms[i]; a.kind == root && equalSums(a.sum, s) {
			return int32(i)
		}
	}
	r.atoms = append(r.atoms, atom{kind: root, sum: s})
	return int32(len(r.atoms) - 1)
}

// functionAtom returns the index of name(args).
func (r *Ring) functionAtom(name string, args ...Quotient) int32 {
	r.opaque = true
next:
	for i := range r.atoms {
		if a := &r.atoms[i]; a.kind == function && a.name == name && len(a.args) == len(args) {
			for k := range args {
				if !r.Same(a.args[k], args[k]) {
					continue next
				}
			}
			return int32(i)
		}
	}
	r.atoms = append(r.atoms, atom{kind: function, name: name, args: slices.Clone(args)})
	return int32(len(r.atoms) - 1)
}

// call returns name(args) as an atom.
func (r *Ring) call(name string, args ...Quotient) Quotient {
	return r.atomPower(r.functionAtom(name, args...), whole(1))
}
