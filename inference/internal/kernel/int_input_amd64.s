//go:build !purego

#include "textflag.h"

// Permutation that puts the dwords of two packs in order: VPACKSSDW and VPACKSSWB work within halves of 128 bits.
DATA packOrder<>+0(SB)/4, $0
DATA packOrder<>+4(SB)/4, $4
DATA packOrder<>+8(SB)/4, $1
DATA packOrder<>+12(SB)/4, $5
DATA packOrder<>+16(SB)/4, $2
DATA packOrder<>+20(SB)/4, $6
DATA packOrder<>+24(SB)/4, $3
DATA packOrder<>+28(SB)/4, $7
GLOBL packOrder<>(SB), RODATA|NOPTR, $32

#define dst DI      // group being written
#define src SI        // its activations
#define left CX   // left
#define cols DX     // columns of a group, a multiple of 32
#define factor R8    // the accumulator's start is times·Σq
#define both R9   // 1: scale·Σq is stored as well
#define i BX        // column
#define largest AX  // bits of the group's largest magnitude
#define behind R10  // what follows the columns

// HMAX leaves the largest dword of the 256-bit register in the low one. It uses X1.
#define HMAX(y0, x0) \
	VEXTRACTI128 $1, y0, X1;  \
	VPMAXUD      X1, x0, x0;  \
	VPSHUFD      $0x4E, x0, X1; \
	VPMAXUD      X1, x0, x0;  \
	VPSHUFD      $0xB1, x0, X1; \
	VPMAXUD      X1, x0, x0

// HSUM leaves the sum of the dwords of the 256-bit register in the low one. It uses X1.
#define HSUM(y0, x0) \
	VEXTRACTI128 $1, y0, X1;  \
	VPADDD       X1, x0, x0;  \
	VPSHUFD      $0x4E, x0, X1; \
	VPADDD       X1, x0, x0;  \
	VPSHUFD      $0xB1, x0, X1; \
	VPADDD       X1, x0, x0

// META writes the start value and what follows the columns, from the sum in X5 and the scale in X2. It goes on to the next group.
#define META \
	VMOVD     X5, AX;             \
	MOVL      AX, BX;             \
	IMULL     factor, BX;          \
	MOVL      BX, (dst);          \
	LEAQ      4(dst)(cols*1), behind; \
	VMOVSS    X2, (behind);       \
	LEAQ      4(behind), dst;     \
	LEAQ      (src)(cols*4), src;     \
	TESTQ     both, both;     \
	JZ        next;               \
	VCVTSI2SSL AX, X5, X5;        \
	VMULSS    X2, X5, X5;         \
	VMOVSS    X5, 4(behind);      \
	ADDQ      $4, dst;            \
next:                             \
	DECQ      left;             \
	JNZ       group

// func setInt512(row *byte, x *float32, groups, size, times, minima int)
TEXT ·setInt512(SB), NOSPLIT, $0-48
	MOVQ row+0(FP), dst
	MOVQ x+8(FP), src
	MOVQ groups+16(FP), left
	MOVQ size+24(FP), cols
	MOVQ times+32(FP), factor
	MOVQ minima+40(FP), both
	MOVL $0x7fffffff, AX
	VPBROADCASTD AX, Z6
	MOVL $0x42fe0000, AX // 127
	VMOVD AX, X7

group:
	VPXORD Z0, Z0, Z0
	VPXORD Z8, Z8, Z8
	XORQ   i, i

maximum:
	VPANDD  (src)(i*4), Z6, Z1
	VPANDD  64(src)(i*4), Z6, Z2
	VPMAXUD Z1, Z0, Z0
	VPMAXUD Z2, Z8, Z8
	ADDQ    $32, i
	CMPQ    i, cols
	JNE     maximum

	VPMAXUD       Z8, Z0, Z0
	VEXTRACTI64X4 $1, Z0, Y1
	VPMAXUD       Y1, Y0, Y0
	HMAX(Y0, X0)
	VMOVD         X0, largest
	VPXORD        Z3, Z3, Z3
	KXNORW        K1, K1, K1
	CMPL          largest, $0x7f800000
	JAE           bad
	VPXORD        X2, X2, X2
	CMPL          largest, $0x0d800000 // 2^-100
	JB            quantise
	VDIVSS        X7, X0, X2
	VDIVSS        X0, X7, X3
	VBROADCASTSS  X3, Z3

quantise:
	VPXORD Z5, Z5, Z5
	XORQ   i, i

columns:
	VMULPS      (src)(i*4), Z3, Z0
	VMULPS      64(src)(i*4), Z3, Z1
	VCVTPS2DQ.Z Z0, K1, Z0
	VCVTPS2DQ.Z Z1, K1, Z1
	VPADDD      Z0, Z5, Z5
	VPADDD      Z1, Z5, Z5
	VPMOVDB     Z0, 4(dst)(i*1)
	VPMOVDB     Z1, 20(dst)(i*1)
	ADDQ        $32, i
	CMPQ        i, cols
	JNE         columns

	VEXTRACTI64X4 $1, Z5, Y1
	VPADDD        Y1, Y5, Y5
	HSUM(Y5, X5)
	META
	VZEROUPPER
	RET

bad: // a NaN or an infinity: NaN for scale, zeros
	MOVL  $0x7fc00000, AX
	VMOVD AX, X2
	KXORW K1, K1, K1
	JMP   quantise

// func setInt256(row *byte, x *float32, groups, size, times, minima int)
TEXT ·setInt256(SB), NOSPLIT, $0-48
	MOVQ row+0(FP), dst
	MOVQ x+8(FP), src
	MOVQ groups+16(FP), left
	MOVQ size+24(FP), cols
	MOVQ times+32(FP), factor
	MOVQ minima+40(FP), both
	MOVL $0x7fffffff, AX
	VMOVD AX, X6
	VPBROADCASTD X6, Y6
	MOVL $0x42fe0000, AX // 127
	VMOVD AX, X7
	VMOVDQU packOrder<>(SB), Y8

group:
	VPXOR Y0, Y0, Y0
	XORQ  i, i

maximum:
	VPAND   (src)(i*4), Y6, Y1
	VPAND   32(src)(i*4), Y6, Y2
	VPAND   64(src)(i*4), Y6, Y3
	VPAND   96(src)(i*4), Y6, Y4
	VPMAXUD Y1, Y2, Y2
	VPMAXUD Y3, Y4, Y4
	VPMAXUD Y2, Y0, Y0
	VPMAXUD Y4, Y0, Y0
	ADDQ    $32, i
	CMPQ    i, cols
	JNE     maximum

	HMAX(Y0, X0)
	VMOVD        X0, largest
	VPXOR        Y3, Y3, Y3
	VPCMPEQD     Y9, Y9, Y9
	CMPL         largest, $0x7f800000
	JAE          bad
	VPXOR        X2, X2, X2
	CMPL         largest, $0x0d800000 // 2^-100
	JB           quantise
	VDIVSS       X7, X0, X2
	VDIVSS       X0, X7, X3
	VBROADCASTSS X3, Y3

quantise:
	VPXOR Y5, Y5, Y5
	XORQ  i, i

columns:
	VMULPS     (src)(i*4), Y3, Y10
	VMULPS     32(src)(i*4), Y3, Y11
	VMULPS     64(src)(i*4), Y3, Y12
	VMULPS     96(src)(i*4), Y3, Y13
	VCVTPS2DQ  Y10, Y10
	VCVTPS2DQ  Y11, Y11
	VCVTPS2DQ  Y12, Y12
	VCVTPS2DQ  Y13, Y13
	VPAND      Y9, Y10, Y10
	VPAND      Y9, Y11, Y11
	VPAND      Y9, Y12, Y12
	VPAND      Y9, Y13, Y13
	VPADDD     Y10, Y5, Y5
	VPADDD     Y11, Y5, Y5
	VPADDD     Y12, Y5, Y5
	VPADDD     Y13, Y5, Y5
	VPACKSSDW  Y11, Y10, Y10
	VPACKSSDW  Y13, Y12, Y12
	VPACKSSWB  Y12, Y10, Y10
	VPERMD     Y10, Y8, Y10
	VMOVDQU    Y10, 4(dst)(i*1)
	ADDQ       $32, i
	CMPQ       i, cols
	JNE        columns

	HSUM(Y5, X5)
	META
	VZEROUPPER
	RET

bad: // a NaN or an infinity: NaN for scale, zeros
	MOVL  $0x7fc00000, AX
	VMOVD AX, X2
	VPXOR Y9, Y9, Y9
	JMP   quantise

// func setInt512x16(row *byte, x *float32, groups, times, minima int)
TEXT ·setInt512x16(SB), NOSPLIT, $0-40
	MOVQ row+0(FP), dst
	MOVQ x+8(FP), src
	MOVQ groups+16(FP), left
	MOVQ $16, cols
	MOVQ times+24(FP), factor
	MOVQ minima+32(FP), both
	MOVL $0x7fffffff, AX
	VPBROADCASTD AX, Z6
	MOVL $0x42fe0000, AX // 127
	VMOVD AX, X7

group:
	VMOVDQU64     (src), Z4
	VPANDD        Z4, Z6, Z0
	VEXTRACTI64X4 $1, Z0, Y1
	VPMAXUD       Y1, Y0, Y0
	HMAX(Y0, X0)
	VMOVD         X0, largest
	VPXORD        Z3, Z3, Z3
	KXNORW        K1, K1, K1
	CMPL          largest, $0x7f800000
	JAE           bad
	VPXORD        X2, X2, X2
	CMPL          largest, $0x0d800000 // 2^-100
	JB            quantise
	VDIVSS        X7, X0, X2
	VDIVSS        X0, X7, X3
	VBROADCASTSS  X3, Z3

quantise:
	VMULPS        Z4, Z3, Z0
	VCVTPS2DQ.Z   Z0, K1, Z0
	VPMOVDB       Z0, 4(dst)
	VEXTRACTI64X4 $1, Z0, Y1
	VPADDD        Y1, Y0, Y5
	HSUM(Y5, X5)
	META
	VZEROUPPER
	RET

bad: // a NaN or an infinity: NaN for scale, zeros
	MOVL  $0x7fc00000, AX
	VMOVD AX, X2
	KXORW K1, K1, K1
	JMP   quantise

// func setInt256x16(row *byte, x *float32, groups, times, minima int)
TEXT ·setInt256x16(SB), NOSPLIT, $0-40
	MOVQ row+0(FP), dst
	MOVQ x+8(FP), src
	MOVQ groups+16(FP), left
	MOVQ $16, cols
	MOVQ times+24(FP), factor
	MOVQ minima+32(FP), both
	MOVL $0x7fffffff, AX
	VMOVD AX, X6
	VPBROADCASTD X6, Y6
	MOVL $0x42fe0000, AX // 127
	VMOVD AX, X7

group:
	VMOVDQU      (src), Y10
	VMOVDQU      32(src), Y11
	VPAND        Y10, Y6, Y0
	VPAND        Y11, Y6, Y1
	VPMAXUD      Y1, Y0, Y0
	HMAX(Y0, X0)
	VMOVD        X0, largest
	VPXOR        Y3, Y3, Y3
	VPCMPEQD     Y9, Y9, Y9
	CMPL         largest, $0x7f800000
	JAE          bad
	VPXOR        X2, X2, X2
	CMPL         largest, $0x0d800000 // 2^-100
	JB           quantise
	VDIVSS       X7, X0, X2
	VDIVSS       X0, X7, X3
	VBROADCASTSS X3, Y3

quantise:
	VMULPS       Y10, Y3, Y10
	VMULPS       Y11, Y3, Y11
	VCVTPS2DQ    Y10, Y10
	VCVTPS2DQ    Y11, Y11
	VPAND        Y9, Y10, Y10
	VPAND        Y9, Y11, Y11
	VPADDD       Y10, Y11, Y5
	VPACKSSDW    Y11, Y10, Y10
	VPACKSSWB    Y10, Y10, Y10
	VEXTRACTI128 $1, Y10, X11
	VPUNPCKLDQ   X11, X10, X10
	VMOVDQU      X10, 4(dst)
	HSUM(Y5, X5)
	META
	VZEROUPPER
	RET

bad: // a NaN or an infinity: NaN for scale, zeros
	MOVL  $0x7fc00000, AX
	VMOVD AX, X2
	VPXOR Y9, Y9, Y9
	JMP   quantise
