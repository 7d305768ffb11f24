//go:build purego || !amd64

package kernel

func moments16(x []float32) (squares, top float32) { return moments16Generic(x) }

func finish(y, o, l []float32, dim, wide int) { finishGeneric(y, o, l, dim, wide) }

func round16(q []int16, x []float32, by float32) { round16Generic(q, x, by) }

func softPage(a *Attention, masks []uint64, scales []float32) { softPageGeneric(a, masks, scales) }

func accumulate(o, t []float32, state []rowState, wide int) { accumulateGeneric(o, t, state, wide) }
