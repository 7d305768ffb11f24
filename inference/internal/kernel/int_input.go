package kernel

import (
	"encoding/binary"
	"math"
)

// The activations of a token, group by group: the quantised columns, padded to 8, the scale as float32, and the correction: for Int8 and
// Int4 the int32 that the accumulator starts with, -128 or -8 times the sum; for Int4Min the float32 scale·sum.
const metaBytes = 8

// intStride is the size of a token.
func intStride(group, cols int) int {
	n := cols / group * (group + metaBytes)
	if last := cols % group; last > 0 {
		n += pad8(last) + metaBytes
	}
	return align64(n)
}

const (
	tiny     = 0x1p-100   // groups below are zero: 127/max must not overflow
	infinity = 0x7f800000 // the bits of
)

// setInt quantises the activations of a token. Per group: max = max|x|, scale = max/127, q = x·(127/max) to nearest, ties to even. A group that
// holds a NaN or an infinity gets a NaN for scale, so that every result it enters is NaN.
func setInt(row []byte, x []float32, group int, f Format) {
	setIntGeneric(row, x, group, f)
}

func setIntGeneric(row []byte, x []float32, group int, f Format) {
	for len(x) > 0 {
		n := min(group, len(x))
		size := pad8(n)
		scale, sum := quantise(row[:size], x[:n])
		putMeta(row[size:size+metaBytes], scale, sum, f)
		x, row = x[n:], row[size+metaBytes:]
	}
}

// quantise writes the columns of a group.
func quantise(q []byte, x []float32) (scale float32, sum int32) {
	clear(q)
	var bits uint32
	for _, v := range x {
		bits = max(bits, math.Float32bits(v)&0x7fffffff)
	}
	largest := math.Float32frombits(bits)
	switch {
	case bits >= infinity:
		return float32(math.NaN()), 0
	case largest < tiny:
		return 0, 0
	}
	inverse := 127 / largest
	for i, v := range x {
		n := int32(math.RoundToEven(float64(min(max(v*inverse, -127), 127))))
		q[i] = byte(n)
		sum += n
	}
	return largest / 127, sum
}

// putMeta writes what follows the columns of a group.
func putMeta(meta []byte, scale float32, sum int32, f Format) {
	var correction uint32
	switch f {
	case Int8:
		correction = uint32(-128 * sum)
	case Int4:
		correction = uint32(-8 * sum)
	default:
		correction = math.Float32bits(scale * float32(sum))
	}
	binary.LittleEndian.PutUint32(meta, math.Float32bits(scale))
	binary.LittleEndian.PutUint32(meta[4:], correction)
}
