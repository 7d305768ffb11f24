package random

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"testing"

	"github.com/winnow-data/winnow/inference/gguf"
	"github.com/winnow-data/winnow/inference/tensor"
)

// published are the check values of the 0.5B model: bits of the first two and the last weight, half of the SHA-256 of all as float32.
var published = []struct {
	name                string
	first, second, last uint32
	sha                 string
}{
	{"token_embd.weight", 0x3c369809, 0xbc81c0c7, 0x3cd1f818, "786778aed14861d6a4008ac3961cb1c4"},
	{"blk.0.attn_norm.weight", 0x3f8fd6ee, 0x3f81e3ae, 0x3f6b66ea, "5d1a59ce0004b4be902c99f4e7866a42"},
	{"blk.0.attn_q.weight", 0xbd268652, 0xbd205524, 0x3d062062, "d6a871f861a089e15d008b443ac527ee"},
	{"blk.23.ffn_down.weight", 0xbb860274, 0x3cea121c, 0x3c072ff7, "60c5303dcca5b5a8009f31a903d6b868"},
	{"output_norm.weight", 0x3f62aaff, 0x3f7744f3, 0x3f82eb62, "6231f0be7e432e64f6cba54431d18a15"},
}

func TestPublishedWeights(t *testing.T) {
	s, err := Named("qwen2-0.5b")
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string]gguf.Source{}
	for _, src := range s.Tensors(Options{Seed: 42}) {
		sources[src.Name] = src
	}
	for _, want := range published {
		t.Run(want.name, func(t *testing.T) {
			t.Parallel()
			src, ok := sources[want.name]
			if !ok {
				t.Fatal("the shape has no such tensor")
			}
			if testing.Short() && want.name == "token_embd.weight" {
				t.Skip("half a second of hashing")
			}
			shape := tensor.Tensor{Shape: src.Shape}
			h := sha256.New()
			const step = 512
			values, raw := make([]float32, step*shape.Cols()), make([]byte, 4*step*shape.Cols())
			var ends []uint32
			for from := 0; from < shape.Rows(); from += step {
				to := min(from+step, shape.Rows())
				n := (to - from) * shape.Cols()
				src.Rows(from, to, values)
				for i, v := range values[:n] {
					binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(v))
				}
				h.Write(raw[:4*n])
				if from == 0 {
					ends = append(ends, math.Float32bits(values[0]), math.Float32bits(values[1]))
				}
				if to == shape.Rows() {
					ends = append(ends, math.Float32bits(values[n-1]))
				}
			}
			if ends[0] != want.first || ends[1] != want.second || ends[2] != want.last {
				t.Errorf("bits %x, want %x %x %x", ends, want.first, want.second, want.last)
			}
			if got := hex.EncodeToString(h.Sum(nil)[:16]); got != want.sha {
				t.Errorf("sha256 %s, want %s", got, want.sha)
			}
		})
	}
}

func TestParameters(t *testing.T) {
	for name, want := range map[string]int{"qwen2-0.5b": 494_032_768, "qwen2-1.5b": 1_543_714_304} {
		s, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Parameters(); got != want {
			t.Errorf("%s: %d parameters, want %d", name, got, want)
		}
	}
}
