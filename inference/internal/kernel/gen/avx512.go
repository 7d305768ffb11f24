package main

import "fmt"

// Registers of an AVX-512 tile:
//
//	Z0-Z11   integer accumulators, two (rows 0-15, 16-31) for each token; with up to three tokens a second set for every other block,
//	         so that the latency of VPDPBUSD is hidden
//	Z12-Z23  float accumulators; tiles of more than six tokens have Z0-Z23 for integers, and the floats on the stack
//	Z24-Z27  weights, then the scales
//	Z28      activations, then a product of scales
//	Z29      nibble mask
//	SI       panel                        CX  steps left in the group
//	DI, R9   tokens 0 and 3               R10 steps of a full group
//	R13, R15 tokens 6 and 9               R11 groups left
//	R8       bytes between tokens         R12 steps of the last, short group
//	BX, DX   prefetch address and step, or BX the floats on the stack
const (
	maxTokens = 6  // with all accumulators in registers
	maxWide   = 10 // with the floats on the stack
)

func avx512(s *source) {
	for _, f := range formats {
		for n := 1; n <= maxWide; n++ {
			s.tile512(f, n, true)
		}
		for n := 3; n <= maxTokens; n++ {
			s.tile512(f, n, false)
		}
	}
}

// bases are the registers that point to every third token.
var bases = [...]string{"DI", "R9", "R13", "R15"}

// token is the address of token t at an offset.
func token(t, offset int) string {
	return fmt.Sprintf("%d(%s)%s", offset, bases[t/3], [...]string{"", "(R8*1)", "(R8*2)"}[t%3])
}

// setBases points the bases of n tokens, from DI and R8.
func (s *source) setBases(n int) {
	for i := 1; 3*i < n; i++ {
		s.op("LEAQ (%s)(R8*2), %s", bases[i-1], bases[i])
		s.op("ADDQ R8, %s", bases[i])
	}
}

// addBases moves the bases of n tokens on.
func (s *source) addBases(n, bytes int) {
	for i := 0; 3*i < n; i++ {
		s.op("ADDQ $%d, %s", bytes, bases[i])
	}
}

// integer is the register of an integer accumulator.
func integer(n, t, half, set int) int { return set*2*n + 2*t + half }

// float is the register of a float accumulator.
func float(t, half int) int { return 12 + 2*t + half }

// tile512 writes the tile for n tokens. Alone, it fetches its own panel ahead of its reading; otherwise what the caller says.
func (s *source) tile512(f format, n int, alone bool) {
	name := fmt.Sprintf("%s512x%d", f.name, n)
	if alone {
		name += "alone"
	}
	sets, wide := 1, n > maxTokens
	if n <= 3 {
		sets = 2
	}
	s.line("")
	s.line("// func %s(a *intTile)", name)
	if wide {
		s.line("TEXT ·%s(SB), 0, $%d-8", name, 128*n+64)
		s.op("NO_LOCAL_POINTERS")
		s.op("LEAQ floats-%d(SP), BX", 128*n+64)
		s.op("ADDQ $63, BX")
		s.op("ANDQ $-64, BX")
	} else {
		s.line("TEXT ·%s(SB), NOSPLIT, $0-8", name)
	}
	s.op("MOVQ a+0(FP), AX")
	s.op("MOVQ 0(AX), SI")
	s.op("MOVQ 8(AX), DI")
	s.op("MOVQ 24(AX), R8")
	s.setBases(n)
	s.op("MOVQ 40(AX), R11")
	s.op("MOVQ 48(AX), R10")
	s.op("MOVQ 56(AX), R12")
	if !alone {
		s.op("MOVQ 64(AX), BX")
		s.op("MOVQ 72(AX), DX")
	}
	if wide {
		s.op("VPXORD Z0, Z0, Z0")
	}
	for t := range n {
		for half := range 2 {
			if wide {
				s.op("VMOVDQA64 Z0, %d(BX)", 128*t+64*half)
			} else {
				s.op("VPXORD Z%d, Z%d, Z%[1]d", float(t, half), float(t, half))
			}
		}
	}
	if f.nibbles {
		s.op("MOVL $0x0f0f0f0f, CX")
		s.op("VPBROADCASTD CX, Z29")
	}
	s.op("TESTQ R11, R11")
	s.op("JZ short")
	s.line("group:")
	for t := range n {
		s.op("VPBROADCASTD %s, Z%d", token(t, 0), integer(n, t, 0, 0))
		s.op("VMOVDQA64 Z%d, Z%d", integer(n, t, 0, 0), integer(n, t, 1, 0))
		if sets == 2 {
			for half := range 2 {
				s.op("VPXORD Z%d, Z%[1]d, Z%[1]d", integer(n, t, half, 1))
			}
		}
	}
	s.op("MOVQ R10, CX")
	s.line("step:")
	s.step512(f, n, sets, alone)
	s.op("ADDQ $%d, SI", f.step())
	s.addBases(n, 8)
	if !alone {
		s.op("ADDQ DX, BX")
	}
	s.op("DECQ CX")
	s.op("JNZ step")
	s.scale512(f, n, sets)
	s.op("DECQ R11")
	s.op("JNZ group")
	s.line("short:")
	s.op("MOVQ R12, R10")
	s.op("XORQ R12, R12")
	s.op("MOVQ $1, R11")
	s.op("TESTQ R10, R10")
	s.op("JNZ group")
	s.store512(n)
	s.op("VZEROUPPER")
	s.op("RET")
}

// store512 writes the results.
func (s *source) store512(n int) {
	s.op("MOVQ 16(AX), DI")
	s.op("MOVQ 32(AX), R8")
	s.setBases(n)
	s.op("MOVL $0x3b800000, CX // 2^-8")
	s.op("VPBROADCASTD CX, Z28")
	for t := range n {
		for half := range 2 {
			register := float(t, half)
			if n > maxTokens {
				register = 0
				s.op("VMULPS %d(BX), Z28, Z0", 128*t+64*half)
			} else {
				s.op("VMULPS Z28, Z%d, Z%[1]d", register)
			}
			s.op("VMOVUPS Z%d, %s", register, token(t, 64*half))
		}
	}
}

// step512 multiplies eight columns.
func (s *source) step512(f format, n, sets int, alone bool) {
	const ahead = 4096
	if alone {
		for at := 0; at < f.step(); at += 64 {
			s.op("PREFETCHT0 %d(SI)", ahead+at)
		}
	} else {
		for at := 0; at < f.step()/2; at += 64 {
			s.op("PREFETCHT1 %d(BX)", at)
		}
	}
	if f.nibbles {
		for half := range 2 {
			s.op("VMOVDQU64 %d(SI), Z%d", 64*half, 26+half)
			s.op("VPANDD Z%d, Z29, Z%d", 26+half, 24+half)
			s.op("VPSRLW $4, Z%d, Z%[1]d", 26+half)
			s.op("VPANDD Z%d, Z29, Z%[1]d", 26+half)
		}
	}
	for quad := range 2 {
		weights := 24
		if f.nibbles {
			weights += 2 * quad
		} else {
			s.op("VMOVDQU64 %d(SI), Z24", 128*quad)
			s.op("VMOVDQU64 %d(SI), Z25", 128*quad+64)
		}
		for t := range n {
			s.op("VPBROADCASTD %s, Z28", token(t, 4+4*quad))
			s.op("VPDPBUSD Z28, Z%d, Z%d", weights, integer(n, t, 0, quad%sets))
			s.op("VPDPBUSD Z28, Z%d, Z%d", weights+1, integer(n, t, 1, quad%sets))
		}
	}
}

// scale512 adds a group's integers, scaled, to the float accumulators.
func (s *source) scale512(f format, n, sets int) {
	s.op("VCVTPH2PS (SI), Z24")
	s.op("VCVTPH2PS 32(SI), Z25")
	if f.minima {
		s.op("VCVTPH2PS 64(SI), Z26")
		s.op("VCVTPH2PS 96(SI), Z27")
	}
	for t := range n {
		for half := range 2 {
			sum, to := integer(n, t, half, 0), float(t, half)
			if sets == 2 {
				s.op("VPADDD Z%d, Z%d, Z%[2]d", integer(n, t, half, 1), sum)
			}
			s.op("VCVTDQ2PS Z%d, Z%[1]d", sum)
			s.op("VMULPS.BCST %s, Z%d, Z28", token(t, 4), 24+half)
			if n > maxTokens {
				to = sum
				s.op("VFMADD213PS %d(BX), Z28, Z%d", 128*t+64*half, sum)
			} else {
				s.op("VFMADD231PS Z28, Z%d, Z%d", sum, to)
			}
			if f.minima {
				s.op("VFMADD231PS.BCST %s, Z%d, Z%d", token(t, 8), 26+half, to)
			}
			if n > maxTokens {
				s.op("VMOVAPS Z%d, %d(BX)", to, 128*t+64*half)
			}
		}
	}
	tail, meta := 64, 8
	if f.minima {
		tail, meta = 128, 12
	}
	s.op("ADDQ $%d, SI", tail)
	s.addBases(n, meta)
}
