//go:build purego || !(amd64 || arm64)

package kernel

// detect returns plain Go.
func detect() level { return generic }
