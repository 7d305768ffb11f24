package tensor

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Encodes says whether [Type.Encode] knows the type.
func (t Type) Encodes() bool {
	return t == F32 || t == F16 || t == BF16 || t == Q8_0 || t == Q4_0
}

// Encode stores src, a multiple of the block, at the start of dst, bit for bit as the quantisers of the gguf package. A block with a value
// that is not finite gets a scale that is not finite. It panics for a type that is not [Type.Encodes].
func (t Type) Encode(dst []byte, src []float32) {
	values, size := t.Block()
	if !t.Encodes() || len(src)%values != 0 {
		panic(fmt.Sprintf("tensor: encode %d values as %s (blocks of %d; can: F32, F16, BF16, Q8_0, Q4_0)", len(src), t, values))
	}
	dst = dst[:len(src)/values*size]
	switch t {
	case F32:
		for i, v := range src {
			binary.LittleEndian.PutUint32(dst[4*i:], math.Float32bits(v))
		}
	case F16:
		for i, v := range src {
			binary.LittleEndian.PutUint16(dst[2*i:], FloatToHalf(v))
		}
	case BF16:
		for i, v := range src {
			binary.LittleEndian.PutUint16(dst[2*i:], FloatToBrain(v))
		}
	case Q8_0:
		for i := 0; i < len(src); i += 32 {
			encodeQ8_0(dst[:34:34], (*[32]float32)(src[i:]))
			dst = dst[34:]
		}
	case Q4_0:
		for i := 0; i < len(src); i += 32 {
			encodeQ4_0(dst[:18:18], (*[32]float32)(src[i:]))
			dst = dst[18:]
		}
	}
}

// inverse returns 1/d, or 0 where the block has no use for it: d is 0, so small that its inverse overflows (its half is 0), or not finite.
func inverse(d float32) float32 {
	if id := 1 / d; math.Abs(float64(id)) <= math.MaxFloat32 {
		return id
	}
	return 0
}

// encodeQ8_0: scale max|x|/127, values rounded half away from zero.
func encodeQ8_0(b []byte, x *[32]float32) {
	top := uint32(0) // of the magnitudes, which compare as their bits do; a NaN is above all numbers
	for _, v := range x {
		top = max(top, math.Float32bits(v)&0x7fffffff)
	}
	d := math.Float32frombits(top) / 127
	id := inverse(d)
	binary.LittleEndian.PutUint16(b, FloatToHalf(d))
	b = b[2:34]
	if id == 0 {
		clear(b)
		return
	}
	for i, v := range x {
		v = float32(v * id)
		whole := int32(v)
		b[i] = byte(whole + int32(2*(v-float32(whole)))) // both toward zero; the difference is exact
	}
}

// encodeQ4_0: the value of largest magnitude becomes -8, the others are rounded half up after adding 8.
func encodeQ4_0(b []byte, x *[32]float32) {
	top, at := uint32(0), 0
	for i, v := range x {
		if m := math.Float32bits(v) & 0x7fffffff; m > top {
			top, at = m, i
		}
	}
	d := x[at] / -8
	id := inverse(d)
	binary.LittleEndian.PutUint16(b, FloatToHalf(d))
	b = b[2:18]
	for i := range 16 {
		low, high := nibble(x[i], id), nibble(x[16+i], id)
		b[i] = low | high<<4
	}
}

func nibble(v, id float32) byte {
	return byte(min(int32(float32(v*id)+8.5), 15))
}
