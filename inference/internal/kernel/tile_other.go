//go:build purego || !amd64

package kernel

// run is not reached: shape offers no tiles in this build.
func (o tileOp) run(*tile) { panic("kernel: this build has no tiles") }

func transpose8([]uint32, []byte, int, int, uint32, uint32) (bad uint32) {
	panic("kernel: this build has no transposition")
}
