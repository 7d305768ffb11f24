package text

import "math/bits"

// Constants of the hash: odd, half of their bits set (wyhash, Wang Yi 2019).
const (
	hashA = 0xa0761d6478bd642f
	hashB = 0xe7037ed1a0b428db
	hashC = 0x8ebc6af09c88c6e3
)

// load64 returns the first eight bytes of s, little endian; the compiler makes one load of it.
func load64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// Hash returns a 64-bit hash of s: the same on every machine and in every run, without a secret seed. Two of n texts collide
// with probability about n²/2⁶⁵.
func Hash(s string) uint64 { return hashIn(s, 0, len(s)) }

// HashIn is Hash(s[start:end]), faster where at least eight bytes follow in s.
func HashIn(s string, start, end int) uint64 {
	_ = s[start:end]
	return hashIn(s, start, end)
}

// hashIn hashes s[start:end]. It may load, and masks, bytes that follow.
func hashIn(s string, start, end int) uint64 {
	n := end - start
	h := uint64(n) * hashC
	for ; end-start > 8; start += 8 {
		h = mix(load64(s[start:])^hashA, h^hashB)
	}
	return mix(mix(tail64(s, start, end)^hashA, h^hashB), hashC)
}

// tail64 returns the at most eight bytes s[start:end], little endian, zeros above.
func tail64(s string, start, end int) uint64 {
	n := uint(end - start)
	if n == 0 {
		return 0
	}
	if start+8 <= len(s) {
		return load64(s[start:]) & (^uint64(0) >> (64 - 8*n))
	}
	var x uint64
	for i := end - 1; i >= start; i-- {
		x = x<<8 | uint64(s[i])
	}
	return x
}

// Join hashes a sequence step by step: the hash of a, b, c is Join(Join(a, b), c).
func Join(h, next uint64) uint64 { return mix(h^hashA, next^hashB) + hashC }
