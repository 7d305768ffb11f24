//go:build amd64 && !purego

#include "textflag.h"

#define least64 DI // least values so far
#define mul R8     // multipliers
#define sum R9     // summands
#define next SI    // next shingle
#define left CX    // shingles left, at least 1

#define prime Z31   // 2⁶¹−1
#define shingle Z30 // the shingle, in all lanes

// least sets acc to the least of itself and ((av·x + bv) mod 2⁶⁴) mod (2⁶¹−1): the upper three bits are added to the rest, and of that
// and what is the prime less, the one that did not wrap is the lesser.
#define least(av, bv, acc, y, r) \
	VPMULLQ av, shingle, y \
	VPADDQ  bv, y, y       \
	VPSRLQ  $61, y, r      \
	VPANDQ  prime, y, y    \
	VPADDQ  r, y, y        \
	VPSUBQ  prime, y, r    \
	VPMINUQ y, acc, acc    \
	VPMINUQ r, acc, acc

#define arguments \
	MOVQ sig+0(FP), least64        \
	MOVQ a+8(FP), mul              \
	MOVQ b+16(FP), sum             \
	MOVQ shingles+24(FP), next     \
	MOVQ n+32(FP), left            \
	MOVQ $0x1FFFFFFFFFFFFFFF, AX   \
	VPBROADCASTQ AX, prime

// func minimize56AVX512(sig, a, b, shingles *uint64, n int)
TEXT ·minimize56AVX512(SB), NOSPLIT, $0-40
	arguments

	VMOVDQU64 (least64), Z0
	VMOVDQU64 64(least64), Z1
	VMOVDQU64 128(least64), Z2
	VMOVDQU64 192(least64), Z3
	VMOVDQU64 256(least64), Z4
	VMOVDQU64 320(least64), Z5
	VMOVDQU64 384(least64), Z6
	VMOVDQU64 (mul), Z7
	VMOVDQU64 64(mul), Z8
	VMOVDQU64 128(mul), Z9
	VMOVDQU64 192(mul), Z10
	VMOVDQU64 256(mul), Z11
	VMOVDQU64 320(mul), Z12
	VMOVDQU64 384(mul), Z13
	VMOVDQU64 (sum), Z14
	VMOVDQU64 64(sum), Z15
	VMOVDQU64 128(sum), Z16
	VMOVDQU64 192(sum), Z17
	VMOVDQU64 256(sum), Z18
	VMOVDQU64 320(sum), Z19
	VMOVDQU64 384(sum), Z20

next56:
	VPBROADCASTQ (next), shingle
	ADDQ         $8, next
	least(Z7, Z14, Z0, Z21, Z22)
	least(Z8, Z15, Z1, Z23, Z24)
	least(Z9, Z16, Z2, Z25, Z26)
	least(Z10, Z17, Z3, Z27, Z28)
	least(Z11, Z18, Z4, Z21, Z22)
	least(Z12, Z19, Z5, Z23, Z24)
	least(Z13, Z20, Z6, Z25, Z26)
	DECQ         left
	JNZ          next56

	VMOVDQU64 Z0, (least64)
	VMOVDQU64 Z1, 64(least64)
	VMOVDQU64 Z2, 128(least64)
	VMOVDQU64 Z3, 192(least64)
	VMOVDQU64 Z4, 256(least64)
	VMOVDQU64 Z5, 320(least64)
	VMOVDQU64 Z6, 384(least64)
	VZEROUPPER
	RET

// func minimize8AVX512(sig, a, b, shingles *uint64, n int)
TEXT ·minimize8AVX512(SB), NOSPLIT, $0-40
	arguments

	VMOVDQU64 (least64), Z0
	VMOVDQU64 (mul), Z7
	VMOVDQU64 (sum), Z14

next8:
	VPBROADCASTQ (next), shingle
	ADDQ         $8, next
	least(Z7, Z14, Z0, Z21, Z22)
	DECQ         left
	JNZ          next8

	VMOVDQU64 Z0, (least64)
	VZEROUPPER
	RET
