package sketch

import (
	"fmt"
	"math"
)

// Proposed returns the probability that two sets of Jaccard similarity s agree in at least one of the bands.
func Proposed(s float64, bands, rows int) float64 {
	return 1 - math.Pow(1-math.Pow(s, float64(rows)), float64(bands))
}

// steps of the midpoint rule; Proposed bends gently, so the error is far below what tells two choices apart.
const steps = 200

// Choose returns the bands and rows of at most hashes functions that lose least at a threshold of similarity: missed is the weight of
// a pair above it that is not proposed, the rest to 1 that of a pair below that is. Weights of ½ give the choice of
// datasketch (Zhu et al. 2016, section 5.5).
func Choose(similarity float64, hashes int, missed float64) (bands, rows int, err error) {
	if !(similarity > 0 && similarity <= 1) || hashes < 1 {
		return 0, 0, fmt.Errorf("choose bands: similarity %v and %d hashes: similarity must be above 0 and at most 1, hashes at least 1", similarity, hashes)
	}
	best := math.Inf(1)
	power := make([]float64, 2*steps) // sʳ at the midpoints below, then above the threshold
	grid := make([]float64, 2*steps)
	for i := range steps {
		at := (float64(i) + 0.5) / steps
		grid[i], grid[steps+i] = at*similarity, similarity+at*(1-similarity)
	}
	for i := range power {
		power[i] = 1
	}
	unproposed := make([]float64, 2*steps) // (1 − sʳ)ᵇ
	for r := 1; r <= hashes; r++ {
		for i := range power {
			power[i] *= grid[i]
			unproposed[i] = 1
		}
		for b := 1; b*r <= hashes; b++ {
			var below, above float64
			for i := range steps {
				unproposed[i] *= 1 - power[i]
				below += 1 - unproposed[i]
				unproposed[steps+i] *= 1 - power[steps+i]
				above += unproposed[steps+i]
			}
			cost := (1-missed)*below*similarity/steps + missed*above*(1-similarity)/steps
			if cost < best {
				best, bands, rows = cost, b, r
			}
		}
	}
	return bands, rows, nil
}
