//go:build purego || !amd64

package kernel

// setIntFull leaves all groups to [setIntGeneric].
func setIntFull([]byte, []float32, int, Format) int { return 0 }

func extremes(x []float32) (low, high float32) { return extremesGeneric(x) }

func roundTo(q []byte, x []float32, m, inverse, low, high float32) {
	roundGeneric(q, x, m, inverse, low, high)
}

func sumMoments(x []float32, m, inverse, low, high float32) moments {
	return momentsGeneric(x, m, inverse, low, high)
}
