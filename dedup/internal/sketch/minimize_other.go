//go:build !amd64 || purego

package sketch

func minimize(sig, a, b, block []uint32) { minimizeGeneric(sig, a, b, block) }
