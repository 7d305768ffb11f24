//go:build !purego

#include "textflag.h"

// Rows of eight values. n is a multiple of 8.

// TREE adds the lanes 4+4, 2+2, 1+1 into the low one. It uses X15.
#define TREE(y0, x0) \
	VEXTRACTF128 $1, y0, X15; \
	VADDPS       X15, x0, x0; \
	VMOVHLPS     x0, x0, X15; \
	VADDPS       X15, x0, x0; \
	VMOVSHDUP    x0, X15;     \
	VADDSS       X15, x0, x0

// QUANTUM rounds (v-m)·inverse within [low, high] of Y11..Y14: v in y, the result too.
#define QUANTUM(y) \
	VSUBPS   Y11, y, y; \
	VMULPS   Y12, y, y; \
	VMAXPS   Y13, y, y; \
	VMINPS   Y14, y, y; \
	VROUNDPS $8, y, y

// func extremes256(x *float32, n int) (low, high float32)
TEXT ·extremes256(SB), NOSPLIT, $0-24
	MOVQ    x+0(FP), SI
	MOVQ    n+8(FP), CX
	VMOVUPS (SI), Y0
	VMOVAPS Y0, Y1
	VXORPS  Y2, Y2, Y2 // becomes NaN if a value is no finite number
	VXORPS  Y3, Y3, Y3

eight:
	VMOVUPS     (SI), Y4
	VMINPS      Y4, Y0, Y0
	VMAXPS      Y4, Y1, Y1
	VFMADD231PS Y4, Y3, Y2
	ADDQ        $32, SI
	SUBQ        $8, CX
	JNZ         eight

	TREE(Y2, X2)
	VEXTRACTF128 $1, Y0, X4
	VMINPS       X4, X0, X0
	VMOVHLPS     X0, X0, X4
	VMINPS       X4, X0, X0
	VMOVSHDUP    X0, X4
	VMINSS       X4, X0, X0
	VEXTRACTF128 $1, Y1, X4
	VMAXPS       X4, X1, X1
	VMOVHLPS     X1, X1, X4
	VMAXPS       X4, X1, X1
	VMOVSHDUP    X1, X4
	VMAXSS       X4, X1, X1
	VADDSS       X2, X0, X0
	VADDSS       X2, X1, X1
	VMOVSS       X0, low+16(FP)
	VMOVSS       X1, high+20(FP)
	VZEROUPPER
	RET

// func round256(q *byte, x *float32, n int, m, inverse, low, high float32)
TEXT ·round256(SB), NOSPLIT, $0-40
	MOVQ         q+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS m+24(FP), Y11
	VBROADCASTSS inverse+28(FP), Y12
	VBROADCASTSS low+32(FP), Y13
	VBROADCASTSS high+36(FP), Y14

eight:
	VMOVUPS      (SI), Y0
	QUANTUM(Y0)
	VCVTPS2DQ    Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPACKSSDW    X1, X0, X0
	VPACKSSWB    X0, X0, X0
	VMOVQ        X0, (DI)
	ADDQ         $32, SI
	ADDQ         $8, DI
	SUBQ         $8, CX
	JNZ          eight
	VZEROUPPER
	RET

// func moments256(x *float32, n int, m, inverse, low, high float32) (q, qq, qx float32)
TEXT ·moments256(SB), NOSPLIT, $0-44
	MOVQ         x+0(FP), SI
	MOVQ         n+8(FP), CX
	VBROADCASTSS m+16(FP), Y11
	VBROADCASTSS inverse+20(FP), Y12
	VBROADCASTSS low+24(FP), Y13
	VBROADCASTSS high+28(FP), Y14
	VXORPS       Y4, Y4, Y4
	VXORPS       Y5, Y5, Y5
	VXORPS       Y6, Y6, Y6

eight:
	VMOVUPS     (SI), Y0
	VMOVAPS     Y0, Y1
	QUANTUM(Y1)
	VADDPS      Y1, Y4, Y4
	VFMADD231PS Y1, Y1, Y5
	VFMADD231PS Y0, Y1, Y6
	ADDQ        $32, SI
	SUBQ        $8, CX
	JNZ         eight

	TREE(Y4, X4)
	TREE(Y5, X5)
	TREE(Y6, X6)
	VMOVSS X4, q+32(FP)
	VMOVSS X5, qq+36(FP)
	VMOVSS X6, qx+40(FP)
	VZEROUPPER
	RET
