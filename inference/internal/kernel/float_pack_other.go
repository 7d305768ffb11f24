//go:build purego || !amd64

package kernel

// transpose8 is not reached: no level of this build has it.
func transpose8([]uint32, []byte, int, int, uint32, uint32) (bad uint32) {
	panic("kernel: this build has no transposition")
}

func widenHalves([]float32, []byte) int { return 0 }
