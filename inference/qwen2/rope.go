package qwen2

import "math"

// Rope describes the rotary position embedding (Su et al. 2021, RoFormer).
type Rope struct {
	Theta float64 // base of the frequencies
	Kind  string  // "default", "linear" or "yarn"

	Factor     float64 // linear, yarn: the context grows by it
	Original   int     // yarn: positions seen in training
	Fast, Slow float64 // yarn: rotations over Original above which a pair is kept, below which it is divided by Factor
	Attention  float64 // yarn: what cos and sin are multiplied by; 0: 0.1 ln Factor + 1
}

// Frequencies returns the angle per position of each of the dim/2 pairs, and the factor on cos and sin.
// YaRN after Peng et al. 2023, section 3, as transformers and llama.cpp compute it.
func (r Rope) Frequencies(dim int) (inv []float64, scale float64) {
	inv = make([]float64, dim/2)
	base := log(r.Theta)
	for i := range inv {
		inv[i] = exp(-float64(base * (float64(2*i) / float64(dim))))
	}
	switch r.Kind {
	case "linear":
		for i := range inv {
			inv[i] /= r.Factor
		}
	case "yarn":
		pair := func(rotations float64) float64 {
			return float64(float64(dim)*log(float64(r.Original)/float64(rotations*2*math.Pi))) / float64(2*base)
		}
		low := max(math.Floor(pair(r.Fast)), 0)
		high := min(math.Ceil(pair(r.Slow)), float64(dim-1))
		if low == high {
			high += 0.001
		}
		for i := range inv {
			ramp := min(max((float64(i)-low)/(high-low), 0), 1)
			inv[i] = float64((1-ramp)*inv[i]) + float64(ramp*inv[i])/r.Factor
		}
		if r.Attention != 0 {
			return inv, r.Attention
		}
		return inv, float64(0.1*log(r.Factor)) + 1
	}
	return inv, 1
}

// turn fills cos and sin, one value per pair, for a position.
func (m *Model) turn(cos, sin []float32, position int) {
	for i, f := range m.inv {
		s, c := sincos(float64(float64(position) * f))
		cos[i], sin[i] = float32(c*m.ropeScale), float32(s*m.ropeScale)
	}
}
