package signature

import (
	"crypto/sha1"
	"encoding/binary"
	"math"

	"github.com/cespare/xxhash/v2"
)

// Hashes lists the hash functions of shingles and contents by their names in recipes: `hash_fc` and `precision` of the peer in one word.
var Hashes = []string{"xxhash64", "sha1_64", "xxhash32", "sha1_32"}

// Hash returns a hash function by name, nil for an unknown one (utils/hashing.py, create_hash_func).
func Hash(name string) func([]byte) uint64 {
	switch name {
	case "xxhash64":
		return xxhash.Sum64
	case "xxhash32":
		return func(b []byte) uint64 { return uint64(xxhash32(b)) }
	case "sha1_64":
		return func(b []byte) uint64 { sum := sha1.Sum(b); return binary.LittleEndian.Uint64(sum[:]) }
	case "sha1_32":
		return func(b []byte) uint64 { sum := sha1.Sum(b); return uint64(binary.LittleEndian.Uint32(sum[:])) }
	}
	return nil
}

// Narrow says whether a hash has 32 bits, in which the peer keeps its signatures too.
func Narrow(hash string) bool { return hash == "xxhash32" || hash == "sha1_32" }

// A Family is the peer's hash functions of a signature, x → ((a·x + b) mod 2⁶⁴) mod (2⁶¹−1): the multiplication wraps, so that they are no
// affine maps modulo the prime (dedup/minhash.py, get_signature).
type Family struct {
	Bands, Rows int
	hash        func([]byte) uint64
	narrow      bool
	a, b        []uint64 // padded to a multiple of lanes
	padded      []uint64
}

// lanes is the number of functions that a kernel works on at once.
const lanes = 8

// NewFamily draws bands times rows functions as NumPy does from a seed: all multipliers, then all summands. hash is one of [Hashes].
func NewFamily(bands, rows int, seed uint32, hash string) *Family {
	n := bands * rows
	size := (n + lanes - 1) / lanes * lanes
	f := &Family{
		Bands: bands, Rows: rows, hash: Hash(hash), narrow: Narrow(hash),
		a: make([]uint64, size), b: make([]uint64, size), padded: make([]uint64, size),
	}
	t := newTwister(seed)
	for i := range n {
		f.a[i] = t.between(1, mersenne-1)
	}
	for i := range n {
		f.b[i] = t.between(0, mersenne-1)
	}
	return f
}

// Size returns the length of a signature.
func (f *Family) Size() int { return f.Bands * f.Rows }

// Sign fills sig, of length Size, with the least value of each function over the shingles, of which there must be one at least.
func (f *Family) Sign(sig, shingles []uint64) {
	for i := range f.padded {
		f.padded[i] = math.MaxUint64
	}
	if f.narrow {
		f.minimizeNarrow(shingles)
	} else {
		minimize(f.padded, f.a, f.b, shingles)
	}
	copy(sig, f.padded)
}

// minimizeNarrow keeps 32 bits of each value before the least is taken.
func (f *Family) minimizeNarrow(shingles []uint64) {
	for i, a := range f.a {
		for _, x := range shingles {
			f.padded[i] = min(f.padded[i], (a*x+f.b[i])%mersenne&math.MaxUint32)
		}
	}
}

// minimizeGeneric sets each sig[i] to the least of itself and ((a[i]·x + b[i]) mod 2⁶⁴) mod (2⁶¹−1) over all x. The lengths of sig, a and b
// are equal and a multiple of lanes.
func minimizeGeneric(sig, a, b, shingles []uint64) {
	for at := 0; at < len(sig); at += 4 {
		s, a, b := sig[at:at+4:at+4], a[at:at+4:at+4], b[at:at+4:at+4]
		a0, a1, a2, a3 := a[0], a[1], a[2], a[3]
		b0, b1, b2, b3 := b[0], b[1], b[2], b[3]
		s0, s1, s2, s3 := s[0], s[1], s[2], s[3]
		for _, x := range shingles {
			s0 = min(s0, modulo(x*a0+b0))
			s1 = min(s1, modulo(x*a1+b1))
			s2 = min(s2, modulo(x*a2+b2))
			s3 = min(s3, modulo(x*a3+b3))
		}
		s[0], s[1], s[2], s[3] = s0, s1, s2, s3
	}
}

// modulo returns y mod 2⁶¹−1: of two numbers that differ by the prime, the one that did not wrap is the lesser.
func modulo(y uint64) uint64 {
	r := y&mersenne + y>>61
	return min(r, r-mersenne)
}
