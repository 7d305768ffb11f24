package kernel

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// activations returns values that meet every branch: several magnitudes, ties, zeros, tiny groups, NaN and infinity.
func activations(n int) []float32 {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	x := make([]float32, n)
	for i := range x {
		switch i / 128 % 9 {
		case 0, 1, 2:
			x[i] = float32(r.NormFloat64())
		case 3:
			x[i] = float32(r.IntN(255)-127) / 2 // ties when the largest is 63.5
		case 4:
			x[i] = float32(r.NormFloat64()) * 0x1p-99
		case 5:
			x[i] = float32(r.NormFloat64()) * 0x1p126
		case 6:
			x[i] = float32(r.NormFloat64()) * 0x1p-102 // below the limit, barely
		case 7:
			x[i] = float32(math.Copysign(0, float64(i%2)-0.5))
		case 8:
			x[i] = float32(r.NormFloat64())
			switch { // an infinity in the first of these groups, a NaN in the second
			case i < 1152 && i%128 == 50:
				x[i] = float32(math.Inf(-1))
			case i >= 1152 && i%128 == 50:
				x[i] = float32(math.NaN())
			}
		}
	}
	return x
}

func TestSetEqualBits(t *testing.T) {
	want := map[string][]byte{}
	eachLevel(t, func(t *testing.T) {
		for _, f := range intFormats {
			for _, group := range intGroups {
				for _, cols := range []int{1, 5, 15, 16, 17, 31, 32, 33, 127, 128, 129, 896, 1152, 2400} {
					for offset := range 3 { // misaligned by 4 bytes a time
						x := append(make([]float32, offset), activations(cols)...)[offset:]
						const sentinel = 0xa5
						row := bytes.Repeat([]byte{sentinel}, intStride(f, group, cols)+64)
						setInt(row[:len(row)-64], x, group, f)
						key := fmt.Sprint(f, group, cols)
						if want[key] == nil {
							want[key] = row
						}
						if !bytes.Equal(row, want[key]) {
							t.Fatalf("%v group %d, %d columns, offset %d: differs from plain Go", f, group, cols, offset)
						}
						if row[len(row)-64] != sentinel {
							t.Fatalf("%v group %d, %d columns: wrote past its end", f, group, cols)
						}
					}
				}
			}
		}
	})
}

func TestQuantise(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		name  string
		x     []float32
		want  []int8
		scale float32 // NaN as such
	}{
		{"zero", []float32{0, 0, 0}, []int8{0, 0, 0}, 0},
		{"largest becomes 127", []float32{-2, 1, 0.5}, []int8{-127, 64, 32}, 2.0 / 127},
		{"ties to even", []float32{127, 0.5, 1.5, -2.5}, []int8{127, 0, 2, -2}, 1},
		{"too small", []float32{0x1p-101, -0x1p-149}, []int8{0, 0}, 0},
		{"just large enough", []float32{0x1p-100, 0}, []int8{127, 0}, 0x1p-100 / 127},
		{"largest number", []float32{math.MaxFloat32, 0}, []int8{127, 0}, math.MaxFloat32 / 127},
		{"NaN", []float32{1, nan, 3}, []int8{0, 0, 0}, nan},
		{"infinity", []float32{1, -inf, 3}, []int8{0, 0, 0}, nan},
	} {
		for _, f := range intFormats {
			row := make([]byte, startBytes+8+f.metaBytes())
			quantise(row, c.x, f)
			sum := 0
			for i, want := range c.want {
				got := int8(row[startBytes+i])
				if got != want {
					t.Errorf("%s: column %d is %d, want %d", c.name, i, got, want)
				}
				sum += int(got)
			}
			scale := loadFloat(row[startBytes+8:])
			if scale != c.scale && !(scale != scale && c.scale != c.scale) {
				t.Errorf("%s: scale %g, want %g", c.name, scale, c.scale)
			}
			if start := int(int32(math.Float32bits(loadFloat(row)))); start != f.times()*sum {
				t.Errorf("%s, %v: start %d, want %d", c.name, f, start, f.times()*sum)
			}
		}
	}
}

func BenchmarkSet(b *testing.B) {
	for _, c := range []struct {
		format Format
		group  int
	}{{Int8, 128}, {Int8, 32}, {Int8, 16}, {Int8Min, 32}, {Int4Min, 32}} {
		b.Run(fmt.Sprintf("%v-%d", c.format, c.group), func(b *testing.B) {
			var in Input
			in.Reset(c.format, c.group, 1, 4864)
			x := randoms(1, 4864)
			start, n := cpuTime(), 0
			for b.Loop() {
				in.Set(0, x)
				n++
			}
			b.ReportMetric((cpuTime()-start)*1e9/float64(n), "cpu-ns/op")
		})
	}
}

// TestSetPart sets tokens in parts and as a whole.
func TestSetPart(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for _, f := range append([]Format{F32, BF16}, intFormats...) {
			for _, group := range intGroups {
				for _, cols := range []int{5, 128, 300, 640} {
					var whole, parts Input
					whole.Reset(f, group, 2, cols)
					parts.Reset(f, group, 2, cols)
					x := randoms(1, cols)
					whole.Set(1, x)
					for at := (cols - 1) / 128 * 128; at >= 0; at -= 128 {
						parts.SetPart(1, at, x[at:min(at+128, cols)])
					}
					if !bytes.Equal(parts.data, whole.data) {
						t.Errorf("%v group %d, %d columns: parts differ from the whole", f, group, cols)
					}
				}
			}
		}
	})
}
