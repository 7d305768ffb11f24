//go:build amd64 && !purego

#include "textflag.h"

#define least32 DI // least values so far
#define mul R8     // multipliers
#define xor R9     // what is xored before
#define next SI    // next number
#define left CX    // numbers left, at least 1

// least sets acc to the least of itself and (x ⊕ xv) · av. It assumes that x is in Z16.
#define least(xv, av, acc, tmp) \
	VPXORD  xv, Z16, tmp  \
	VPMULLD av, tmp, tmp  \
	VPMINUD tmp, acc, acc

// func minimize64AVX512(sig, a, b, block *uint32, n int)
TEXT ·minimize64AVX512(SB), NOSPLIT, $0-40
	MOVQ sig+0(FP), least32
	MOVQ a+8(FP), mul
	MOVQ b+16(FP), xor
	MOVQ block+24(FP), next
	MOVQ n+32(FP), left

	VMOVDQU32 (least32), Z0
	VMOVDQU32 64(least32), Z1
	VMOVDQU32 128(least32), Z2
	VMOVDQU32 192(least32), Z3
	VMOVDQU32 (mul), Z4
	VMOVDQU32 64(mul), Z5
	VMOVDQU32 128(mul), Z6
	VMOVDQU32 192(mul), Z7
	VMOVDQU32 (xor), Z8
	VMOVDQU32 64(xor), Z9
	VMOVDQU32 128(xor), Z10
	VMOVDQU32 192(xor), Z11

next64:
	VPBROADCASTD (next), Z16
	ADDQ         $4, next
	least(Z8, Z4, Z0, Z17)
	least(Z9, Z5, Z1, Z18)
	least(Z10, Z6, Z2, Z19)
	least(Z11, Z7, Z3, Z20)
	DECQ         left
	JNZ          next64

	VMOVDQU32 Z0, (least32)
	VMOVDQU32 Z1, 64(least32)
	VMOVDQU32 Z2, 128(least32)
	VMOVDQU32 Z3, 192(least32)
	VZEROUPPER
	RET

// func minimize16AVX512(sig, a, b, block *uint32, n int)
TEXT ·minimize16AVX512(SB), NOSPLIT, $0-40
	MOVQ sig+0(FP), least32
	MOVQ a+8(FP), mul
	MOVQ b+16(FP), xor
	MOVQ block+24(FP), next
	MOVQ n+32(FP), left

	VMOVDQU32 (least32), Z0
	VMOVDQU32 (mul), Z4
	VMOVDQU32 (xor), Z8

next16:
	VPBROADCASTD (next), Z16
	ADDQ         $4, next
	least(Z8, Z4, Z0, Z17)
	DECQ         left
	JNZ          next16

	VMOVDQU32 Z0, (least32)
	VZEROUPPER
	RET

// least8 is least for the eight functions at byte offset off. It assumes that x is in Y8.
#define least8(off, acc, tmp) \
	VPXOR   off(xor), Y8, tmp   \
	VPMULLD off(mul), tmp, tmp  \
	VPMINUD tmp, acc, acc

// func minimize64AVX2(sig, a, b, block *uint32, n int)
TEXT ·minimize64AVX2(SB), NOSPLIT, $0-40
	MOVQ sig+0(FP), least32
	MOVQ a+8(FP), mul
	MOVQ b+16(FP), xor
	MOVQ block+24(FP), next
	MOVQ n+32(FP), left

	VMOVDQU (least32), Y0
	VMOVDQU 32(least32), Y1
	VMOVDQU 64(least32), Y2
	VMOVDQU 96(least32), Y3
	VMOVDQU 128(least32), Y4
	VMOVDQU 160(least32), Y5
	VMOVDQU 192(least32), Y6
	VMOVDQU 224(least32), Y7

next64y:
	VPBROADCASTD (next), Y8
	ADDQ         $4, next
	least8(0, Y0, Y9)
	least8(32, Y1, Y10)
	least8(64, Y2, Y11)
	least8(96, Y3, Y12)
	least8(128, Y4, Y9)
	least8(160, Y5, Y10)
	least8(192, Y6, Y11)
	least8(224, Y7, Y12)
	DECQ         left
	JNZ          next64y

	VMOVDQU Y0, (least32)
	VMOVDQU Y1, 32(least32)
	VMOVDQU Y2, 64(least32)
	VMOVDQU Y3, 96(least32)
	VMOVDQU Y4, 128(least32)
	VMOVDQU Y5, 160(least32)
	VMOVDQU Y6, 192(least32)
	VMOVDQU Y7, 224(least32)
	VZEROUPPER
	RET

// func minimize16AVX2(sig, a, b, block *uint32, n int)
TEXT ·minimize16AVX2(SB), NOSPLIT, $0-40
	MOVQ sig+0(FP), least32
	MOVQ a+8(FP), mul
	MOVQ b+16(FP), xor
	MOVQ block+24(FP), next
	MOVQ n+32(FP), left

	VMOVDQU (least32), Y0
	VMOVDQU 32(least32), Y1

next16y:
	VPBROADCASTD (next), Y8
	ADDQ         $4, next
	least8(0, Y0, Y9)
	least8(32, Y1, Y10)
	DECQ         left
	JNZ          next16y

	VMOVDQU Y0, (least32)
	VMOVDQU Y1, 32(least32)
	VZEROUPPER
	RET
