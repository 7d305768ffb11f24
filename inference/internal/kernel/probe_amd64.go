//go:build !purego

package kernel

// The probes make n rounds of independent chains and return the operations of one round.

func probeVNNI(n int) int {
	loopVNNI(n)
	return 16 * 16 * 4 * 2
}

func probeBF16(n int) int {
	loopBF16(n)
	return 16 * 16 * 2 * 2
}

func probeFMA(n int) int {
	if current < avx512 {
		loopFMA256(n)
		return 12 * 8 * 2
	}
	loopFMA512(n)
	return 16 * 16 * 2
}

func probeMemory(data []byte) {
	if current < avx2 {
		readGeneric(data)
		return
	}
	read256(&data[0], len(data))
}

//go:noescape
func loopVNNI(n int)

//go:noescape
func loopBF16(n int)

//go:noescape
func loopFMA512(n int)

//go:noescape
func loopFMA256(n int)

// read256 reads n bytes, a multiple of 256.
//
//go:noescape
func read256(p *byte, n int)
