package kernel

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// decodeDPBF16 reads EVEX.512.F3.0F38.W0 52 /r with three registers: Go's operand order, the destination last.
func decodeDPBF16(b [6]byte) (w, x, dst int, ok bool) {
	if b[0] != 0x62 || b[1]&15 != 2 || b[2]&0x87 != 6 || b[3]&^8 != 0x40 || b[4] != 0x52 || b[5]>>6 != 3 {
		return 0, 0, 0, false
	}
	inverted := func(v byte, n int) int { return int(^v>>n) & 1 }
	dst = int(b[5]>>3&7) | inverted(b[1], 7)<<3 | inverted(b[1], 4)<<4
	w = int(b[5]&7) | inverted(b[1], 5)<<3 | inverted(b[1], 6)<<4
	x = int(^b[2]>>3)&15 | inverted(b[3], 3)<<4
	return w, x, dst, true
}

// TestDPBF16Encoding holds the bytes that GNU as 2.40 gives for some instructions against the decoder, and the decoder
// against every instruction in the assembly that is written in bytes.
func TestDPBF16Encoding(t *testing.T) {
	for _, c := range []struct {
		w, x, dst int
		bytes     [6]byte
	}{
		{24, 28, 0, [6]byte{0x62, 0x92, 0x1e, 0x40, 0x52, 0xc0}},
		{25, 28, 1, [6]byte{0x62, 0x92, 0x1e, 0x40, 0x52, 0xc9}},
		{26, 31, 23, [6]byte{0x62, 0x82, 0x06, 0x40, 0x52, 0xfa}},
		{27, 30, 8, [6]byte{0x62, 0x12, 0x0e, 0x40, 0x52, 0xc3}},
		{7, 3, 15, [6]byte{0x62, 0x72, 0x66, 0x48, 0x52, 0xff}},
		{0, 0, 0, [6]byte{0x62, 0xf2, 0x7e, 0x48, 0x52, 0xc0}},
		{31, 31, 31, [6]byte{0x62, 0x02, 0x06, 0x40, 0x52, 0xff}},
		{15, 16, 24, [6]byte{0x62, 0x42, 0x7e, 0x40, 0x52, 0xc7}},
	} {
		if w, x, dst, ok := decodeDPBF16(c.bytes); !ok || w != c.w || x != c.x || dst != c.dst {
			t.Errorf("% x is Z%d, Z%d, Z%d, %v; want Z%d, Z%d, Z%d", c.bytes, w, x, dst, ok, c.w, c.x, c.dst)
		}
	}
	text, err := os.ReadFile("tile_bf16_avx512_amd64.s")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`LONG \$0x(..)(..)(..)(..); BYTE \$0x(..); BYTE \$0x(..) // VDPBF16PS (Z\d+, Z\d+, Z\d+)\n`).FindAllSubmatch(text, -1)
	if len(found) != 780 { // 5 copies of the step for 1 to 12 rows of 2 registers
		t.Errorf("%d instructions in bytes, want 780", len(found))
	}
	for _, m := range found {
		var b [6]byte
		for i, at := range []int{4, 3, 2, 1, 5, 6} {
			v, _ := strconv.ParseUint(string(m[at]), 16, 8)
			b[i] = byte(v)
		}
		w, x, dst, ok := decodeDPBF16(b)
		if got := fmt.Sprintf("Z%d, Z%d, Z%d", w, x, dst); !ok || got != string(m[7]) {
			t.Errorf("% x is %s, %v; the comment says %s", b, got, ok, m[7])
		}
	}
}
