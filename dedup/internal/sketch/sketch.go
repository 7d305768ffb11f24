// Package sketch makes MinHash signatures and cuts them into bands (Broder 1997; Leskovec, Rajaraman and Ullman, "Mining of
// Massive Datasets", chapter 3): the share of positions in which two signatures agree estimates the Jaccard similarity of two sets
// of shingles, and two sets that agree in a whole band are worth comparing.
package sketch

import (
	"math"

	"github.com/cespare/xxhash/v2"
)

// Lanes is the number of positions that a kernel works on at once; signatures are padded to a multiple of it.
const Lanes = 16

// A Family is a set of hash functions x → (x ⊕ b) · a mod 2³², a odd: each permutes the 32-bit numbers. They stand in for random
// permutations well because what they are fed, the upper half of a shingle's 64-bit hash, is already random: the test
// compares the error of the estimate with the binomial one. The functions are the same on every machine and in every run.
type Family struct {
	Bands, Rows int
	a, b        []uint32 // padded to a multiple of Lanes
	block       []uint32
}

// blockSize is how many shingles pass through all functions before the next ones are taken: they stay in the first cache.
const blockSize = 1024

// NewFamily returns bands times rows functions.
func NewFamily(bands, rows int) *Family {
	padded := (bands*rows + Lanes - 1) / Lanes * Lanes
	f := &Family{Bands: bands, Rows: rows, a: make([]uint32, padded), b: make([]uint32, padded), block: make([]uint32, 0, blockSize)}
	state := uint64(0x77696E6E6F77) // "winnow"
	for i := range padded {
		f.a[i] = uint32(splitmix(&state)>>32) | 1
		f.b[i] = uint32(splitmix(&state) >> 32)
	}
	return f
}

// splitmix is SplitMix64 (Steele, Lea and Flood 2014).
func splitmix(state *uint64) uint64 {
	*state += 0x9E37_79B9_7F4A_7C15
	x := *state
	x = (x ^ x>>30) * 0xBF58_476D_1CE4_E5B9
	x = (x ^ x>>27) * 0x94D0_49BB_1331_11EB
	return x ^ x>>31
}

// Size returns the length of a signature: bands times rows, padded.
func (f *Family) Size() int { return len(f.a) }

// Sign fills sig, of length Size, with the least value of each function over the shingles. It allocates nothing.
func (f *Family) Sign(sig []uint32, shingles []uint64) {
	for i := range sig {
		sig[i] = math.MaxUint32
	}
	for len(shingles) > 0 {
		n := min(len(shingles), blockSize)
		block := f.block[:0]
		for _, s := range shingles[:n] {
			block = append(block, uint32(s>>32))
		}
		shingles = shingles[n:]
		minimize(sig, f.a, f.b, block)
	}
}

// Keys appends the key of each band of sig to dst. Keys of different bands, and of different salts, differ.
func (f *Family) Keys(dst []uint64, sig []uint32, salt uint64) []uint64 {
	var buf [8 * 32]byte
	for band := range f.Bands {
		key := append(buf[:0], byte(salt), byte(salt>>8), byte(salt>>16), byte(salt>>24), byte(salt>>32), byte(salt>>40), byte(salt>>48), byte(salt>>56),
			byte(band), byte(band>>8), byte(band>>16), byte(band>>24))
		for _, v := range sig[band*f.Rows : (band+1)*f.Rows] {
			key = append(key, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
		}
		dst = append(dst, xxhash.Sum64(key))
	}
	return dst
}

// Agreement returns the share of positions in which two signatures agree: the estimate of the Jaccard similarity. Its standard error
// is √(s(1−s)/n).
func (f *Family) Agreement(x, y []uint32) float64 {
	n := f.Bands * f.Rows
	same := 0
	x, y = x[:n], y[:n]
	for i, v := range x {
		if v == y[i] {
			same++
		}
	}
	return float64(same) / float64(n)
}
