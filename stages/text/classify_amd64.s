//go:build amd64 && !purego

#include "textflag.h"

// Classes by the low and by the high four bits of a byte: what both name holds. A high byte of the input finds only zeros.
//   0x01 letter of columns 4, 6   0x02 letter of columns 5, 7   0x04 digit   0x08 ':'
//   0x10 '.' '\''                 0x20 ','                      0x40 ';'     0x80 '_'
DATA lowClass<>+0(SB)/8, $0x1707070707070706
DATA lowClass<>+8(SB)/8, $0x81110121410B0707
GLOBL lowClass<>(SB), RODATA|NOPTR, $16
DATA highClass<>+0(SB)/8, $0x020182014C300000
DATA highClass<>+8(SB)/8, $0x0000000000000000
GLOBL highClass<>(SB), RODATA|NOPTR, $16

#define p     SI // next block of text
#define out   DI // next asciiBlock
#define left  CX // blocks to go
#define low   Y8 // nibble tables
#define up    Y9
#define nibble Y10 // 0x0F in all bytes
#define zero  Y11
#define mixed Y12 // masks of classes of more than one bit
#define marks Y13

// both packs the sign bits of a and b, 32 bytes each, into field off of the block. It spoils AX and DX.
#define both(a, b, off) \
	VPMOVMSKB a, AX       \
	VPMOVMSKB b, DX       \
	SHLQ      $32, DX     \
	ORQ       DX, AX      \
	MOVQ      AX, off(out)

// classes puts the classes of the bytes in x into c. It spoils t.
#define classes(x, c, t) \
	VPSRLW  $4, x, t      \
	VPAND   nibble, x, c  \
	VPAND   nibble, t, t  \
	VPSHUFB c, low, c     \
	VPSHUFB t, up, t      \
	VPAND   t, c, c

// func classifyAVX2(s *byte, blocks *asciiBlock, n int) int
// Requires: AVX2. n is at least 1, and 63·(n-1)+64 bytes can be read at s.
TEXT ·classifyAVX2(SB), NOSPLIT, $0-32
	MOVQ s+0(FP), p
	MOVQ blocks+8(FP), out
	MOVQ n+16(FP), left
	VBROADCASTI128 lowClass<>(SB), low
	VBROADCASTI128 highClass<>(SB), up
	MOVL $0x0F0F0F0F, AX
	MOVQ AX, X10
	VPBROADCASTD X10, nibble
	VPXOR zero, zero, zero
	MOVL $0x03030303, AX
	MOVQ AX, X12
	VPBROADCASTD X12, mixed
	MOVL $0x60606060, AX
	MOVQ AX, X13
	VPBROADCASTD X13, marks

next:
	VMOVDQU (p), Y0
	VMOVDQU 32(p), Y1
	classes(Y0, Y2, Y4)
	classes(Y1, Y3, Y5)
	both(Y2, Y3, 16)
	VPAND mixed, Y2, Y4      // letter: not equal to 0
	VPAND mixed, Y3, Y5
	VPCMPGTB zero, Y4, Y4
	VPCMPGTB zero, Y5, Y5
	both(Y4, Y5, 0)
	VPAND marks, Y2, Y4      // comma
	VPAND marks, Y3, Y5
	VPCMPGTB zero, Y4, Y4
	VPCMPGTB zero, Y5, Y5
	both(Y4, Y5, 40)
	VPSLLW $5, Y2, Y4        // digit
	VPSLLW $5, Y3, Y5
	both(Y4, Y5, 8)
	VPSLLW $4, Y2, Y4        // colon
	VPSLLW $4, Y3, Y5
	both(Y4, Y5, 32)
	VPSLLW $3, Y2, Y4        // point
	VPSLLW $3, Y3, Y5
	both(Y4, Y5, 24)
	both(Y0, Y1, 48)         // high
	DECQ left
	JZ   done
	ADDQ $63, p
	ADDQ $64, out
	TESTQ AX, AX
	JZ   next

done:
	MOVQ n+16(FP), AX
	SUBQ left, AX
	MOVQ AX, ret+24(FP)
	VZEROUPPER
	RET
