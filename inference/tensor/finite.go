package tensor

import (
	"encoding/binary"
	"fmt"
	"math"
)

// CheckFinite looks for values in rows [from, to) that are infinite or no numbers, and says where the first is. It reads the stored bytes once: four
// to eight of them per cycle for floats, two scales per block for quantised types, whose values are finite when the scales are. So it costs
// little where the rows are about to be read anyway.
func (t Tensor) CheckFinite(from, to int) error {
	row := t.Type.Bytes(t.Cols())
	if !t.Type.Readable() || finite(t.Type, t.Data[from*row:to*row]) {
		return nil
	}
	values := make([]float32, t.Cols())
	for r := from; r < to; r++ {
		t.Row(r, values)
		for c, v := range values {
			if m := math.Abs(float64(v)); !(m <= math.MaxFloat32) {
				return fmt.Errorf("tensor %s: row %d, column %d is %g, want a finite number", t.Name, r, c, v)
			}
		}
	}
	return nil // a scale that is not finite, but no value: there are no columns
}

// scales lists where in a block the halves lie that every value is a multiple of.
var scales = [end][]int{
	Q8_0: {0}, Q4_0: {0}, Q4_1: {0, 2}, Q5_0: {0}, Q5_1: {0, 2},
	Q2_K: {80, 82}, Q3_K: {108}, Q4_K: {0, 2}, Q5_K: {0, 2}, Q6_K: {208},
}

// finite reports whether no exponent in the data has all its bits set.
func finite(t Type, data []byte) bool {
	switch t {
	case F32:
		return finiteWords(data, 0x7f800000_7f800000, 0x00800000_00800000, 0x80000000_80000000)
	case F16:
		return finiteWords(data, 0x7c007c00_7c007c00, 0x04000400_04000400, 0x80008000_80008000)
	case BF16:
		return finiteWords(data, 0x7f807f80_7f807f80, 0x00800080_00800080, 0x80008000_80008000)
	}
	_, size := t.Block()
	bad := uint32(0)
	for _, at := range scales[t] {
		for b := at; b < len(data); b += size {
			bad |= uint32(binary.LittleEndian.Uint16(data[b:]))&0x7c00 + 0x400
		}
	}
	return bad&0x8000 == 0
}

// finiteWords looks at eight bytes at a time: adding one to a masked exponent carries into the place of the sign only when all its bits
// are set.
func finiteWords(data []byte, exponents, ones, carries uint64) bool {
	bad := uint64(0)
	for len(data) >= 32 {
		bad |= binary.LittleEndian.Uint64(data)&exponents + ones
		bad |= binary.LittleEndian.Uint64(data[8:])&exponents + ones
		bad |= binary.LittleEndian.Uint64(data[16:])&exponents + ones
		bad |= binary.LittleEndian.Uint64(data[24:])&exponents + ones
		data = data[32:]
	}
	var rest [32]byte
	copy(rest[:], data)
	for i := 0; i < 32; i += 8 {
		bad |= binary.LittleEndian.Uint64(rest[i:])&exponents + ones
	}
	return bad&carries == 0
}
