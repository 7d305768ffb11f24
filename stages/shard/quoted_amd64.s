//go:build amd64 && !purego

#include "textflag.h"

#define src    SI  // the bytes
#define size   CX  // their number
#define at     R8  // of the next
#define found  R9  // 1: an escape of two bytes was seen
#define plains R10 // plainEscape
#define seen   Y7  // all bytes, or-ed
#define quote  Y8
#define slash  Y9
#define last   Y10 // control character

#define broadcast(c, x, y) \
	MOVL         c, AX \
	MOVQ         AX, x \
	VPBROADCASTD x, y

// func plainAVX2(b *byte, n int) (end int, esc, high bool)
// Requires: AVX2
TEXT ·plainAVX2(SB), NOSPLIT, $0-26
	MOVQ  b+0(FP), src
	MOVQ  n+8(FP), size
	LEAQ  ·plainEscape(SB), plains
	XORQ  at, at
	XORQ  found, found
	VPXOR seen, seen, seen
	broadcast($0x22222222, X8, quote)
	broadcast($0x5C5C5C5C, X9, slash)
	broadcast($0x1F1F1F1F, X10, last)

next:
	LEAQ      32(at), DX
	CMPQ      DX, size
	JGT       done
	VMOVDQU   (src)(at*1), Y0
	VPOR      Y0, seen, seen
	VPCMPEQB  quote, Y0, Y1
	VPCMPEQB  slash, Y0, Y2
	VPMINUB   last, Y0, Y3
	VPCMPEQB  Y0, Y3, Y3 // not above the last control character
	VPOR      Y1, Y2, Y1
	VPOR      Y1, Y3, Y1
	VPMOVMSKB Y1, AX
	TESTL     AX, AX
	JNZ       hit
	MOVQ      DX, at
	JMP       next

hit:
	BSFL    AX, AX
	ADDQ    AX, at
	MOVBLZX (src)(at*1), BX
	CMPL    BX, $0x5C
	JNE     done
	LEAQ    2(at), DX
	CMPQ    DX, size
	JGT     done
	MOVBLZX 1(src)(at*1), BX
	CMPB    (plains)(BX*1), $0
	JEQ     done
	MOVL    $1, found
	MOVQ    DX, at
	JMP     next

done:
	MOVQ      at, end+16(FP)
	MOVB      found, esc+24(FP)
	VPMOVMSKB seen, AX
	TESTL     AX, AX
	SETNE     high+25(FP)
	VZEROUPPER
	RET
