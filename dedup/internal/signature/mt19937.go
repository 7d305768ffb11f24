package signature

import "math/bits"

// mersenne is the prime 2⁶¹−1 that hashes are taken modulo.
const mersenne = 1<<61 - 1

const (
	twisterSize  = 624
	twisterShift = 397
)

// A twister is MT19937 (Matsumoto and Nishimura 1998) as NumPy's RandomState(seed) seeds it and draws from it.
type twister struct {
	state [twisterSize]uint32
	at    int
}

func newTwister(seed uint32) *twister {
	t := &twister{at: twisterSize}
	for i := range t.state {
		t.state[i] = seed
		seed = 1812433253*(seed^seed>>30) + uint32(i) + 1
	}
	return t
}

// uint32 returns the next 32 random bits.
func (t *twister) uint32() uint32 {
	if t.at == twisterSize {
		t.twist()
	}
	y := t.state[t.at]
	t.at++
	y ^= y >> 11
	y ^= y << 7 & 0x9D2C5680
	y ^= y << 15 & 0xEFC60000
	return y ^ y>>18
}

func (t *twister) twist() {
	for i := range t.state {
		y := t.state[i]&(1<<31) | t.state[(i+1)%twisterSize]&(1<<31-1)
		t.state[i] = t.state[(i+twisterShift)%twisterSize] ^ y>>1 ^ (y&1)*0x9908B0DF
	}
	t.at = 0
}

// uint64 returns the next 64 bits, the upper half drawn first.
func (t *twister) uint64() uint64 {
	hi := t.uint32()
	return uint64(hi)<<32 | uint64(t.uint32())
}

// between returns a number from lo to hi, both inside, by masking and rejection as RandomState.randint does for 64-bit numbers.
func (t *twister) between(lo, hi uint64) uint64 {
	mask := uint64(1)<<bits.Len64(hi-lo) - 1
	for {
		if x := t.uint64() & mask; x <= hi-lo {
			return lo + x
		}
	}
}
