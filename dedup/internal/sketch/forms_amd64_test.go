//go:build amd64 && !purego

package sketch

import "golang.org/x/sys/cpu"

func forms() []form {
	use := func(avx512, avx2 bool) func() func() {
		return func() func() {
			was512, was2 := useAVX512, useAVX2
			useAVX512, useAVX2 = avx512, avx2
			return func() { useAVX512, useAVX2 = was512, was2 }
		}
	}
	return []form{
		{"avx512", cpu.X86.HasAVX512F, use(true, false)},
		{"avx2", cpu.X86.HasAVX2, use(false, true)},
		{"generic", true, use(false, false)},
	}
}
