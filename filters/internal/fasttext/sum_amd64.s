//go:build amd64 && !purego

#include "textflag.h"

// func sumRows16(x *[16]float32, data *float32, rows *int32, n int)
// Each of the 16 sums has its own place in X0 to X3 and takes the rows in their order: the additions are those of plainSum16.
TEXT ·sumRows16(SB), NOSPLIT, $0-32
	MOVQ   x+0(FP), DI
	MOVQ   data+8(FP), SI
	MOVQ   rows+16(FP), DX
	MOVQ   n+24(FP), CX
	MOVUPS (DI), X0
	MOVUPS 16(DI), X1
	MOVUPS 32(DI), X2
	MOVUPS 48(DI), X3
	TESTQ  CX, CX
	JLE    done

loop:
	MOVLQSX (DX), AX
	ADDQ    $4, DX
	SHLQ    $6, AX
	MOVUPS  (SI)(AX*1), X4
	MOVUPS  16(SI)(AX*1), X5
	MOVUPS  32(SI)(AX*1), X6
	MOVUPS  48(SI)(AX*1), X7
	ADDPS   X4, X0
	ADDPS   X5, X1
	ADDPS   X6, X2
	ADDPS   X7, X3
	DECQ    CX
	JNZ     loop

done:
	MOVUPS X0, (DI)
	MOVUPS X1, 16(DI)
	MOVUPS X2, 32(DI)
	MOVUPS X3, 48(DI)
	RET
