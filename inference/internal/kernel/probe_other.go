//go:build purego || !amd64

package kernel

func probeVNNI(int) int { return 0 }

func probeBF16(int) int { return 0 }

func probeFMA(int) int { return 0 }

func probeMemory(data []byte) { readGeneric(data) }
