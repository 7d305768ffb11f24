package tensor_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"testing"

	"github.com/winnow-data/winnow/inference/random"
	"github.com/winnow-data/winnow/inference/tensor"
)

// inputs are 32,768 values of four sorts: like weights; of exponents from below the smallest half to above the largest; full of ties; every
// second block zero.
func inputs() map[string][]float32 {
	const n = 32 * 1024
	in := map[string][]float32{}
	for name, x := range map[string]struct {
		tensor    string
		deviation float32
	}{"weights": {"x", 0.02}, "wide": {"x", 1}, "zeros": {"z", 1}, "ties": {"", 0}} {
		v := make([]float32, n)
		random.Fill(v, x.tensor, 42, 0, 0, x.deviation)
		in[name] = v
	}
	for i := range n {
		in["wide"][i] *= float32(math.Ldexp(1, i/32%88-60))
		in["ties"][i] = float32(i*7%511-255) / 2
		if i/32%2 == 0 {
			in["zeros"][i] = 0
		}
	}
	return in
}

// TestEncode compares with the first half of the SHA-256 of what the gguf package 0.19 makes of the same inputs (F16: numpy 2.4).
func TestEncode(t *testing.T) {
	in := inputs()
	for _, c := range []struct {
		input string
		typ   tensor.Type
		want  string
	}{
		{"weights", tensor.F16, "7ad985b4824f047e319af33d99b52e22"},
		{"weights", tensor.BF16, "2e3ebff2de3b5a917131c38d85087601"},
		{"weights", tensor.Q8_0, "01d18c0cf399969f4b9563012456f2b2"},
		{"weights", tensor.Q4_0, "122ddbc26631bfccc87315808ea74adf"},
		{"wide", tensor.F16, "3435e524609a6523fccaad39d2847939"},
		{"wide", tensor.BF16, "5e0797ae0811ee28052f5191092290e6"},
		{"wide", tensor.Q8_0, "aa4c9dc4d588aea8e769a4f41b60e2ea"},
		{"wide", tensor.Q4_0, "2739c04cd4f6887e4e86d8f33e7581c0"},
		{"ties", tensor.F16, "ed03eb1b5909a10bd2ddc58934afce60"},
		{"ties", tensor.BF16, "b994f3df0fc375453ce3a77a9bf2d2b0"},
		{"ties", tensor.Q8_0, "2dbf139c42dc27877eca9393b8cb9e21"},
		{"ties", tensor.Q4_0, "ce6d76a0d92099dc0cf05c2af7baa913"},
		{"zeros", tensor.F16, "1def60ff3358879473aa5994ebee9be9"},
		{"zeros", tensor.BF16, "990f93fcae704fb317de76e3e21e847e"},
		{"zeros", tensor.Q8_0, "ab31be0f5563c5892827f394f5da2237"},
		{"zeros", tensor.Q4_0, "951692d507a3509ef0583dc0670cdfb0"},
	} {
		x := in[c.input]
		got := make([]byte, c.typ.Bytes(len(x)))
		c.typ.Encode(got, x)
		sum := sha256.Sum256(got)
		if h := hex.EncodeToString(sum[:16]); h != c.want {
			t.Errorf("%s as %s: sha256 %s, want %s", c.input, c.typ, h, c.want)
		}
	}
}

// TestEncodeNotFinite: what is not finite stays not finite, and the rest of the block does no harm.
func TestEncodeNotFinite(t *testing.T) {
	for _, typ := range []tensor.Type{tensor.F32, tensor.F16, tensor.BF16, tensor.Q8_0, tensor.Q4_0} {
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			x := make([]float32, 64)
			x[40] = float32(bad)
			b := make([]byte, typ.Bytes(64))
			typ.Encode(b, x)
			y := make([]float32, 64)
			typ.Decode(y, b)
			if v := float64(y[40]); !math.IsNaN(v) && !math.IsInf(v, 0) {
				t.Errorf("%s: %g became %g", typ, bad, v)
			}
			if y[0] != 0 {
				t.Errorf("%s: another block became %g", typ, y[0])
			}
		}
	}
}

// TestHalves takes every half to a float32 and back.
func TestHalves(t *testing.T) {
	for h := range 1 << 16 {
		f := tensor.HalfToFloat(uint16(h))
		sign, exponent, fraction := 1-2*float64(h>>15), h>>10&31, float64(h&1023)/1024
		want := sign * math.Ldexp(1+fraction, exponent-15)
		back := uint16(h)
		switch {
		case exponent == 0:
			want = sign * math.Ldexp(fraction, -14)
		case exponent == 31 && fraction == 0:
			want = math.Inf(int(sign))
		case exponent == 31:
			want, back = math.NaN(), back|0x200
		}
		if float64(f) != want && !(math.IsNaN(want) && f != f) {
			t.Fatalf("%04x: %g, want %g", h, f, want)
		}
		if got := tensor.FloatToHalf(f); got != back {
			t.Fatalf("%04x: back as %04x, want %04x", h, got, back)
		}
	}
}

// TestHalfTies rounds what lies between two neighbouring halves: below the middle, at it, above it.
func TestHalfTies(t *testing.T) {
	for h := range uint16(0x7bff) {
		low, high := tensor.HalfToFloat(h), tensor.HalfToFloat(h+1)
		middle := low + (high-low)/2
		even := h + h&1
		for _, c := range []struct {
			f    float32
			want uint16
		}{{math.Nextafter32(middle, low), h}, {middle, even}, {math.Nextafter32(middle, high), h + 1}} {
			if got := tensor.FloatToHalf(c.f); got != c.want {
				t.Fatalf("%g between %04x and %04x: %04x, want %04x", c.f, h, h+1, got, c.want)
			}
			if got := tensor.FloatToHalf(-c.f); got != c.want|0x8000 {
				t.Fatalf("%g: %04x, want %04x", -c.f, got, c.want|0x8000)
			}
		}
	}
}

// TestBrainTies rounds what lies between two neighbouring bfloat16s, at every exponent.
func TestBrainTies(t *testing.T) {
	for b := range uint32(0x7f7f) {
		even := uint16(b + b&1)
		for _, c := range []struct {
			bits uint32
			want uint16
		}{{b << 16, uint16(b)}, {b<<16 | 0x7fff, uint16(b)}, {b<<16 | 0x8000, even}, {b<<16 | 0x8001, uint16(b + 1)}} {
			for _, sign := range []uint16{0, 0x8000} {
				f := math.Float32frombits(c.bits | uint32(sign)<<16)
				if got := tensor.FloatToBrain(f); got != c.want|sign {
					t.Fatalf("%08x: %04x, want %04x", math.Float32bits(f), got, c.want|sign)
				}
			}
		}
	}
	for _, bits := range []uint32{0x7f800001, 0x7fc00000, 0xffffffff, 0xff800001} {
		if got := tensor.FloatToBrain(math.Float32frombits(bits)); got&0x7fff <= 0x7f80 || got&0x40 == 0 || got>>15 != uint16(bits>>31) {
			t.Errorf("the NaN %08x became %04x", bits, got)
		}
	}
}

// TestSize: shapes that no array has are refused.
func TestSize(t *testing.T) {
	for _, c := range []struct {
		typ   tensor.Type
		shape []int
		want  int // -1: an error
	}{
		{tensor.F32, nil, 4},
		{tensor.F32, []int{3}, 12},
		{tensor.Q8_0, []int{2, 3, 64}, 2 * 3 * 68},
		{tensor.Q6_K, []int{5, 256}, 5 * 210},
		{tensor.Q6_K, []int{5, 128}, -1},
		{tensor.Q8_0, []int{32, 1}, -1},
		{tensor.F32, []int{0}, -1},
		{tensor.F32, []int{-1, -1}, -1},
		{tensor.F32, []int{1 << 31, 1 << 31}, -1},
		{tensor.F32, []int{1 << 31, 1 << 30}, -1},
		{tensor.Bool, []int{1 << 31, 1 << 31}, 1 << 62},
		{tensor.Type(200), []int{1}, -1},
	} {
		got, err := tensor.Size(c.typ, c.shape)
		if err != nil {
			got = -1
		}
		if got != c.want {
			t.Errorf("%s %v: %d (%v), want %d", c.typ, c.shape, got, err, c.want)
		}
	}
}

// TestTypes: every type has a name that leads back to it, and a block.
func TestTypes(t *testing.T) {
	n := 0
	for typ := range tensor.Type(255) {
		values, size := typ.Block()
		back, ok := tensor.ParseType(typ.String())
		if (values > 0 && size > 0) != ok || ok && back != typ {
			t.Errorf("%s: block of %d values in %d bytes, parses as %s, %v", typ, values, size, back, ok)
		}
		if ok {
			n++
		}
	}
	if n < 40 {
		t.Errorf("%d types, want at least 40", n)
	}
}

func BenchmarkDecode(b *testing.B) {
	for typ := tensor.F32; typ.Readable(); typ++ {
		b.Run(typ.String(), func(b *testing.B) {
			src, dst := make([]byte, typ.Bytes(4864)+8), make([]float32, 19*256)
			random := uint64(1)
			for i := 0; i+8 <= len(src); i += 8 {
				random = random*6364136223846793005 + 1
				binary.LittleEndian.PutUint64(src[i:], random)
			}
			b.SetBytes(4 * 4864)
			for b.Loop() {
				typ.Decode(dst, src)
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	src := make([]float32, 4864)
	random.Fill(src, "x", 42, 0, 0, 0.02)
	for _, typ := range []tensor.Type{tensor.F32, tensor.F16, tensor.BF16, tensor.Q8_0, tensor.Q4_0} {
		b.Run(typ.String(), func(b *testing.B) {
			dst := make([]byte, typ.Bytes(len(src)))
			b.SetBytes(4 * 4864)
			for b.Loop() {
				typ.Encode(dst, src)
			}
		})
	}
}
