package main

import "fmt"

// at is the place of vector i of 16 floats, half that of 16 int16.
func at(r string, i int) string   { return fmt.Sprintf("%d(%s)", 64*i, r) }
func half(r string, i int) string { return fmt.Sprintf("%d(%s)", 32*i, r) }

// kv16 writes the routines of 16-bit attention.
func (v *vec) kv16() {
	v.begin("moments16", "sum of squares and greatest absolute value", "x *float32, n int) (squares, top float32", 24, "magnitude")
	v.p("\tMOVQ x+0(FP), SI\n\tMOVQ n+8(FP), CX")
	v.zero(0)
	v.zero(2)
	v.p("\nloop:")
	v.load("(SI)", 4)
	v.do("VFMADD231PS", 4, 4, 0)
	v.do("VANDPS", "magnitude", 4, 4)
	v.do("VMAXPS", 2, 4, 2)
	v.end("loop", "CX", "SI")
	v.fold("VADDPS", 0)
	v.fold("VMAXPS", 2)
	v.p("\tVMOVSS X0, squares+16(FP)\n\tVMOVSS %s, top+20(FP)", v.low(2, "X"))
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

	v.begin("finish", "y = o / sum of l + 0, row by row of n", "y, o, l *float32, n, rows int", 40)
	v.p("\tMOVQ y+0(FP), DI\n\tMOVQ o+8(FP), SI\n\tMOVQ l+16(FP), DX\n\tMOVQ n+24(FP), AX\n\tMOVQ rows+32(FP), R8")
	v.zero(3)
	v.p("\nrow:")
	v.load("(DX)", 0)
	v.fold("VADDPS", 0)
	v.spreadLane(0, 0)
	v.p("\tMOVQ AX, CX")
	v.p("\nloop:")
	v.load("(SI)", 2)
	v.do("VDIVPS", 0, 2, 2)
	v.do("VADDPS", 3, 2, 2)
	v.do("VMOVUPS", 2, "(DI)")
	v.end("loop", "CX", "SI", "DI")
	v.p("\tADDQ $64, DX\n\tDECQ R8\n\tJNZ row")
	v.ret()
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

// maskAVX2 makes the mask of vector i in register t: each lane looks at its own bit.
func (v *vec) maskAVX2(i, t int) {
	for h := range 2 {
		m := v.of(t, h)
		v.p("\tVPBROADCASTD %d(R12), %s", 2*i+h, m)
		v.p("\tVPAND lanebits<>(SB), %s, %s\n\tVPCMPEQD lanebits<>(SB), %s, %s", m, m, m, m)
	}
}

// exp2 replaces x, at most a little above 0, by 2^x with a relative error of 7e-6.
func (v *vec) exp2(ws []work) {
	if v.wide {
		all(ws, func(w work) { v.do("VMAXPS", w.x, "low2", w.x) })
	} else {
		all(ws, func(w work) { v.load("low2", w.t); v.do("VMAXPS", w.x, w.t, w.x) })
	}
	all(ws, func(w work) { v.do("VADDPS", "magic", w.x, w.t) })
	all(ws, func(w work) { v.do("VSUBPS", "magic", w.t, w.p) })
	all(ws, func(w work) { v.do("VSUBPS", w.p, w.x, w.x) }) // the fraction
	if v.wide {
		all(ws, func(w work) { v.do("VMOVAPS", w.p, w.t) }) // the integer
	}
	all(ws, func(w work) { v.load("d4", w.p) })
	for _, c := range []string{"d3", "d2", "d1", "one"} {
		all(ws, func(w work) { v.do("VFMADD213PS", c, w.x, w.p) })
	}
	all(ws, v.power)
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
		"low2", "magic", "d4", "d3", "d2", "d1", "one", "ninf")
	v.p("\tMOVQ scales+40(FP), SI")
	t, p, top, scale, sum, weight := 4, 5, 12, 13, 15, 14
	if !v.wide {
		t, p, top, scale, sum, weight = 1, 2, 6, 3, 4, 5
	}
	// Three loops over the rows, as each has a chain of waits that the next row can fill: maxima, exponentials, weights.
	v.loop("top", func() {
		v.broadcast("0(R11)", top)
		v.scores(top)
		v.fold("VMAXPS", top)
		v.p("\tVMOVSS %s, 0(R11)", v.low(top, "X"))
		v.p("\tVMULSS 4(R11), %s, %s", v.low(top, "X"), v.low(top, "X")) // the maximum in units of exp2
		// decay = 2^(before - now): 1 if the maximum stays
		v.p("\tMOVL $0x3F800000, 12(R11)")
		v.p("\tVMOVSS 8(R11), %s\n\tVUCOMISS %s, %s\n\tVMOVSS %s, 8(R11)\n\tJEQ same", v.low(p, "X"), v.low(p, "X"), v.low(top, "X"), v.low(top, "X"))
		v.p("\tVSUBSS %s, %s, %s", v.low(top, "X"), v.low(p, "X"), v.low(0, "X"))
		v.exp2([]work{{0, t, p}})
		v.p("\tVMOVSS %s, 12(R11)", v.low(0, "X"))
		v.p("\nsame:")
	})
	v.loop("exp", func() {
		v.broadcast("4(R11)", scale)
		v.broadcast("8(R11)", top)
		v.weights(top, scale, sum, weight)
		v.broadcast("12(R11)", p)
		v.do("VFMADD231PS", "(R10)", p, sum) // the lanes before, decayed
		v.do("VMOVUPS", sum, "(R10)")
		v.do("VMOVUPS", weight, at("R8", 0))
	})
	v.loop("round", func() {
		v.load(at("R8", 0), weight)
		v.fold("VADDPS", weight)
		w, u := v.low(weight, "X"), v.low(p, "X")
		v.p("\tVMULSS %s, %s, %s\n\tVMOVSS %s, 16(R11)", v.scalar("untop"), w, u, u)
		v.p("\tVMAXSS %s, %s, %s", v.scalar("tiny"), w, w)
		v.p("\tVMOVSS %s, %s\n\tVDIVSS %s, %s, %s", v.scalar("top"), u, w, u, w)
		v.spreadLane(weight, weight)
		for i := range 4 {
			v.do("VMULPS", at("R8", i+1), weight, 0)
			v.pack16(0, half("R9", i))
		}
	})
	v.ret()
}

// loop writes a loop over the rows.
func (v *vec) loop(label string, body func()) {
	for _, r := range []struct{ arg, to, use string }{{"s", "R8", ""}, {"p", "R9", "round"}, {"l", "R10", "exp"}, {"state", "R11", ""}, {"masks", "R12", ""}} {
		if r.use == "" || r.use == label {
			v.p("\tMOVQ %s+%d(FP), %s", r.arg, map[string]int{"s": 0, "p": 8, "l": 16, "state": 24, "masks": 32}[r.arg], r.to)
		}
	}
	v.p("\tMOVQ rows+48(FP), CX\n\n%s:", label)
	body()
	v.p("\tADDQ $320, R8\n\tADDQ $128, R9\n\tADDQ $64, R10\n\tADDQ $20, R11\n\tADDQ $8, R12\n\tDECQ CX\n\tJNZ %s", label)
}

// scores makes float32 scores of a row in units of the query's scale, -Inf where masked, and takes the maximum to top.
func (v *vec) scores(top int) {
	if v.wide {
		v.p("\tMOVQ (R12), AX")
	}
	for i := range 4 {
		v.do("VCVTDQ2PS", at("R8", i), i)
		if v.wide {
			v.p("\tKMOVW AX, K1\n\tSHRQ $16, AX\n\tVMOVAPS Z%d, Z%d\n\tVMULPS %s, Z%d, K1, Z%d", v.consts["ninf"], 4+i, at("SI", i), i, 4+i)
			v.do("VMAXPS", top, 4+i, top)
			continue
		}
		v.do("VMULPS", at("SI", i), i, i)
		v.load("ninf", 5)
		v.maskAVX2(i, 4)
		v.do("VBLENDVPS", 4, i, 5, i)
		v.do("VMAXPS", top, i, top)
	}
	for i := range 4 {
		if v.wide {
			v.do("VMOVUPS", 4+i, at("R8", i+1))
			continue
		}
		v.do("VMOVUPS", i, at("R8", i+1))
	}
}

// weights makes exponentials of the row, added to sum, times the scales of values, added to weight.
func (v *vec) weights(top, scale, sum, weight int) {
	v.zero(sum)
	v.zero(weight)
	if v.wide {
		v.p("\tMOVQ (R12), AX")
	}
	for first := 0; first < 4; first += len(v.works(4)) {
		ws := v.works(4)
		vector := func(w work) int { return first + w.x }
		all(ws, func(w work) { v.load(at("R8", vector(w)+1), w.x) })
		all(ws, func(w work) { v.do("VFMSUB213PS", top, scale, w.x) }) // x·scale - top
		v.exp2(ws)
		all(ws, func(w work) { v.do("VADDPS", w.x, sum, sum) })
		all(ws, func(w work) {
			if v.wide {
				v.p("\tKMOVW AX, K1\n\tSHRQ $16, AX\n\tVMULPS.Z %s, Z%d, K1, Z%d", at("SI", 4+w.x), w.x, w.x)
				return
			}
			v.do("VMULPS", at("SI", 4+vector(w)), w.x, w.x)
			v.maskAVX2(vector(w), w.t)
			v.do("VANDPS", w.t, w.x, w.x)
		})
		all(ws, func(w work) { v.do("VMOVUPS", w.x, at("R8", vector(w)+1)) })
		all(ws, func(w work) { v.do("VADDPS", w.x, weight, weight) })
	}
}

// scalar is a constant in memory.
func (v *vec) scalar(name string) string {
	return fmt.Sprintf("vector%d<>+%d(SB)", v.halves(), constAt(name))
}

// accumulate: o = o·decay + float(t)·unit, row by row.
func (v *vec) accumulate() {
	v.begin("accumulate", "", "o, t *float32, state *rowState, wide, rows int", 40)
	v.p("\tMOVQ o+0(FP), DI\n\tMOVQ t+8(FP), SI\n\tMOVQ state+16(FP), R11\n\tMOVQ wide+24(FP), DX\n\tMOVQ rows+32(FP), R8")
	v.p("\nrow:")
	v.broadcast("12(R11)", 2)
	v.broadcast("16(R11)", 3)
	v.p("\tMOVQ DX, CX")
	v.p("\nloop:")
	v.do("VCVTDQ2PS", "(SI)", 0)
	v.do("VMULPS", 3, 0, 0)
	v.do("VFMADD231PS", "(DI)", 2, 0)
	v.do("VMOVUPS", 0, "(DI)")
	v.end("loop", "CX", "SI", "DI")
	v.p("\tADDQ $20, R11\n\tDECQ R8\n\tJNZ row")
	v.ret()
}
