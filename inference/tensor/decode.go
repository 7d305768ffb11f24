package tensor

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Decode writes len(dst) values, a multiple of the block, from the blocks at the start of src. Each formula is ggml's
// (dequantize_row_* in ggml-quants.c), product and sum each rounded to float32. It panics for a type that is not [Type.Readable].
func (t Type) Decode(dst []float32, src []byte) {
	values, size := t.Block()
	if !t.Readable() || len(dst)%values != 0 {
		panic(fmt.Sprintf("tensor: decode %d values of %s (blocks of %d; readable: %s)", len(dst), t, values, Readable()))
	}
	src = src[:len(dst)/values*size]
	switch t {
	case F32:
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
		}
		return
	case F16:
		for i := range dst {
			dst[i] = HalfToFloat(binary.LittleEndian.Uint16(src[2*i:]))
		}
		return
	case BF16:
		for i := range dst {
			dst[i] = BrainToFloat(binary.LittleEndian.Uint16(src[2*i:]))
		}
		return
	}
	decode := decoders[t]
	for len(dst) > 0 {
		decode(dst[:values:values], src[:size:size])
		dst, src = dst[values:], src[size:]
	}
}

// decoders dequantise one block each.
var decoders = [end]func(y []float32, b []byte){
	Q8_0: decodeQ8_0, Q4_0: decodeQ4_0, Q4_1: decodeQ4_1, Q5_0: decodeQ5_0, Q5_1: decodeQ5_1,
	Q2_K: decodeQ2_K, Q3_K: decodeQ3_K, Q4_K: decodeQ4_K, Q5_K: decodeQ5_K, Q6_K: decodeQ6_K,
}

// half reads the half at the start of b.
func half(b []byte) float32 { return HalfToFloat(binary.LittleEndian.Uint16(b)) }

func decodeQ8_0(y []float32, b []byte) {
	_, _ = y[31], b[33]
	d := half(b)
	for i := range 32 {
		y[i] = d * float32(int8(b[2+i]))
	}
}

func decodeQ4_0(y []float32, b []byte) {
	_, _ = y[31], b[17]
	d := half(b)
	for i := range 16 {
		q := b[2+i]
		y[i] = d * float32(int(q&15)-8)
		y[16+i] = d * float32(int(q>>4)-8)
	}
}

func decodeQ4_1(y []float32, b []byte) {
	_, _ = y[31], b[19]
	d, m := half(b), half(b[2:])
	for i := range 16 {
		q := b[4+i]
		y[i] = float32(d*float32(q&15)) + m
		y[16+i] = float32(d*float32(q>>4)) + m
	}
}

func decodeQ5_0(y []float32, b []byte) {
	_, _ = y[31], b[21]
	d, high := half(b), binary.LittleEndian.Uint32(b[2:])
	for i := range 16 {
		q := b[6+i]
		y[i] = d * float32(int(q&15)|int(high>>i&1)<<4-16)
		y[16+i] = d * float32(int(q>>4)|int(high>>(16+i)&1)<<4-16)
	}
}

func decodeQ5_1(y []float32, b []byte) {
	_, _ = y[31], b[23]
	d, m, high := half(b), half(b[2:]), binary.LittleEndian.Uint32(b[4:])
	for i := range 16 {
		q := b[8+i]
		y[i] = float32(d*float32(int(q&15)|int(high>>i&1)<<4)) + m
		y[16+i] = float32(d*float32(int(q>>4)|int(high>>(16+i)&1)<<4)) + m
	}
}
