package tensor

// The K types (ggml, k-quants): 256 values in 16 groups of 16 or 8 groups of 32, each with a small integer scale (and minimum) of
// its own, which two halves d and dmin stretch. Products that are subtracted are converted, or arm64 would fuse the two operations.

// Q2_K: scales [16] (scale low, minimum high nibble), quants [64] (2 bits), d, dmin.
func decodeQ2_K(y []float32, b []byte) {
	_, _ = y[255], b[83]
	d, dmin := half(b[80:]), half(b[82:])
	for group := range 16 {
		scale := b[group]
		dl, ml := d*float32(scale&15), float32(dmin*float32(scale>>4))
		quants, shift := b[16+group/8*32+group%2*16:], group%8/2*2
		out := y[group*16 : group*16+16]
		for i := range out {
			out[i] = float32(dl*float32(quants[i]>>shift&3)) - ml
		}
	}
}

// Q3_K: high bits [32] (clear means minus 4), quants [64] (2 bits), scales [12] (16 of 6 bits, less 32), d.
func decodeQ3_K(y []float32, b []byte) {
	_, _ = y[255], b[109]
	d, scales := half(b[108:]), b[96:108]
	for group := range 16 {
		low := scales[group%8] >> (group / 8 * 4) & 15
		high := scales[8+group%4] >> (group / 4 * 2) & 3
		dl := d * float32(int(low|high<<4)-32)
		quants, shift := b[32+group/8*32+group%2*16:], group%8/2*2
		masks, bit := b[group%2*16:], group/2
		out := y[group*16 : group*16+16]
		for i := range out {
			out[i] = dl * float32(int(quants[i]>>shift&3)+int(masks[i]>>bit&1)*4-4)
		}
	}
}

// scaleMin unpacks the 6-bit scale and minimum of group j of 8 (get_scale_min_k4 in ggml-quants.c).
func scaleMin(j int, s []byte) (scale, minimum byte) {
	if j < 4 {
		return s[j] & 63, s[j+4] & 63
	}
	return s[j+4]&15 | s[j-4]>>6<<4, s[j+4]>>4 | s[j]>>6<<4
}

// Q4_K: d, dmin, scales [12] (8 pairs of 6 bits), quants [128] (4 bits; a run of 32 bytes is two groups).
func decodeQ4_K(y []float32, b []byte) {
	_, _ = y[255], b[143]
	d, dmin := half(b), half(b[2:])
	for group := range 8 {
		scale, minimum := scaleMin(group, b[4:16])
		dl, ml := d*float32(scale), float32(dmin*float32(minimum))
		quants, shift := b[16+group/2*32:], group%2*4
		out := y[group*32 : group*32+32]
		for i := range out {
			out[i] = float32(dl*float32(quants[i]>>shift&15)) - ml
		}
	}
}

// Q5_K: d, dmin, scales [12], high bits [32] (bit g for group g), quants [128].
func decodeQ5_K(y []float32, b []byte) {
	_, _ = y[255], b[175]
	d, dmin, high := half(b), half(b[2:]), b[16:48]
	for group := range 8 {
		scale, minimum := scaleMin(group, b[4:16])
		dl, ml := d*float32(scale), float32(dmin*float32(minimum))
		quants, shift := b[48+group/2*32:], group%2*4
		out := y[group*32 : group*32+32]
		for i := range out {
			out[i] = float32(dl*float32(quants[i]>>shift&15|high[i]>>group&1<<4)) - ml
		}
	}
}

// Q6_K: low bits [128] (4), high bits [64] (2), scales [16] (signed), d. 128 values at a time: 64 low bytes, 32 high bytes.
func decodeQ6_K(y []float32, b []byte) {
	_, _ = y[255], b[209]
	d := half(b[208:])
	for group := range 16 {
		dl := d * float32(int8(b[192+group]))
		part := group % 8 // of the 128 values
		low, shift := b[group/8*64+part%4*16:], part/4*4
		high, turn := b[128+group/8*32+part%2*16:], part/2*2
		out := y[group*16 : group*16+16]
		for i := range out {
			out[i] = dl * float32(int(low[i]>>shift&15|high[i]>>turn&3<<4)-32)
		}
	}
}
