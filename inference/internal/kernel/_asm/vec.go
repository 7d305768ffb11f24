package main

import (
	"fmt"
	"math"
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
