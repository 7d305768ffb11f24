package ask

import (
	"math"
	"slices"
)

// Expectation is the mean of the grades from lo up, weighted by their probabilities among each other, to four decimals: beyond them the
// exponential functions of two processors may differ. logProbs must not be empty.
func Expectation(lo int, logProbs []float64) (float64, bool) {
	top := slices.Max(logProbs)
	var sum, weighted float64
	for k, l := range logProbs {
		p := math.Exp(l - top)
		sum += p
		weighted += float64(lo+k) * p
	}
	x := math.Round(weighted/sum*1e4) / 1e4
	return x, x == x && !math.IsInf(x, 0)
}
