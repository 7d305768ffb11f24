//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// detect asks the CPU. GODEBUG=cpu.avx2=off and the like of Go hold here as well.
func detect() level {
	x := &cpu.X86
	switch {
	case !x.HasAVX2 || !x.HasFMA:
		return generic
	case !x.HasAVX512F || !x.HasAVX512BW || !x.HasAVX512DQ || !x.HasAVX512VL:
		return avx2
	case !x.HasAVX512VNNI:
		return avx512
	case !x.HasAVX512BF16:
		return vnni
	}
	return vnniBF16
}
