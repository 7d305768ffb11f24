package tensor

import "math"

// HalfToFloat widens an IEEE 754 half, exactly. Infinities stay, NaNs keep their payload.
func HalfToFloat(h uint16) float32 {
	magnitude := uint32(h&0x7fff) << 13
	sign := uint32(h&0x8000) << 16
	if h&0x7c00 == 0x7c00 {
		return math.Float32frombits(sign | 0x7f800000 | magnitude)
	}
	// As a float32 the shifted bits are 2^112 times too small, subnormals included; the product is exact.
	return math.Float32frombits(sign | math.Float32bits(math.Float32frombits(magnitude)*0x1p112))
}

// FloatToHalf rounds to the nearest half, ties to even, as numpy and hardware do. What is too large becomes an infinity; a NaN becomes
// a quiet NaN with the top of its payload.
func FloatToHalf(f float32) uint16 {
	b := math.Float32bits(f)
	sign := uint16(b >> 16 & 0x8000)
	b &= 0x7fffffff
	switch {
	case b > 0x7f800000: // NaN
		return sign | 0x7e00 | uint16(b>>13&0x3ff)
	case b >= 0x477ff000: // 65520 and more round to infinity
		return sign | 0x7c00
	case b < 0x38800000: // below 2^-14: adding 1/2 leaves the subnormal's bits at the end of the sum
		return sign | uint16(math.Float32bits(math.Float32frombits(b)+0.5)&0x7ff)
	}
	b += 0xc8000fff + b>>13&1 // exponent bias 127 to 15, half of the dropped unit less one, plus the tie
	return sign | uint16(b>>13)
}

// BrainToFloat widens a bfloat16, exactly.
func BrainToFloat(b uint16) float32 { return math.Float32frombits(uint32(b) << 16) }

// FloatToBrain rounds to the nearest bfloat16, ties to even. A NaN becomes a quiet NaN with the top of its payload, as in ggml.
func FloatToBrain(f float32) uint16 {
	b := math.Float32bits(f)
	if b&0x7fffffff > 0x7f800000 {
		return uint16(b>>16) | 0x40
	}
	return uint16((b + 0x7fff + b>>16&1) >> 16)
}
