package kernel

import (
	"hash/fnv"
	"math"
	"testing"
)

// TestSameEverywhere holds the bits of every function whose results do not name a machine, so that a compiler that fuses
// or reorders is found, on whichever architecture this runs.
func TestSameEverywhere(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for name, x := range everything() {
			h := fnv.New64a()
			for _, v := range x {
				b := math.Float32bits(v)
				h.Write([]byte{byte(b), byte(b >> 8), byte(b >> 16), byte(b >> 24)})
			}
			if h.Sum64() != sums[name] {
				t.Errorf("%s: %#x, want %#x", name, h.Sum64(), sums[name])
			}
		}
	})
}

var sums = map[string]uint64{
	"Add":              0xab887ed4acd8a1a6,
	"AddRMSNorm":       0x5bd5113ced625bef,
	"ArgMax":           0x4a32c47f9b4cad0d,
	"Attend":           0xc303675b36d8a89c,
	"Exp":              0x1b712ad8933e4d,
	"MatMul":           0x85834f46b78acc44,
	"Max":              0xee29e201d6256f2b,
	"RMSNorm in place": 0x17a2c92923866288,
	"RMSNorm":          0x17a2c92923866288,
	"Rotate":           0x7927d9afbd87dc2d,
	"SoftExp":          0x1981c84f909a219a,
	"SoftMax":          0x45d5ddc2602cd2f4,
	"SumExp":           0x672a0177e4011ab2,
	"SwiGLU in place":  0x7068fb84681b37ba,
	"SwiGLU":           0x7068fb84681b37ba,
	"roundBF16":        0x5a54918fb1077620,
}

// everything returns the results of each function on random values.
func everything() map[string][]float32 {
	const n, dim = 331, 64
	all := map[string][]float32{}
	for _, c := range vectorCases {
		all[c.name] = c.run(n, randoms(1, n), randoms(2, n), make([]float32, n))
	}
	w := New(F32, 0, 40, n)
	defer w.Free()
	w.Pack(0, 40, func(r int, dst []float32) { copy(dst, randoms(uint64(r), n)) })
	var in Input
	in.Reset(F32, 0, 5, n)
	for i := range 5 {
		in.Set(i, randoms(uint64(100+i), n))
	}
	y := make([]float32, 5*40)
	w.MatMul(y, 40, &in, 0, 5, 0, 40)
	all["MatMul"] = y
	k, q := randoms(3, 100*dim), randoms(4, 7*dim)
	pages := pagesOf(dim, 100, k, k)
	var a Attention
	o := make([]float32, 7*dim)
	a.Attend(o, q, dim, 7, []Span{{3, 99}}, 0.125, func(i int) []byte { return pages[i] })
	all["Attend"] = o
	return all
}
