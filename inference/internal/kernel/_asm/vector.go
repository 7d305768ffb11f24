package main

import (
	"fmt"
	"math"
	"os"
	"strings"
)

// A vec writes vector routines in which an operand is 16 floats: one ZMM register or two YMM registers.
type vec struct {
	gen
	consts map[string]int // registers that hold constants (AVX-512)
}

// An operand is a register number, the name of a constant, or a place in memory such as "(SI)" or "64(SI)(CX*4)".
type operand any

// width is the bytes of one machine register.
func (v *vec) width() int {
	if v.wide {
		return 64
	}
	return 32
}

func (v *vec) halves() int { return 64 / v.width() }

// of names half h of an operand.
func (v *vec) of(o operand, h int) string {
	switch o := o.(type) {
	case int:
		return v.reg(o*v.halves() + h)
	case string:
		if at := strings.IndexByte(o, '('); at >= 0 {
			disp := 0
			if at > 0 {
				fmt.Sscanf(o[:at], "%d", &disp)
			}
			return fmt.Sprintf("%d%s", disp+h*v.width(), o[at:])
		}
		if r, ok := v.consts[o]; ok {
			return v.reg(r)
		}
		return fmt.Sprintf("vector%d<>+%d(SB)", v.halves(), constAt(o))
	}
	panic(fmt.Sprint("operand ", o))
}

// do writes an instruction for every half, operands in Go's order: the destination last.
func (v *vec) do(op string, os ...operand) {
	for h := range v.halves() {
		var names []string
		for _, o := range os {
			if s, ok := o.(string); ok && s[0] == '$' {
				names = append(names, s)
				continue
			}
			names = append(names, v.of(o, h))
		}
		v.p("\t%s %s", op, strings.Join(names, ", "))
	}
}

// pick returns the name of an instruction of AVX-512 or AVX2.
func (v *vec) pick(wide, narrow string) string {
	if v.wide {
		return wide
	}
	return narrow
}

// load moves a broadcast constant or memory to a register.
func (v *vec) load(from operand, to int) { v.do("VMOVUPS", from, to) }

// broadcast spreads one float in memory.
func (v *vec) broadcast(from string, to int) {
	for h := range v.halves() {
		v.p("\tVBROADCASTSS %s, %s", from, v.of(to, h))
	}
}

func (v *vec) zero(r int) { v.do(v.pick("VPXORD", "VPXOR"), r, r, r) }

// constants of the routines, each spread over a register.
var constants = []struct {
	name string
	bits uint32
}{
	{"low", bits(-104)},
	{"high", bits(89)},
	{"log2e", bits(1.4426950216293335)},
	{"magic", bits(12582912)},
	{"nln2hi", bits(-0.693145751953125)},
	{"nln2lo", bits(-1.428606765330187e-06)},
	{"c2", bits(0.5)},
	{"c3", bits(0.16666576266288757)},
	{"c4", bits(0.041666556149721146)},
	{"c5", bits(0.008363203145563602)},
	{"c6", bits(0.0013926213141530752)},
	{"one", bits(1)},
	{"imagic", 0x4B400000},
	{"bias", 127},
	{"sign", 1 << 31},
	{"int1", 1},
	{"round", 0x7FFF},
	{"head", 0xFFFF0000},
	{"quiet", 0x400000},
	{"ninf", 0xFF800000},
	{"top", bits(32767)},
	{"untop", bits(1.0 / 32767)},
	{"tiny", bits(1e-30)},
	{"low2", bits(-150)},
	{"d1", bits(0.6931367516517639)},
	{"d2", bits(0.24022530019283295)},
	{"d3", bits(0.05583828315138817)},
	{"d4", bits(0.009656710550189018)},
	{"magnitude", 0x7FFFFFFF},
}

func bits(v float32) uint32 { return math.Float32bits(v) }

func constAt(name string) int {
	for i, c := range constants {
		if c.name == name {
			return i * 32
		}
	}
	panic("constant " + name)
}

var expConsts = []string{"low", "log2e", "magic", "nln2hi", "nln2lo", "c2", "c3", "c4", "c5", "c6", "one"}

// begin opens a routine. AVX-512 keeps the named constants in registers from Z31 down.
func (v *vec) begin(name, doc, args string, size int, consts ...string) {
	v.p("\n// func %s%s(%s)", name, v.pick("AVX512", "AVX2"), args)
	if doc != "" {
		v.p("// %s", doc)
	}
	v.p("TEXT ·%s%s(SB), NOSPLIT, $0-%d", name, v.pick("AVX512", "AVX2"), size)
	v.consts = map[string]int{}
	if v.wide {
		for i, c := range consts {
			v.p("\tVBROADCASTSS vector1<>+%d(SB), Z%d", constAt(c), 31-i)
			v.consts[c] = 31 - i
		}
	}
}

// end closes a loop that moves the pointers on by 16 floats.
func (v *vec) end(label, count string, pointers ...string) {
	for _, p := range pointers {
		v.p("\tADDQ $64, %s", p)
	}
	v.p("\tSUBQ $16, %s\n\tJNZ %s", count, label)
}

func (v *vec) ret() { v.p("\tVZEROUPPER\n\tRET") }

// A lane of work in a routine: x holds the argument and the result, t and p are used. Several go step by step together,
// so that no step waits for the one before it.
type work struct{ x, t, p int }

// works returns n lanes of work (one for AVX2, which has no registers for more).
func (v *vec) works(n int) []work {
	if !v.wide {
		return []work{{0, 1, 2}}
	}
	ws := make([]work, n)
	for i := range ws {
		ws[i] = work{i, 4 + i, 8 + i}
	}
	return ws
}

// other is the register of the i-th value besides lanes of work.
func (v *vec) other(i int) int {
	if v.wide {
		return 12 + i
	}
	return 3 + i
}

// all writes f's step for each lane of work.
func all(ws []work, f func(w work)) {
	for _, w := range ws {
		f(w)
	}
}

// exp replaces x, not above 89, by its exponential.
func (v *vec) exp(ws []work) {
	if v.wide {
		all(ws, func(w work) { v.do("VMAXPS", w.x, "low", w.x) })
	} else {
		all(ws, func(w work) { v.load("low", w.t); v.do("VMAXPS", w.x, w.t, w.x) })
	}
	all(ws, func(w work) { v.load("magic", w.t) })
	all(ws, func(w work) { v.do("VFMADD231PS", "log2e", w.x, w.t) })
	n := func(w work) int { return w.p }
	if v.wide {
		n = func(w work) int { return w.t }
	}
	all(ws, func(w work) { v.do("VSUBPS", "magic", w.t, n(w)) })
	all(ws, func(w work) { v.do("VFMADD231PS", "nln2hi", n(w), w.x) })
	all(ws, func(w work) { v.do("VFMADD231PS", "nln2lo", n(w), w.x) })
	all(ws, func(w work) { v.load("c6", w.p) })
	for _, c := range []string{"c5", "c4", "c3", "c2", "one", "one"} {
		all(ws, func(w work) { v.do("VFMADD213PS", c, w.x, w.p) })
	}
	all(ws, v.power)
}

// power sets x = p·2^n, where t holds n as a float (AVX-512) or with the magic number added (AVX2).
func (v *vec) power(w work) {
	x, t, p := w.x, w.t, w.p
	if v.wide {
		v.do("VSCALEFPS", t, p, x)
		return
	}
	// Two factors, 2^(n>>1) and the rest, as n reaches beyond the exponents of normal numbers.
	v.do("VPSUBD", "imagic", t, t)
	v.do("VPSRAD", "$1", t, x)
	v.do("VPSUBD", x, t, t)
	v.do("VPADDD", "bias", x, x)
	v.do("VPSLLD", "$23", x, x)
	v.do("VMULPS", x, p, p)
	v.do("VPADDD", "bias", t, t)
	v.do("VPSLLD", "$23", t, t)
	v.do("VMULPS", t, p, x)
}

// unrolled writes the loop over CX values: four vectors at a time while there are as many (AVX-512), then one by one. Body
// is given its lanes of work, of which lane i takes the vector at 64·i behind the pointers.
func (v *vec) unrolled(body func(ws []work), pointers ...string) {
	if v.wide {
		v.p("\tSUBQ $64, CX\n\tJLT rest\n\nfour:")
		body(v.works(4))
		for _, p := range pointers {
			v.p("\tADDQ $256, %s", p)
		}
		v.p("\tSUBQ $64, CX\n\tJGE four\n\nrest:\n\tADDQ $64, CX\n\tJZ done")
	}
	v.p("\nloop:")
	body(v.works(1))
	v.end("loop", "CX", pointers...)
	v.p("\ndone:")
}

func vectors(wide bool) {
	v := &vec{gen: gen{kind: kind{wide: wide}}}
	v.p("// Code generated by _asm/main.go. DO NOT EDIT.\n\n//go:build !purego\n\n#include \"textflag.h\"\n")
	v.p("// The vector routines. Counts are positive multiples of 16.\n")
	for _, c := range constants {
		for i := range 4 {
			v.p("DATA vector%d<>+%d(SB)/8, $0x%08x%08x", v.halves(), constAt(c.name)+8*i, c.bits, c.bits)
		}
	}
	v.p("GLOBL vector%d<>(SB), RODATA|NOPTR, $%d", v.halves(), 32*len(constants))
	v.reductions()
	v.elementwise()
	v.exponentials()
	v.kv16()
	if !wide {
		v.transpose()
		v.halves16()
	}
	name := fmt.Sprintf("vector_%s_amd64.s", v.pick("avx512", "avx2"))
	if err := os.WriteFile(name, v.Bytes(), 0o644); err != nil {
		panic(err)
	}
}

func (v *vec) reductions() {
	v.begin("squares", "", "acc *[16]float32, x *float32, n int", 24)
	v.p("\tMOVQ acc+0(FP), DI\n\tMOVQ x+8(FP), SI\n\tMOVQ n+16(FP), CX")
	v.load("(DI)", 0)
	v.p("\nloop:")
	v.load("(SI)", 1)
	v.do("VFMADD231PS", 1, 1, 0)
	v.end("loop", "CX", "SI")
	v.do("VMOVUPS", 0, "(DI)")
	v.ret()

	v.begin("addSquares", "y += x, and the squares of the sums to acc.", "acc *[16]float32, y, x *float32, n int", 32)
	v.p("\tMOVQ acc+0(FP), R8\n\tMOVQ y+8(FP), DI\n\tMOVQ x+16(FP), SI\n\tMOVQ n+24(FP), CX")
	v.load("(R8)", 0)
	v.p("\nloop:")
	v.load("(DI)", 1)
	v.do("VADDPS", "(SI)", 1, 1)
	v.do("VMOVUPS", 1, "(DI)")
	v.do("VFMADD231PS", 1, 1, 0)
	v.end("loop", "CX", "SI", "DI")
	v.do("VMOVUPS", 0, "(R8)")
	v.ret()

	v.begin("max", "", "m *[16]float32, x *float32, n int) (nan uint32", 28)
	v.p("\tMOVQ m+0(FP), DI\n\tMOVQ x+8(FP), SI\n\tMOVQ n+16(FP), CX")
	v.load("(DI)", 0)
	if v.wide {
		v.p("\tKXORW K1, K1, K1")
	} else {
		v.zero(2)
	}
	v.p("\nloop:")
	v.load("(SI)", 1)
	v.do("VMAXPS", 0, 1, 0) // x > m ? x : m
	if v.wide {
		v.p("\tVCMPPS $3, Z1, Z1, K2\n\tKORW K2, K1, K1")
	} else {
		v.do("VCMPPS", "$3", 1, 1, 3)
		v.do("VORPS", 3, 2, 2)
	}
	v.end("loop", "CX", "SI")
	v.do("VMOVUPS", 0, "(DI)")
	if v.wide {
		v.p("\tKMOVW K1, AX")
	} else {
		v.p("\tVORPS Y4, Y5, Y4\n\tVMOVMSKPS Y4, AX")
	}
	v.p("\tMOVL AX, nan+24(FP)")
	v.ret()
}

func (v *vec) elementwise() {
	v.begin("add", "", "y, x *float32, n int", 24)
	v.p("\tMOVQ y+0(FP), DI\n\tMOVQ x+8(FP), SI\n\tMOVQ n+16(FP), CX")
	v.p("\nloop:")
	v.load("(DI)", 0)
	v.do("VADDPS", "(SI)", 0, 0)
	v.do("VMOVUPS", 0, "(DI)")
	v.end("loop", "CX", "SI", "DI")
	v.ret()

	v.begin("scaleMul", "y = x·s·g", "y, x, gain *float32, s float32, n int", 40)
	v.p("\tMOVQ y+0(FP), DI\n\tMOVQ x+8(FP), SI\n\tMOVQ gain+16(FP), DX\n\tMOVQ n+32(FP), CX")
	v.broadcast("s+24(FP)", 1)
	v.p("\nloop:")
	v.do("VMULPS", "(SI)", 1, 0)
	v.do("VMULPS", "(DX)", 0, 0)
	v.do("VMOVUPS", 0, "(DI)")
	v.end("loop", "CX", "SI", "DI", "DX")
	v.ret()

	v.begin("div", "", "x *float32, d float32, n int", 24)
	v.p("\tMOVQ x+0(FP), SI\n\tMOVQ n+16(FP), CX")
	v.broadcast("d+8(FP)", 1)
	v.p("\nloop:")
	v.load("(SI)", 0)
	v.do("VDIVPS", 1, 0, 0)
	v.do("VMOVUPS", 0, "(SI)")
	v.end("loop", "CX", "SI")
	v.ret()

	v.begin("rotate", "", "a, b, cos, sin *float32, n int", 40)
	v.p("\tMOVQ a+0(FP), DI\n\tMOVQ b+8(FP), SI\n\tMOVQ cos+16(FP), R8\n\tMOVQ sin+24(FP), R9\n\tMOVQ n+32(FP), CX")
	v.p("\nloop:")
	v.load("(DI)", 0)
	v.load("(SI)", 1)
	v.load("(R8)", 2)
	v.load("(R9)", 3)
	v.do("VMULPS", 2, 0, 4)
	v.do("VMULPS", 2, 1, 5)
	v.do("VFNMADD231PS", 3, 1, 4)
	v.do("VFMADD231PS", 3, 0, 5)
	v.do("VMOVUPS", 4, "(DI)")
	v.do("VMOVUPS", 5, "(SI)")
	v.end("loop", "CX", "SI", "DI", "R8", "R9")
	v.ret()

	v.begin("roundBF16", "y = x rounded to bfloat16 and widened again", "y, x *float32, n int", 24, "int1", "round", "quiet", "head")
	v.p("\tMOVQ y+0(FP), DI\n\tMOVQ x+8(FP), SI\n\tMOVQ n+16(FP), CX")
	v.p("\nloop:")
	v.bf16()
	v.do(v.pick("VPANDD", "VPAND"), "head", 1, 1)
	v.do("VMOVUPS", 1, "(DI)")
	v.end("loop", "CX", "SI", "DI")
	v.ret()
	if v.wide {
		v.begin("packBF16", "y = x rounded to bfloat16", "y *uint16, x *float32, n int", 24, "int1", "round", "quiet")
		v.p("\tMOVQ y+0(FP), DI\n\tMOVQ x+8(FP), SI\n\tMOVQ n+16(FP), CX")
		v.p("\nloop:")
		v.bf16()
		v.p("\tVPSRLD $16, Z1, Z1\n\tVPMOVDW Z1, (DI)\n\tADDQ $32, DI")
		v.end("loop", "CX", "SI")
		v.ret()
	}
}

// bf16 rounds (SI) to bfloat16 in the upper halves of register 1; NaN is made quiet instead.
func (v *vec) bf16() {
	and, or := v.pick("VPANDD", "VPAND"), v.pick("VPORD", "VPOR")
	v.load("(SI)", 0)
	v.do("VPSRLD", "$16", 0, 1)
	v.do(and, "int1", 1, 1)
	v.do("VPADDD", "round", 1, 1)
	v.do("VPADDD", 0, 1, 1)
	v.do(or, "quiet", 0, 2)
	if v.wide {
		v.p("\tVCMPPS $3, Z0, Z0, K1\n\tVMOVAPS Z2, K1, Z1")
	} else {
		v.do("VCMPPS", "$3", 0, 0, 3)
		v.do("VBLENDVPS", 3, 2, 1, 1)
	}
}

func (v *vec) exponentials() {
	v.begin("exp", "", "x *float32, n int", 16, append(expConsts, "high")...)
	v.p("\tMOVQ x+0(FP), SI\n\tMOVQ n+8(FP), CX")
	v.load("high", v.other(0))
	v.unrolled(func(ws []work) {
		all(ws, func(w work) { v.do("VMINPS", at("SI", w.x), v.other(0), w.x) }) // high < x ? high : x, so that NaN stays
		v.exp(ws)
		all(ws, func(w work) { v.do("VMOVUPS", w.x, at("SI", w.x)) })
	}, "SI")
	v.ret()

	v.begin("softExp", "x = exp((x - max)·scale), added to acc", "acc *[16]float32, x *float32, max, scale float32, n int", 32, expConsts...)
	v.p("\tMOVQ acc+0(FP), DI\n\tMOVQ x+8(FP), SI\n\tMOVQ n+24(FP), CX")
	top, scale, acc := v.other(0), v.other(1), v.other(2)
	v.broadcast("max+16(FP)", top)
	v.broadcast("scale+20(FP)", scale)
	v.load("(DI)", acc)
	v.unrolled(func(ws []work) {
		all(ws, func(w work) { v.load(at("SI", w.x), w.x) })
		all(ws, func(w work) { v.do("VSUBPS", top, w.x, w.x) })
		all(ws, func(w work) { v.do("VMULPS", scale, w.x, w.x) })
		v.exp(ws)
		all(ws, func(w work) { v.do("VMOVUPS", w.x, at("SI", w.x)) })
		all(ws, func(w work) { v.do("VADDPS", w.x, acc, acc) })
	}, "SI")
	v.do("VMOVUPS", acc, "(DI)")
	v.ret()

	v.begin("sumExp", "acc += exp(x - max)", "acc *[16]float32, x *float32, max float32, n int", 32, append(expConsts, "high")...)
	v.p("\tMOVQ acc+0(FP), DI\n\tMOVQ x+8(FP), SI\n\tMOVQ n+24(FP), CX")
	v.broadcast("max+16(FP)", top)
	v.load("high", scale)
	v.load("(DI)", acc)
	v.unrolled(func(ws []work) {
		all(ws, func(w work) { v.load(at("SI", w.x), w.x) })
		all(ws, func(w work) { v.do("VSUBPS", top, w.x, w.x) })
		all(ws, func(w work) { v.do("VMINPS", w.x, scale, w.x) })
		v.exp(ws)
		all(ws, func(w work) { v.do("VADDPS", w.x, acc, acc) })
	}, "SI")
	v.do("VMOVUPS", acc, "(DI)")
	v.ret()

	v.begin("swiglu", "y = gate / (1 + exp(-gate)) · up", "y, gate, up *float32, n int", 32, append(expConsts, "high", "sign")...)
	v.p("\tMOVQ y+0(FP), DI\n\tMOVQ gate+8(FP), SI\n\tMOVQ up+16(FP), DX\n\tMOVQ n+24(FP), CX")
	sign, high, gate := v.other(0), v.other(1), v.other(2)
	v.load("sign", sign)
	v.load("high", high)
	v.unrolled(func(ws []work) {
		all(ws, func(w work) { v.do("VXORPS", at("SI", w.x), sign, w.x) })
		all(ws, func(w work) { v.do("VMINPS", w.x, high, w.x) })
		v.exp(ws)
		all(ws, func(w work) { v.do("VADDPS", "one", w.x, w.x) })
		all(ws, func(w work) {
			v.load(at("SI", w.x), gate)
			v.do("VDIVPS", w.x, gate, w.x)
		})
		all(ws, func(w work) { v.do("VMULPS", at("DX", w.x), w.x, w.x) })
		all(ws, func(w work) { v.do("VMOVUPS", w.x, at("DI", w.x)) })
	}, "SI", "DI", "DX")
	v.ret()
}
