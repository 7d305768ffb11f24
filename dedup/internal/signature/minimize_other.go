//go:build !amd64 || purego

package signature

func minimize(sig, a, b, shingles []uint64) { minimizeGeneric(sig, a, b, shingles) }
