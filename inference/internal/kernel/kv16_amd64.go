//go:build !purego

package kernel

func moments16(x []float32) (squares, top float32) {
	if len(x)%lanes != 0 || len(x) == 0 || current < avx2 {
		return moments16Generic(x)
	}
	if current >= avx512 {
		return moments16AVX512(&x[0], len(x))
	}
	return moments16AVX2(&x[0], len(x))
}

func finish(y, o, l []float32, dim, wide int) {
	run := finishAVX2
	switch {
	case dim != wide || current < avx2:
		finishGeneric(y, o, l, dim, wide)
		return
	case current >= avx512:
		run = finishAVX512
	}
	run(&y[0], &o[0], &l[0], dim, len(l)/lanes)
}

func round16(q []int16, x []float32, by float32) {
	n := whole(len(x))
	switch {
	case n == 0:
	case current >= avx512:
		round16AVX512(&q[0], &x[0], by, n)
	default:
		round16AVX2(&q[0], &x[0], by, n)
	}
	round16Generic(q[n:], x[n:], by)
}

func softPage(a *Attention, masks []uint64, scales []float32) {
	run := softPageAVX2
	if current >= avx512 {
		run = softPageAVX512
	}
	run(&a.s[0], &a.p[0], &a.l[0], &a.state[0], &masks[0], &scales[0], len(a.state))
}

func accumulate(o, t []float32, state []rowState, wide int) {
	run := accumulateAVX2
	if current >= avx512 {
		run = accumulateAVX512
	}
	run(&o[0], &t[0], &state[0], wide, len(state))
}
