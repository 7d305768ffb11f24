//go:build !amd64 || purego

package text

func classifyBlocks(s string, blocks []asciiBlock) int { return classifyGeneric(s, blocks) }
