//go:build purego || !(amd64 || arm64)

package kernel

// run is not reached: shape offers no tiles in this build.
func (o tileOp) run(*tile) { panic("kernel: this build has no tiles") }
