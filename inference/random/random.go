// Package random writes models of a known shape whose weights are random but the same everywhere, so that anyone can compare engines
// without a download:
//
//	s, err := random.Named("qwen2-0.5b")
//	err = s.Write(ctx, "random.gguf", random.Options{Type: tensor.Q8_0, Seed: 42})
//
// A weight depends on the name of its tensor, its place and the seed, through integers, one division, one product and one sum: bit for bit
// the same in any language. Such a model says nothing sensible, but it costs what a trained one of its shape costs.
package random

import (
	"hash/fnv"
	"io"
)

// golden is the increment of splitmix64 (Steele, Lea, Flood 2014).
const golden = 0x9E3779B97F4A7C15

// Fill writes len(dst) weights of a tensor, from element first on: a near-normal distribution of the given mean and deviation.
// Element i hashes to z by splitmix64 from FNV-1a of the name xor the seed; the four 16-bit lanes of z, summed and centred, are the deviate.
func Fill(dst []float32, name string, seed uint64, first int, mean, deviation float32) {
	h := fnv.New64a()
	_, _ = io.WriteString(h, name) // a hash takes everything
	z := h.Sum64() ^ seed
	z += uint64(first) * golden
	for i := range dst {
		z += golden
		dst[i] = float32(deviation*deviate(z)) + mean
	}
}

// deviate turns a counter into a number near N(0, 1), at most 3.47.
func deviate(z uint64) float32 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	z ^= z >> 31
	const lanes = 0x0000ffff0000ffff
	pair := z&lanes + z>>16&lanes
	sum := int64(pair&0xffffffff + pair>>32)
	return float32(float64(sum-131070) / 37837)
}
