//go:build amd64 && !purego

package text

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// useAVX2 is set once; tests switch it off to see the generic form.
var useAVX2 = cpu.X86.HasAVX2

func classifyBlocks(s string, blocks []asciiBlock) int {
	if useAVX2 {
		return classifyAVX2(unsafe.StringData(s), &blocks[0], len(blocks))
	}
	return classifyGeneric(s, blocks)
}

// classifyAVX2 is classifyGeneric for n ≥ 1 blocks.
//
//go:noescape
func classifyAVX2(s *byte, blocks *asciiBlock, n int) int
