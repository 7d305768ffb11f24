//go:build !purego

package kernel

//go:noescape
func tileF32NEON(a *tile)

// run computes the tile; shape offers no other.
func (o tileOp) run(a *tile) { tileF32NEON(a) }
