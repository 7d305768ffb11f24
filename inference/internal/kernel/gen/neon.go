package main

import "fmt"

// Registers of a NEON tile, which goes over the panel four times, for eight rows each:
//
//	V0-V7    integer accumulators, two for each token    R1      panel, at the eight rows
//	V8-V15   float accumulators                          R2-R5   tokens
//	V16-V19  activations                                 R6      steps of a full group
//	V20-V23  weights                                     R7      steps left in the group
//	V24      128 or the nibble mask                      R8, R9  groups left, steps of the last, short group
//	V25-V28  scales, minima                              R10     32 times the number of the pass
//	V29-V30  a product, a factor                         R11-13  addresses
const maxTokensNEON = 4

func neon(s *source) {
	for _, f := range formats {
		for n := 1; n <= maxTokensNEON; n++ {
			s.tileNEON(f, n)
		}
	}
}

// word writes an instruction that the assembler lacks.
func (s *source) word(code uint32, format string, args ...any) {
	s.op("WORD $0x%08x // %s", code, fmt.Sprintf(format, args...))
}

// sdot adds to four sums the products of 16 weights and the four activations of a lane (FEAT_DotProd).
func (s *source) sdot(sums, weights, activations, lane int) {
	code := 0x4f80e000 | uint32(lane&1)<<21 | uint32(activations)<<16 | uint32(lane>>1)<<11 | uint32(weights)<<5 | uint32(sums)
	s.word(code, "SDOT V%d.4S, V%d.16B, V%d.4B[%d]", sums, weights, activations, lane)
}

// fcvtl widens four halves.
func (s *source) fcvtl(to, from int) {
	s.word(0x0e217800|uint32(from)<<5|uint32(to), "FCVTL V%d.4S, V%d.4H", to, from)
}

// scvtf converts four integers.
func (s *source) scvtf(to, from int) {
	s.word(0x4e21d800|uint32(from)<<5|uint32(to), "SCVTF V%d.4S, V%d.4S", to, from)
}

// fmul multiplies.
func (s *source) fmul(to, a, b int) {
	s.word(0x6e20dc00|uint32(b)<<16|uint32(a)<<5|uint32(to), "FMUL V%d.4S, V%d.4S, V%d.4S", to, a, b)
}

// tileNEON writes the tile for n tokens.
func (s *source) tileNEON(f format, n int) {
	s.line("")
	s.line("// func %sNEONx%d(a *intTile)", f.name, n)
	s.line("TEXT ·%sNEONx%d(SB), NOSPLIT, $0-8", f.name, n)
	s.op("MOVD a+0(FP), R0")
	s.op("MOVD $0, R10")
	mask := "0x80"
	if f.nibbles {
		mask = "0x0f"
	}
	s.op("VMOVI $%s, V24.B16", mask)
	s.line("pass:")
	s.op("MOVD 0(R0), R1")
	s.op("ADD R10, R1")
	s.op("MOVD 8(R0), R2")
	s.op("MOVD 24(R0), R11")
	for t := 1; t < n; t++ {
		s.op("ADD R11, R%d, R%d", 1+t, 2+t)
	}
	s.op("MOVD 40(R0), R8")
	s.op("MOVD 48(R0), R6")
	s.op("MOVD 56(R0), R9")
	for i := range 2 * n {
		s.op("VEOR V%d.B16, V%[1]d.B16, V%[1]d.B16", 8+i)
	}
	s.op("CBZ R8, short")
	s.line("group:")
	for t := range n {
		if f.nibbles {
			s.op("VLD1R (R%d), [V%d.S4]", 2+t, 2*t)
			s.op("VMOV V%d.B16, V%d.B16", 2*t, 2*t+1)
		} else { // the weights are made signed, so that nothing is to be taken off
			s.op("VEOR V%d.B16, V%[1]d.B16, V%[1]d.B16", 2*t)
			s.op("VEOR V%d.B16, V%[1]d.B16, V%[1]d.B16", 2*t+1)
		}
		s.op("ADD $4, R%d", 2+t)
	}
	s.op("MOVD R6, R7")
	s.line("step:")
	s.stepNEON(f, n)
	s.op("SUBS $1, R7")
	s.op("BNE step")
	s.scaleNEON(f, n)
	s.op("SUBS $1, R8")
	s.op("BNE group")
	s.line("short:")
	s.op("MOVD R9, R6")
	s.op("MOVD $0, R9")
	s.op("MOVD $1, R8")
	s.op("CBNZ R6, group")
	s.op("MOVD 16(R0), R11")
	s.op("ADD R10, R11")
	s.op("MOVD 32(R0), R12")
	s.op("MOVW $0x3b800000, R13 // 2^-8")
	s.op("VDUP R13, V29.S4")
	for t := range n {
		s.fmul(8+2*t, 8+2*t, 29)
		s.fmul(9+2*t, 9+2*t, 29)
		s.op("VST1 [V%d.S4, V%d.S4], (R11)", 8+2*t, 9+2*t)
		s.op("ADD R12, R11")
	}
	s.op("ADD $32, R10")
	s.op("CMP $128, R10")
	s.op("BNE pass")
	s.op("RET")
}

// stepNEON multiplies eight columns.
func (s *source) stepNEON(f format, n int) {
	for t := range n {
		s.op("FMOVD.P 8(R%d), F%d", 2+t, 16+t)
	}
	s.op("VLD1 (R1), [V20.B16, V21.B16]")
	if f.nibbles {
		s.op("VUSHR $4, V20.B16, V22.B16")
		s.op("VUSHR $4, V21.B16, V23.B16")
		s.op("VAND V24.B16, V20.B16, V20.B16")
		s.op("VAND V24.B16, V21.B16, V21.B16")
	} else {
		s.op("ADD $128, R1, R11")
		s.op("VLD1 (R11), [V22.B16, V23.B16]")
		for i := range 4 {
			s.op("VEOR V24.B16, V%d.B16, V%[1]d.B16", 20+i)
		}
	}
	for quad := range 2 {
		for t := range n {
			s.sdot(2*t, 20+2*quad, 16+t, quad)
			s.sdot(2*t+1, 21+2*quad, 16+t, quad)
		}
	}
	s.op("ADD $%d, R1", f.step())
}

// scaleNEON adds a group's integers, scaled, to the float accumulators. R1 is at the scales plus 32 bytes a pass, where scales take 16.
func (s *source) scaleNEON(f format, n int) {
	s.op("SUB R10>>1, R1, R11")
	s.op("VLD1.P 16(R11), [V25.H8]")
	s.op("VEXT $8, V25.B16, V25.B16, V26.B16")
	s.fcvtl(25, 25)
	s.fcvtl(26, 26)
	tail, meta := 64, 4
	if f.minima {
		tail, meta = 128, 8
		s.op("ADD $48, R11")
		s.op("VLD1 (R11), [V27.H8]")
		s.op("VEXT $8, V27.B16, V27.B16, V28.B16")
		s.fcvtl(27, 27)
		s.fcvtl(28, 28)
	}
	for t := range n {
		s.op("VLD1R (R%d), [V30.S4]", 2+t)
		for half := range 2 {
			s.scvtf(2*t+half, 2*t+half)
			s.fmul(29, 25+half, 30)
			s.op("VFMLA V29.S4, V%d.S4, V%d.S4", 2*t+half, 8+2*t+half)
		}
		if f.minima {
			s.op("ADD $4, R%d, R12", 2+t)
			s.op("VLD1R (R12), [V30.S4]")
			s.op("VFMLA V30.S4, V27.S4, V%d.S4", 8+2*t)
			s.op("VFMLA V30.S4, V28.S4, V%d.S4", 9+2*t)
		}
		s.op("ADD $%d, R%d", meta, 2+t)
	}
	s.op("ADD $%d, R1", tail)
}
