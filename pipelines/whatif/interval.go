package whatif

import "math"

// clopperPearson is the exact interval of a share of which k of n were seen: it holds the true one with probability 1-alpha at least (Clopper and Pearson 1934).
func clopperPearson(k, n int64, alpha float64) (low, high float64) {
	low, high = 0, 1
	if n == 0 {
		return low, high
	}
	if n > 100_000 { // as exact as the numbers are shown
		return wilson(k, n)
	}
	if k > 0 { // at least k of n are as likely as alpha/2
		low = bisect(func(p float64) bool { return 1-atMost(k-1, n, p) < alpha/2 })
	}
	if k < n { // at most k of n are as likely as alpha/2
		high = bisect(func(p float64) bool { return atMost(k, n, p) > alpha/2 })
	}
	return low, high
}

// wilson is the score interval of 95 % (Wilson 1927).
func wilson(k, n int64) (low, high float64) {
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m)) / (1 + z*z/m)
	return max(0, mid-half), min(1, mid+half)
}

// bisect returns where below, true of small numbers, turns false between 0 and 1.
func bisect(below func(float64) bool) float64 {
	lo, hi := 0.0, 1.0
	for range 60 {
		if mid := (lo + hi) / 2; below(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// atMost is the probability that at most k of n happen, each with probability p.
func atMost(k, n int64, p float64) float64 {
	switch {
	case p <= 0:
		return 1
	case p >= 1:
		if k >= n {
			return 1
		}
		return 0
	}
	all, _ := math.Lgamma(float64(n) + 1)
	sum := 0.0
	for i := range k + 1 {
		a, _ := math.Lgamma(float64(i) + 1)
		b, _ := math.Lgamma(float64(n-i) + 1)
		sum += math.Exp(all - a - b + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return min(1, sum)
}
