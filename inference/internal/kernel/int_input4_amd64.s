//go:build !purego

#include "textflag.h"

// Order of the dwords of four packed vectors: the vectors of a group become neighbours.
DATA packOrder4<>+0(SB)/4, $0
DATA packOrder4<>+4(SB)/4, $4
DATA packOrder4<>+8(SB)/4, $8
DATA packOrder4<>+12(SB)/4, $12
DATA packOrder4<>+16(SB)/4, $1
DATA packOrder4<>+20(SB)/4, $5
DATA packOrder4<>+24(SB)/4, $9
DATA packOrder4<>+28(SB)/4, $13
DATA packOrder4<>+32(SB)/4, $2
DATA packOrder4<>+36(SB)/4, $6
DATA packOrder4<>+40(SB)/4, $10
DATA packOrder4<>+44(SB)/4, $14
DATA packOrder4<>+48(SB)/4, $3
DATA packOrder4<>+52(SB)/4, $7
DATA packOrder4<>+56(SB)/4, $11
DATA packOrder4<>+60(SB)/4, $15
GLOBL packOrder4<>(SB), RODATA|NOPTR, $64

#define dst DI   // groups 0 and 1 of four
#define dst2 R10 // groups 2 and 3
#define src SI   // activations
#define left CX  // fours left
#define bytes R9  // bytes of a group
#define both R8  // 1: scale·Σq is stored as well

// BROADCAST fills a register with a value.
#define BROADCAST(value, to) \
	MOVL         value, AX; \
	VPBROADCASTD AX, to

// LARGEST leaves the larger magnitudes of two vectors in the first.
#define LARGEST(a, b, to) \
	VPANDD  a, Z31, to;  \
	VPANDD  b, Z31, Z12; \
	VPMAXUD Z12, to, to

// QUANTISE multiplies two vectors by the inverse of a lane and rounds.
#define QUANTISE(lane, a, b) \
	VPERMD    Z14, lane, Z13; \
	VMULPS    Z13, a, a;      \
	VMULPS    Z13, b, b;      \
	VCVTPS2DQ a, a;           \
	VCVTPS2DQ b, b

// func setInt512x4(row *byte, x *float32, fours, size, times, minima int) (rest int)
TEXT ·setInt512x4(SB), NOSPLIT, $0-56
	MOVQ row+0(FP), dst
	MOVQ x+8(FP), src
	MOVQ fours+16(FP), left
	MOVQ size+24(FP), bytes
	MOVQ times+32(FP), AX
	VPBROADCASTD AX, X22
	MOVQ minima+40(FP), both
	BROADCAST($0x7fffffff, Z31)
	BROADCAST($0x7f800000, X30)
	BROADCAST($0x0d800000, X29) // 2^-100
	BROADCAST($0x42fe0000, X28) // 127
	BROADCAST($0x80808080, Z21)
	BROADCAST($4096, X20) // 32 times 128
	BROADCAST($1, Z25)
	BROADCAST($2, Z26)
	BROADCAST($3, Z27)
	VPXORD Z24, Z24, Z24
	VMOVDQU64 packOrder4<>(SB), Z23

four:
	LEAQ (dst)(bytes*2), dst2
	VMOVDQU64 0(src), Z0
	VMOVDQU64 64(src), Z1
	VMOVDQU64 128(src), Z2
	VMOVDQU64 192(src), Z3
	VMOVDQU64 256(src), Z4
	VMOVDQU64 320(src), Z5
	VMOVDQU64 384(src), Z6
	VMOVDQU64 448(src), Z7
	LARGEST(Z0, Z1, Z8)
	LARGEST(Z2, Z3, Z9)
	LARGEST(Z4, Z5, Z10)
	LARGEST(Z6, Z7, Z11)

	// The four maxima meet in one vector of four.
	VPUNPCKLDQ    Z9, Z8, Z12
	VPUNPCKHDQ    Z9, Z8, Z13
	VPMAXUD       Z13, Z12, Z12
	VPUNPCKLDQ    Z11, Z10, Z14
	VPUNPCKHDQ    Z11, Z10, Z15
	VPMAXUD       Z15, Z14, Z14
	VPUNPCKLQDQ   Z14, Z12, Z8
	VPUNPCKHQDQ   Z14, Z12, Z9
	VPMAXUD       Z9, Z8, Z8
	VEXTRACTI64X4 $1, Z8, Y9
	VPMAXUD       Y9, Y8, Y8
	VEXTRACTI32X4 $1, Y8, X9
	VPMAXUD       X9, X8, X8

	VPCMPUD  $5, X30, X8, K1 // not a number, or infinite
	VPCMPUD  $1, X29, X8, K2 // too small
	KORTESTW K1, K2
	JNZ      done
	VDIVPS   X28, X8, X15 // scales
	VDIVPS   X8, X28, X14 // inverses

	QUANTISE(Z24, Z0, Z1)
	QUANTISE(Z25, Z2, Z3)
	QUANTISE(Z26, Z4, Z5)
	QUANTISE(Z27, Z6, Z7)
	VPACKSSDW     Z1, Z0, Z0
	VPACKSSDW     Z3, Z2, Z2
	VPACKSSDW     Z5, Z4, Z4
	VPACKSSDW     Z7, Z6, Z6
	VPACKSSWB     Z2, Z0, Z0
	VPACKSSWB     Z6, Z4, Z4
	VPERMD        Z0, Z23, Z0
	VPERMD        Z4, Z23, Z4
	VMOVDQU       Y0, 4(dst)
	VEXTRACTI64X4 $1, Z0, 4(dst)(bytes*1)
	VMOVDQU       Y4, 4(dst2)
	VEXTRACTI64X4 $1, Z4, 4(dst2)(bytes*1)

	// The sums, of q+128 at first: eight columns in a quadword, groups 0, 1 and 2, 3 in the halves.
	VPXORD        Z21, Z0, Z0
	VPXORD        Z21, Z4, Z4
	VPSADBW       Z24, Z0, Z0
	VPSADBW       Z24, Z4, Z4
	VPUNPCKLQDQ   Z4, Z0, Z1
	VPUNPCKHQDQ   Z4, Z0, Z2
	VPADDD        Z2, Z1, Z1
	VSHUFI64X2    $0xB1, Z1, Z1, Z2
	VPADDD        Z2, Z1, Z1 // 0, 2 in the low half, 1, 3 in the high one
	VEXTRACTI64X4 $1, Z1, Y2
	VPSLLQ        $32, X2, X2
	VPORD         X2, X1, X1
	VPSUBD        X20, X1, X1
	VPMULLD       X22, X1, X2

	VMOVD      X2, (dst)
	VPEXTRD    $1, X2, (dst)(bytes*1)
	VPEXTRD    $2, X2, (dst2)
	VPEXTRD    $3, X2, (dst2)(bytes*1)
	VMOVD      X15, 36(dst)
	VPEXTRD    $1, X15, 36(dst)(bytes*1)
	VPEXTRD    $2, X15, 36(dst2)
	VPEXTRD    $3, X15, 36(dst2)(bytes*1)
	TESTQ      both, both
	JZ         next
	VCVTDQ2PS  X1, X1
	VMULPS     X15, X1, X1
	VMOVD      X1, 40(dst)
	VPEXTRD    $1, X1, 40(dst)(bytes*1)
	VPEXTRD    $2, X1, 40(dst2)
	VPEXTRD    $3, X1, 40(dst2)(bytes*1)

next:
	LEAQ (dst2)(bytes*2), dst
	ADDQ $512, src
	DECQ left
	JNZ  four

done:
	MOVQ left, rest+48(FP)
	VZEROUPPER
	RET
