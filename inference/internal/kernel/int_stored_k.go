package kernel

import (
	"encoding/binary"

	"github.com/winnow-data/winnow/inference/tensor"
)

// The K types (ggml, k-quants), laid out as in package tensor, which widens them: 256 values in 16 groups of 16 or 8 groups of 32, whose
// scales and minima are small integers times the halves d and dmin.

// half reads the half at the start of b.
func half(b []byte) float32 { return tensor.HalfToFloat(binary.LittleEndian.Uint16(b)) }

func word(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

// readQ2K: scales [16] (scale low, minimum high nibble), quants [64] (2 bits), d, dmin.
func (s *stored) readQ2K(b []byte) {
	d, dmin := half(b[80:]), half(b[82:])
	for g := range 16 {
		s.d[g], s.m[g] = d*float32(b[g]&15), -dmin*float32(b[g]>>4)
		quants, shift := b[16+g/8*32+g%2*16:], g%8/2*2
		for i := range 16 {
			s.q[16*g+i] = quants[i] >> shift & 3
		}
	}
}

// readQ3K: high bits [32] (clear means minus 4), quants [64] (2 bits), scales [12] (16 of 6 bits, less 32), d.
func (s *stored) readQ3K(b []byte) {
	d, scales := half(b[108:]), b[96:108]
	for g := range 16 {
		low, high := scales[g%8]>>(g/8*4)&15, scales[8+g%4]>>(g/4*2)&3
		s.d[g] = d * float32(int(low|high<<4)-32)
		quants, shift := b[32+g/8*32+g%2*16:], g%8/2*2
		masks, bit := b[g%2*16:], g/2
		for i := range 16 {
			s.q[16*g+i] = quants[i]>>shift&3 + masks[i]>>bit&1*4 - 4
		}
	}
}

// readQ45K: d, dmin, scales [12] (8 pairs of 6 bits), then for Q5_K the fifth bits [32] (bit g for group g), and quants [128] (4 bits; a run
// of 32 bytes is two groups).
func (s *stored) readQ45K(b, fifth, quants []byte) {
	d, dmin := half(b), half(b[2:])
	for g := range 8 {
		scale, minimum := scaleMin(g, b[4:16])
		s.d[g], s.m[g] = d*float32(scale), -dmin*float32(minimum)
		from, shift := quants[g/2*32:][:32], g%2*4
		to := s.q[32*g:][:32]
		for i, v := range from {
			to[i] = v >> shift & 15
		}
		for i, v := range fifth {
			to[i] |= v >> g & 1 << 4
		}
	}
}

// scaleMin unpacks the 6-bit scale and minimum of group g of 8 (get_scale_min_k4 in ggml-quants.c).
func scaleMin(g int, s []byte) (scale, minimum byte) {
	if g < 4 {
		return s[g] & 63, s[g+4] & 63
	}
	return s[g+4]&15 | s[g-4]>>6<<4, s[g+4]>>4 | s[g]>>6<<4
}

// readQ6K: low bits [128] (4), high bits [64] (2), scales [16] (signed), d. 128 values at a time: 64 low bytes, 32 high bytes.
func (s *stored) readQ6K(b []byte) {
	d := half(b[208:])
	for g := range 16 {
		s.d[g] = d * float32(int8(b[192+g]))
		part := g % 8 // of the 128 values
		low, shift := b[g/8*64+part%4*16:], part/4*4
		high, turn := b[128+g/8*32+part%2*16:], part/2*2
		for i := range 16 {
			s.q[16*g+i] = low[i]>>shift&15 | high[i]>>turn&3<<4 - 32
		}
	}
}
