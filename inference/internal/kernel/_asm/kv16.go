package main

import "fmt"

// at is the place of vector i of 16 floats, half that of 16 int16.
func at(r string, i int) string   { return fmt.Sprintf("%d(%s)", 64*i, r) }
func half(r string, i int) string { return fmt.Sprintf("%d(%s)", 32*i, r) }

// kv16 writes the routines of 16-bit attention.
func (v *vec) kv16() {
	v.begin("moments16", "squares of x to acc, greatest absolute values to m", "acc, m *[16]float32, x *float32, n int", 32, "magnitude")
	v.p("\tMOVQ acc+0(FP), DI\n\tMOVQ m+8(FP), DX\n\tMOVQ x+16(FP), SI\n\tMOVQ n+24(FP), CX")
	v.load("(DI)", 0)
	v.load("(DX)", 1)
	v.p("\nloop:")
	v.load("(SI)", 2)
	v.do("VFMADD231PS", 2, 2, 0)
	v.do("VANDPS", "magnitude", 2, 2)
	v.do("VMAXPS", 1, 2, 1)
	v.end("loop", "CX", "SI")
	v.do("VMOVUPS", 0, "(DI)")
	v.do("VMOVUPS", 1, "(DX)")
	v.ret()

	v.begin("round16", "", "q *int16, x *float32, by float32, n int", 32)
	v.p("\tMOVQ q+0(FP), DI\n\tMOVQ x+8(FP), SI\n\tMOVQ n+24(FP), CX")
	v.broadcast("by+16(FP)", 1)
	v.p("\nloop:")
	v.do("VMULPS", "(SI)", 1, 0)
	v.pack16(0, "(DI)")
	v.p("\tADDQ $32, DI")
	v.end("loop", "CX", "SI")
	v.ret()

	v.softPage()
	v.accumulate()
}

// pack16 rounds register r to 16 int16 in memory.
func (v *vec) pack16(r int, to string) {
	v.do("VCVTPS2DQ", r, r)
	if v.wide {
		v.p("\tVPMOVSDW Z%d, %s", r, to)
		return
	}
	lo, hi := v.of(r, 0), v.of(r, 1)
	v.p("\tVPACKSSDW %s, %s, %s\n\tVPERMQ $0xD8, %s, %s\n\tVMOVDQU %s, %s", hi, lo, lo, lo, lo, lo, to)
}

// fold reduces register r to its lane 0 by op: 8+8, 4+4, 2+2, 1+1.
func (v *vec) fold(op string, r int) {
	x, y, xx, yy := v.low(r, "X"), v.low(r+1, "X"), v.low(r, "Y"), v.low(r+1, "Y")
	if v.wide {
		v.p("\tVEXTRACTF64X4 $1, %s, %s", v.reg(r), yy)
	} else {
		yy = v.of(r, 1)
	}
	v.p("\t%s %s, %s, %s", op, yy, xx, xx)
	v.p("\tVEXTRACTF128 $1, %s, %s\n\t%s %s, %s, %s", xx, y, op, y, x, x)
	v.p("\tVPERMILPS $0x0E, %s, %s\n\t%s %s, %s, %s", x, y, op, y, x, x)
	v.p("\tVPERMILPS $0x01, %s, %s\n\t%s %s, %s, %s", x, y, op, y, x, x)
}

// low names the low lanes of register r as an X or Y register.
func (v *vec) low(r int, kind string) string { return kind + v.of(r, 0)[1:] }

// spreadLane copies lane 0 of register r to all of register to.
func (v *vec) spreadLane(r, to int) {
	for h := range v.halves() {
		v.p("\tVBROADCASTSS %s, %s", v.low(r, "X"), v.of(to, h))
	}
}

// masked makes vector i of register r the lanes that the row's mask has set, and those of register other elsewhere (of
// nothing if other < 0). AVX2 makes the mask in register t: each lane looks at its own bit.
func (v *vec) masked(r, i, other, t int) {
	if v.wide {
		if other < 0 {
			v.p("\tVMOVAPS.Z Z%d, K%d, Z%d", r, i+1, r)
		} else {
			v.p("\tVBLENDMPS Z%d, Z%d, K%d, Z%d", r, other, i+1, r)
		}
		return
	}
	for h := range 2 {
		m := v.of(t, h)
		v.p("\tVPBROADCASTD %d(R12), %s", 2*i+h, m)
		v.p("\tVPAND lanebits<>(SB), %s, %s\n\tVPCMPEQD lanebits<>(SB), %s, %s", m, m, m, m)
		if other < 0 {
			v.p("\tVANDPS %s, %s, %s", m, v.of(r, h), v.of(r, h))
		} else {
			v.p("\tVBLENDVPS %s, %s, %s, %s", m, v.of(r, h), v.of(other, h), v.of(r, h))
		}
	}
}

// softPage turns int32 scores of rows into weights. AVX-512 keeps a row's 64 values in registers, AVX2 in the place of
// the scores.
func (v *vec) softPage() {
	if !v.wide {
		for i := range 8 {
			v.p("DATA lanebits<>+%d(SB)/4, $%d", 4*i, 1<<i)
		}
		v.p("GLOBL lanebits<>(SB), RODATA|NOPTR, $32")
	}
	v.begin("softPage", "Registers: R8 scores, R9 weights, R10 sums, R11 states, R12 masks, SI scales, CX rows.",
		"s *float32, p *int16, l *float32, state *rowState, masks *uint64, scales *float32, rows int", 56,
		append(expConsts, "ninf", "top", "untop", "tiny")...)
	for i, r := range []string{"R8", "R9", "R10", "R11", "R12", "SI", "CX"} {
		v.p("\tMOVQ %s+%d(FP), %s", []string{"s", "p", "l", "state", "masks", "scales", "rows"}[i], 8*i, r)
	}
	x, keep := func(i int) int { return i }, func(int) {}
	get := func(int) {}
	if !v.wide {
		x = func(int) int { return 0 }
		keep = func(i int) { v.do("VMOVUPS", 0, at("R8", i)) }
		get = func(i int) { v.load(at("R8", i), 0) }
	}
	t, p, top, scale, sum, weight := 4, 5, 6, 8, 9, 10
	if !v.wide {
		t, p, top, scale, sum, weight = 1, 2, 3, 4, 5, 6
	}
	v.p("\nrow:")
	if v.wide {
		v.p("\tMOVQ (R12), AX")
		for i := range 4 {
			v.p("\tKMOVW AX, K%d", i+1)
			if i < 3 {
				v.p("\tSHRQ $16, AX")
			}
		}
	}
	v.broadcast("0(R11)", top)
	for i := range 4 {
		v.do("VCVTDQ2PS", at("R8", i), x(i))
		v.do("VMULPS", at("SI", i), x(i), x(i))
		if v.wide {
			v.masked(x(i), i, v.consts["ninf"], 0)
		} else {
			v.load("ninf", 2)
			v.masked(0, i, 2, 1)
		}
		keep(i)
		v.do("VMAXPS", top, x(i), top)
	}
	v.fold("VMAXPS", top)
	// decay = exp((before - max)·scale): 1 if the maximum stays
	v.broadcast("4(R11)", scale)
	v.p("\tMOVL $0x3F800000, 8(R11)")
	v.p("\tVUCOMISS 0(R11), %s\n\tJEQ same", v.low(top, "X"))
	x0 := 0
	if v.wide {
		x0 = 11
	}
	v.broadcast("0(R11)", x0)
	v.spreadLane(top, top)
	v.do("VSUBPS", top, x0, x0)
	v.do("VMULPS", scale, x0, x0)
	v.exp(x0, t, p)
	v.p("\tVMOVSS %s, 8(R11)\n\tVMOVSS %s, 0(R11)", v.low(x0, "X"), v.low(top, "X"))
	v.p("\nsame:")
	v.spreadLane(top, top)
	v.zero(sum)
	v.zero(weight)
	for i := range 4 {
		get(i)
		v.do("VSUBPS", top, x(i), x(i))
		v.do("VMULPS", scale, x(i), x(i))
		v.exp(x(i), t, p)
		v.do("VADDPS", x(i), sum, sum)
		v.do("VMULPS", at("SI", 4+i), x(i), x(i))
		v.masked(x(i), i, -1, 1)
		keep(i)
		v.do("VADDPS", x(i), weight, weight)
	}
	v.broadcast("8(R11)", p)
	v.do("VFMADD231PS", "(R10)", p, sum) // the lanes before, decayed
	v.do("VMOVUPS", sum, "(R10)")
	v.fold("VADDPS", weight)
	w, u := v.low(weight, "X"), v.low(p, "X")
	v.scalar("untop", u)
	v.p("\tVMULSS %s, %s, %s\n\tVMOVSS %s, 12(R11)", u, w, u, u)
	v.scalar("tiny", u)
	v.p("\tVMAXSS %s, %s, %s", u, w, w)
	v.scalar("top", u)
	v.p("\tVDIVSS %s, %s, %s", w, u, w)
	v.spreadLane(weight, weight)
	for i := range 4 {
		get(i)
		v.do("VMULPS", weight, x(i), x(i))
		v.pack16(x(i), half("R9", i))
	}
	v.p("\tADDQ $256, R8\n\tADDQ $128, R9\n\tADDQ $64, R10\n\tADDQ $16, R11\n\tADDQ $8, R12\n\tDECQ CX\n\tJNZ row")
	v.ret()
}

// scalar loads a constant to lane 0 of an X register.
func (v *vec) scalar(name, to string) {
	if v.wide {
		v.p("\tVMOVSS vector1<>+%d(SB), %s", constAt(name), to)
		return
	}
	v.p("\tVMOVSS vector2<>+%d(SB), %s", constAt(name), to)
}

// accumulate: o = o·decay + float(t)·unit, row by row.
func (v *vec) accumulate() {
	v.begin("accumulate", "", "o, t *float32, state *rowState, wide, rows int", 40)
	v.p("\tMOVQ o+0(FP), DI\n\tMOVQ t+8(FP), SI\n\tMOVQ state+16(FP), R11\n\tMOVQ wide+24(FP), DX\n\tMOVQ rows+32(FP), R8")
	v.p("\nrow:")
	v.broadcast("8(R11)", 2)
	v.broadcast("12(R11)", 3)
	v.p("\tMOVQ DX, CX")
	v.p("\nloop:")
	v.do("VCVTDQ2PS", "(SI)", 0)
	v.do("VMULPS", 3, 0, 0)
	v.do("VFMADD231PS", "(DI)", 2, 0)
	v.do("VMOVUPS", 0, "(DI)")
	v.end("loop", "CX", "SI", "DI")
	v.p("\tADDQ $16, R11\n\tDECQ R8\n\tJNZ row")
	v.ret()
}
