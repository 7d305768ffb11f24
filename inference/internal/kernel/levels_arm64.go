//go:build !purego

package kernel

// detect returns NEON, which every arm64 has.
func detect() level { return neon }
