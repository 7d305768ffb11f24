//go:build amd64 && !purego

package signature

import "golang.org/x/sys/cpu"

var useAVX512 = cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ

func minimize(sig, a, b, shingles []uint64) {
	n := len(shingles)
	if n == 0 || len(sig) == 0 {
		return
	}
	if !useAVX512 {
		minimizeGeneric(sig, a, b, shingles)
		return
	}
	a, b = a[:len(sig)], b[:len(sig)]
	i := 0
	for ; i+56 <= len(sig); i += 56 {
		minimize56AVX512(&sig[i], &a[i], &b[i], &shingles[0], n)
	}
	for ; i+8 <= len(sig); i += 8 {
		minimize8AVX512(&sig[i], &a[i], &b[i], &shingles[0], n)
	}
}

// minimize56AVX512 is minimizeGeneric for 56 functions, half of the peer's usual number, and n ≥ 1 shingles.
//
// Requires: AVX512F, AVX512DQ
//
//go:noescape
func minimize56AVX512(sig, a, b, shingles *uint64, n int)

// minimize8AVX512 is minimizeGeneric for 8 functions and n ≥ 1 shingles.
//
// Requires: AVX512F, AVX512DQ
//
//go:noescape
func minimize8AVX512(sig, a, b, shingles *uint64, n int)
