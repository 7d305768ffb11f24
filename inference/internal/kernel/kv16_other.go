//go:build purego || !amd64

package kernel

func moments16(acc, m *[lanes]float32, x []float32) { moments16Generic(acc, m, x) }

func round16(q []int16, x []float32, by float32) { round16Generic(q, x, by) }

func softPage(a *Attention, masks []uint64, scales []float32) { softPageGeneric(a, masks, scales) }

func accumulate(o, t []float32, state []rowState, wide int) { accumulateGeneric(o, t, state, wide) }
