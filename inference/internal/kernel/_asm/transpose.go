package main

// halves16 writes the routine that widens float16.
func (v *vec) halves16() {
	v.begin("widen16", "y = x widened; n is a positive multiple of 16", "y *float32, x *byte, n int", 24)
	v.p("\tMOVQ y+0(FP), DI\n\tMOVQ x+8(FP), SI\n\tMOVQ n+16(FP), CX\n\nloop:")
	v.p("\tVCVTPH2PS (SI), Y0\n\tVCVTPH2PS 16(SI), Y1\n\tVMOVUPS Y0, (DI)\n\tVMOVUPS Y1, 32(DI)\n\tADDQ $32, SI")
	v.end("loop", "CX", "DI")
	v.ret()
}

// transpose writes the routine that packs eight rows of four-byte units (AVX2).
func (v *vec) transpose() {
	v.begin("transpose", "Unit u of row i goes to dst[32·u+i]; n is a positive multiple of 8. Any unit whose exponent bits are all ones\n// carries into the sign bits of bad.",
		"dst *uint32, src *byte, stride, n int, exponent, carry uint32) (bad uint32", 44)
	v.p("\tMOVQ dst+0(FP), DI\n\tMOVQ src+8(FP), SI\n\tMOVQ stride+16(FP), R8\n\tMOVQ n+24(FP), CX")
	v.p("\tLEAQ (R8)(R8*2), R9\n\tLEAQ (SI)(R8*4), R10")
	v.p("\tVBROADCASTSS exponent+32(FP), Y13\n\tVBROADCASTSS carry+36(FP), Y14\n\tVPXOR Y15, Y15, Y15")
	v.p("\nloop:")
	for i, from := range []string{"(SI)", "(SI)(R8*1)", "(SI)(R8*2)", "(SI)(R9*1)", "(R10)", "(R10)(R8*1)", "(R10)(R8*2)", "(R10)(R9*1)"} {
		v.p("\tVMOVDQU %s, Y%d", from, i)
		v.p("\tVPAND Y%d, Y13, Y12\n\tVPADDD Y14, Y12, Y12\n\tVPOR Y12, Y15, Y15", i)
	}
	// Pairs of rows, then fours, then the halves.
	pair := func(lo, hi string, a, b, x, y int) {
		v.p("\t%s Y%d, Y%d, Y%d\n\t%s Y%d, Y%d, Y%d", lo, b, a, x, hi, b, a, y)
	}
	four := func(r [4]int, to int) { // to .. to+3: units 0, 1, 2, 3 (and 4 to 7 in the upper halves) of four rows
		pair("VUNPCKLPS", "VUNPCKHPS", r[0], r[1], 12, r[0])
		pair("VUNPCKLPS", "VUNPCKHPS", r[2], r[3], r[1], r[2])
		pair("VUNPCKLPD", "VUNPCKHPD", 12, r[1], to, to+1)
		pair("VUNPCKLPD", "VUNPCKHPD", r[0], r[2], r[1], r[3])
	}
	four([4]int{0, 1, 2, 3}, 8) // units 0, 1 in Y8, Y9; 2, 3 in Y1, Y3
	four([4]int{4, 5, 6, 7}, 10)
	for u, r := range [4][2]int{{8, 10}, {9, 11}, {1, 5}, {3, 7}} {
		v.p("\tVINSERTF128 $1, X%d, Y%d, Y12\n\tVMOVUPS Y12, %d(DI)", r[1], r[0], 128*u)
		v.p("\tVPERM2F128 $0x31, Y%d, Y%d, Y12\n\tVMOVUPS Y12, %d(DI)", r[1], r[0], 128*(u+4))
	}
	v.p("\tADDQ $32, SI\n\tADDQ $32, R10\n\tADDQ $1024, DI\n\tSUBQ $8, CX\n\tJNZ loop")
	v.p("\tVEXTRACTI128 $1, Y15, X0\n\tVPOR X0, X15, X0\n\tVPSHUFD $0x0E, X0, X1\n\tVPOR X1, X0, X0\n\tVPSHUFD $1, X0, X1\n\tVPOR X1, X0, X0")
	v.p("\tVMOVD X0, AX\n\tMOVL AX, bad+40(FP)")
	v.ret()
}
