package kernel

import (
	"encoding/binary"
	"math"
)

// The activations of a token, group by group: the int32 that the accumulator starts with (-128·Σq for the 8-bit formats,
// -8·Σq for Int4, 0 for Int4Min),
// the quantised columns padded to 8, the scale as float32, and for the formats
// with minima scale·Σq as float32.
const startBytes = 4

// metaBytes is what a group takes beside its columns.
func (f Format) metaBytes() int {
	if f.minima() {
		return 12
	}
	return 8
}

// intStride is the size of a token.
func intStride(f Format, group, cols int) int {
	n := cols / group * (group + f.metaBytes())
	if last := cols % group; last > 0 {
		n += pad8(last) + f.metaBytes()
	}
	return align64(n)
}

const (
	tiny = 0x1p-100 // groups below are zero: 127/max must not overflow

	// Bits.
	infinity = 0x7f800000
	quietNaN = 0x7fc00000
)

// setInt quantises the activations of a token. Per group: max = max|x|, scale = max/127, q = x·(127/max) to nearest, ties to even. A group that
// holds a NaN or an infinity gets a NaN for scale, so that every result it enters is NaN.
func setInt(row []byte, x []float32, group int, f Format) {
	n := setIntFull(row, x, group, f)
	setIntGeneric(row[n/group*(group+f.metaBytes()):], x[n:], group, f)
}

// times is what the accumulator's start is of the sum.
func (f Format) times() int {
	switch {
	case f.bytes():
		return -128
	case f == Int4:
		return -8
	}
	return 0
}

func setIntGeneric(row []byte, x []float32, group int, f Format) {
	for len(x) > 0 {
		n := min(group, len(x))
		size := pad8(n) + f.metaBytes()
		quantise(row[:size:size], x[:n], f)
		x, row = x[n:], row[size:]
	}
}

// quantise writes a group.
func quantise(row []byte, x []float32, f Format) {
	clear(row)
	var bits uint32
	for _, v := range x {
		bits = max(bits, math.Float32bits(v)&0x7fffffff)
	}
	largest, scale, sum := math.Float32frombits(bits), float32(0), int32(0)
	switch {
	case bits >= infinity:
		scale = math.Float32frombits(quietNaN)
	case largest >= tiny:
		scale = largest / 127
		inverse := 127 / largest
		for i, v := range x {
			q := int32(math.RoundToEven(float64(min(max(v*inverse, -127), 127))))
			row[startBytes+i] = byte(q)
			sum += q
		}
	}
	putMeta(row, row[startBytes+pad8(len(x)):], scale, sum, f)
}

// putMeta writes what stands before and behind the columns of a group.
func putMeta(start, behind []byte, scale float32, sum int32, f Format) {
	binary.LittleEndian.PutUint32(start, uint32(int32(f.times())*sum))
	binary.LittleEndian.PutUint32(behind, math.Float32bits(scale))
	if f.minima() {
		binary.LittleEndian.PutUint32(behind[4:], math.Float32bits(scale*float32(sum)))
	}
}
