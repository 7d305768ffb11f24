//go:build amd64 && !purego

#include "textflag.h"

// What may be wrong with a pair of bytes, by the high and the low four bits of the first and by the high four bits of the second. A bit
// that all three tables hold is an error; 0x80, two continuation bytes in a row, is none behind the first of three or four bytes.
//   0x01 too short   0x02 too long         0x04 overlong, 3 bytes             0x08 above U+10FFFF
//   0x10 surrogate   0x20 overlong, 2 bytes   0x40 overlong, 4 bytes, or above   0x80 two continuations
DATA firstHigh<>+0(SB)/8, $0x0202020202020202
DATA firstHigh<>+8(SB)/8, $0x4915012180808080
GLOBL firstHigh<>(SB), RODATA|NOPTR, $16
DATA firstLow<>+0(SB)/8, $0xCBCBCB8B8383A3E7
DATA firstLow<>+8(SB)/8, $0xCBCBDBCBCBCBCBCB
GLOBL firstLow<>(SB), RODATA|NOPTR, $16
DATA secondHigh<>+0(SB)/8, $0x0101010101010101
DATA secondHigh<>+8(SB)/8, $0x01010101BABAAEE6
GLOBL secondHigh<>(SB), RODATA|NOPTR, $16

#define p      SI  // next block
#define left   CX  // full blocks to go
#define rest   DI
#define chars  R8  // counted
#define block  Y0
#define prev   Y1  // the block before
#define wrong  Y2  // errors so far
#define nibble Y8  // 0x0F in all bytes
#define high1  Y9
#define low1   Y10
#define high2  Y11
#define third  Y12 // 0x60: brings 0xE0 and above to 0x80 and above
#define fourth Y13 // 0x70: the same for 0xF0
#define top    Y14 // 0x80
#define cont   Y15 // 0xBF: the greatest continuation byte

#define broadcast(c, x, y) \
	MOVL         c, AX \
	MOVQ         AX, x \
	VPBROADCASTD x, y

// func runesAVX2(s *byte, n int, tail *[32]byte) (count int, ok bool)
// Requires: AVX2, POPCNT
TEXT ·runesAVX2(SB), NOSPLIT, $0-33
	MOVQ s+0(FP), p
	MOVQ n+8(FP), left
	MOVQ tail+16(FP), rest
	XORQ chars, chars
	VPXOR prev, prev, prev
	VPXOR wrong, wrong, wrong
	VBROADCASTI128 firstHigh<>(SB), high1
	VBROADCASTI128 firstLow<>(SB), low1
	VBROADCASTI128 secondHigh<>(SB), high2
	broadcast($0x0F0F0F0F, X8, nibble)
	broadcast($0x60606060, X12, third)
	broadcast($0x70707070, X13, fourth)
	broadcast($0x80808080, X14, top)
	broadcast($0xBFBFBFBF, X15, cont)

next:
	TESTQ left, left
	JZ    last
	VMOVDQU (p), block
	ADDQ  $32, p

check:
	VPOR      block, prev, Y3
	VPTEST    top, Y3
	JZ        ascii
	VPERM2I128 $0x21, block, prev, Y3 // upper half of prev, lower half of block
	VPALIGNR $15, Y3, block, Y4       // the byte before each
	VPALIGNR $14, Y3, block, Y5
	VPALIGNR $13, Y3, block, Y6
	VPSRLW  $4, Y4, Y7
	VPAND   nibble, Y7, Y7
	VPSHUFB Y7, high1, Y7
	VPAND   nibble, Y4, Y4
	VPSHUFB Y4, low1, Y4
	VPAND   Y4, Y7, Y7
	VPSRLW  $4, block, Y4
	VPAND   nibble, Y4, Y4
	VPSHUFB Y4, high2, Y4
	VPAND   Y4, Y7, Y7
	VPSUBUSB third, Y5, Y5
	VPSUBUSB fourth, Y6, Y6
	VPOR    Y5, Y6, Y6
	VPAND   top, Y6, Y6               // continuations that must be there
	VPXOR   Y6, Y7, Y7
	VPOR    Y7, wrong, wrong
	VPCMPGTB cont, block, Y4
	VPMOVMSKB Y4, AX
	POPCNTL AX, AX
	ADDQ    AX, chars
	VMOVDQA block, prev
	DECQ    left
	JGE     next
	JMP     done

ascii:
	ADDQ $32, chars
	VMOVDQA block, prev
	DECQ left
	JGE  next
	JMP  done

last:
	VMOVDQU (rest), block
	JMP  check

done:
	MOVQ chars, count+24(FP)
	VPTEST wrong, wrong
	SETEQ ok+32(FP)
	VZEROUPPER
	RET
