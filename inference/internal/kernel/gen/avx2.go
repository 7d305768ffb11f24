package main

import "fmt"

// Registers of an AVX2 tile, which goes over the panel four times, for eight rows each:
//
//	Y0-Y3    integer accumulators         SI       panel, at the eight rows
//	Y4-Y7    float accumulators           DI, R9   tokens 0 and 3
//	Y8, Y9   weights, their magnitudes    R8       bytes between tokens
//	Y10-Y11  activations, products        CX       steps left in the group
//	Y12      128 or the nibble mask       R10, R11, R12  as in the AVX-512 tile
//	Y13      ones                         BX       32 times the number of the pass
//	Y14, Y15 scales, minima               DX       results
const maxTokens2 = 4

func avx2(s *source) {
	for _, f := range formats {
		for n := 1; n <= maxTokens2; n++ {
			s.tile256(f, n)
		}
	}
}

// tile256 writes the tile for n tokens.
func (s *source) tile256(f format, n int) {
	name := fmt.Sprintf("%s256x%d", f.name, n)
	s.line("")
	s.line("// func %s(a *intTile)", name)
	s.line("TEXT ·%s(SB), NOSPLIT, $0-8", name)
	s.op("MOVQ a+0(FP), AX")
	s.op("XORQ BX, BX")
	s.op("VPCMPEQW Y13, Y13, Y13")
	s.op("VPSRLW $15, Y13, Y13")
	mask := "0x80808080"
	if f.nibbles {
		mask = "0x0f0f0f0f"
	}
	s.op("MOVL $%s, CX", mask)
	s.op("VMOVD CX, X12")
	s.op("VPBROADCASTD X12, Y12")
	s.line("pass:")
	s.op("MOVQ 0(AX), SI")
	s.op("ADDQ BX, SI")
	s.op("MOVQ 8(AX), DI")
	s.op("MOVQ 24(AX), R8")
	s.setBases(n)
	s.op("MOVQ 40(AX), R11")
	s.op("MOVQ 48(AX), R10")
	s.op("MOVQ 56(AX), R12")
	for t := range n {
		s.op("VPXOR Y%d, Y%[1]d, Y%[1]d", 4+t)
	}
	s.op("TESTQ R11, R11")
	s.op("JZ short")
	s.line("group:")
	for t := range n {
		if f.nibbles {
			s.op("VPBROADCASTD %s, Y%d", token(t, 0), t)
		} else { // the weights are made signed, so that nothing is to be taken off
			s.op("VPXOR Y%d, Y%[1]d, Y%[1]d", t)
		}
	}
	s.op("MOVQ R10, CX")
	s.line("step:")
	s.step256(f, n)
	s.op("ADDQ $%d, SI", f.step())
	s.addBases(n, 8)
	s.op("DECQ CX")
	s.op("JNZ step")
	s.scale256(f, n)
	s.op("DECQ R11")
	s.op("JNZ group")
	s.line("short:")
	s.op("MOVQ R12, R10")
	s.op("XORQ R12, R12")
	s.op("MOVQ $1, R11")
	s.op("TESTQ R10, R10")
	s.op("JNZ group")
	s.op("MOVQ 16(AX), DI")
	s.op("ADDQ BX, DI")
	s.op("MOVQ 32(AX), R8")
	s.setBases(n)
	s.op("MOVL $0x3b800000, CX // 2^-8")
	s.op("VMOVD CX, X10")
	s.op("VPBROADCASTD X10, Y10")
	for t := range n {
		s.op("VMULPS Y10, Y%d, Y%[1]d", 4+t)
		s.op("VMOVUPS Y%d, %s", 4+t, token(t, 0))
	}
	s.op("ADDQ $32, BX")
	s.op("CMPQ BX, $128")
	s.op("JNE pass")
	s.op("VZEROUPPER")
	s.op("RET")
}

// step256 multiplies eight columns.
func (s *source) step256(f format, n int) {
	if f.nibbles { // products of four columns, at most 2·15·127 each, stay within 16 bits when two are added
		s.op("VMOVDQU (SI), Y9")
		s.op("VPAND Y9, Y12, Y8")
		s.op("VPSRLW $4, Y9, Y9")
		s.op("VPAND Y9, Y12, Y9")
		for t := range n {
			s.op("VPBROADCASTD %s, Y10", token(t, 4))
			s.op("VPBROADCASTD %s, Y11", token(t, 8))
			s.op("VPMADDUBSW Y10, Y8, Y10")
			s.op("VPMADDUBSW Y11, Y9, Y11")
			s.op("VPADDW Y11, Y10, Y10")
			s.op("VPMADDWD Y10, Y13, Y10")
			s.op("VPADDD Y10, Y%d, Y%[1]d", t)
		}
		return
	}
	for quad := range 2 { // |w| times the activation with the sign of w: at most 2·128·127, which 16 bits hold
		s.op("VPXOR %d(SI), Y12, Y8", 128*quad)
		s.op("VPABSB Y8, Y9")
		for t := range n {
			s.op("VPBROADCASTD %s, Y10", token(t, 4+4*quad))
			s.op("VPSIGNB Y8, Y10, Y10")
			s.op("VPMADDUBSW Y10, Y9, Y10")
			s.op("VPMADDWD Y10, Y13, Y10")
			s.op("VPADDD Y10, Y%d, Y%[1]d", t)
		}
	}
}

// scale256 adds a group's integers, scaled, to the float accumulators. SI is at the scales plus 32 bytes a pass, where scales take 16.
func (s *source) scale256(f format, n int) {
	s.op("MOVQ BX, DX")
	s.op("SHRQ $1, DX")
	s.op("SUBQ DX, SI")
	s.op("VCVTPH2PS (SI), Y14")
	tail, meta := 64, 8
	if f.minima {
		tail, meta = 128, 12
		s.op("VCVTPH2PS 64(SI), Y15")
	}
	s.op("ADDQ DX, SI")
	for t := range n {
		s.op("VCVTDQ2PS Y%d, Y%[1]d", t)
		s.op("VBROADCASTSS %s, Y10", token(t, 4))
		s.op("VMULPS Y10, Y14, Y10")
		s.op("VFMADD231PS Y10, Y%d, Y%d", t, 4+t)
		if f.minima {
			s.op("VBROADCASTSS %s, Y11", token(t, 8))
			s.op("VFMADD231PS Y11, Y15, Y%d", 4+t)
		}
	}
	s.op("ADDQ $%d, SI", tail)
	s.addBases(n, meta)
}
