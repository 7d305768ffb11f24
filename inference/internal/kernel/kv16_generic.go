package kernel

import (
	"math"
	"unsafe"
)

// moments16Generic returns the sum of the squares and the greatest absolute value.
func moments16Generic(x []float32) (squares, top float32) {
	var acc [lanes]float32
	for i, v := range x {
		acc[i%lanes] = fma32(v, v, acc[i%lanes])
		if v = float32(math.Abs(float64(v))); v > top {
			top = v
		}
	}
	return tree(&acc), top
}

// finishGeneric divides the sums by the sums of exponentials. A sum that decayed to -0 becomes +0 on the next page, if
// other rows have one; adding 0 makes it so in any case.
func finishGeneric(y, o, l []float32, dim, wide int) {
	var zero float32
	for r := range len(l) / lanes {
		sum := tree((*[lanes]float32)(l[r*lanes:]))
		for d, v := range o[r*wide:][:dim] {
			y[r*dim+d] = v/sum + zero
		}
	}
}

func round16Generic(q []int16, x []float32, by float32) {
	for i, v := range x {
		q[i] = int16Of(v * by)
	}
}

// int16Of rounds to nearest even and saturates; what is no number or beyond int32 becomes the least value, as x86 has it.
func int16Of(v float32) int16 {
	if !(v < 1<<31 && v >= -1<<31) {
		return math.MinInt16
	}
	return int16(max(math.MinInt16, min(math.MaxInt16, math.RoundToEven(float64(v)))))
}

func asInts(f []float32) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(f))), len(f))
}

func scores16Generic(s []float32, q []int16, rows int, page []byte, n, dim int) {
	out := asInts(s)
	k := unsafe.Slice((*int16)(unsafe.Pointer(&page[0])), Page*dim)
	for r := range rows {
		for j := range n {
			at := j/16*16*dim + j%16*2
			var sum int32
			for d, v := range q[r*dim : (r+1)*dim] {
				sum += int32(v) * int32(k[at+d/2*32+d%2])
			}
			out[r*scoreStride+j] = sum
		}
	}
}

func weigh16Generic(t []float32, wide int, p []int16, rows int, values []byte, n, dim int) {
	out := asInts(t)
	v := unsafe.Slice((*int16)(unsafe.Pointer(&values[0])), Page*dim)
	for r := range rows {
		for d := range dim {
			var sum int32
			for j, w := range p[r*Page : r*Page+n] {
				sum += int32(w) * int32(v[j/2*2*dim+d*2+j%2])
			}
			out[r*wide+d] = sum
		}
	}
}

// The coefficients of 2^x = 1 + d1·x + ... for |x| ≤ 1/2, interpolated at the Chebyshev nodes.
const (
	exp2Low = -150 // below it the result is 0
	exp2D1  = 0.6931367516517639
	exp2D2  = 0.24022530019283295
	exp2D3  = 0.05583828315138817
	exp2D4  = 0.009656710550189018
)

// exp2of returns 2^x for x at most a little above 0, with a relative error of 7e-6: a quarter of what rounding weights to 15
// bits costs.
func exp2of(x float32) float32 {
	if exp2Low > x {
		x = exp2Low
	}
	t := x + expMagic
	n := t - expMagic
	x -= n
	p := fma32(exp2D4, x, exp2D3)
	p = fma32(p, x, exp2D2)
	p = fma32(p, x, exp2D1)
	p = fma32(p, x, 1)
	return power(p, t)
}

// Products are converted to float32 by name, so that no compiler fuses them with the sum they go to.

// softPageGeneric turns the scores of a page into weights: scales holds those of keys, then those of values.
func softPageGeneric(a *Attention, masks []uint64, scales []float32) {
	s := asInts(a.s)
	var x [Page]float32
	for r := range a.state {
		st := &a.state[r]
		for j := range x {
			x[j] = negInf
			if masks[r]>>j&1 != 0 {
				x[j] = float32(float32(s[r*scoreStride+j]) * scales[j])
			}
			if x[j] > st.max {
				st.max = x[j]
			}
		}
		before := st.top
		st.top = float32(st.max * st.scale)
		st.decay = 1
		if before != st.top {
			st.decay = exp2of(before - st.top)
		}
		var sum, weight [lanes]float32
		for j := range x {
			e := exp2of(fma32(x[j], st.scale, -st.top))
			sum[j%lanes] += e
			x[j] = 0
			if masks[r]>>j&1 != 0 {
				x[j] = float32(e * scales[Page+j])
			}
			weight[j%lanes] += x[j]
		}
		for i, l := range a.l[r*lanes : (r+1)*lanes] {
			a.l[r*lanes+i] = fma32(l, st.decay, sum[i])
		}
		total := tree(&weight)
		st.unit = float32(total * float32(1.0/kvTop))
		if !(total > kvTiny) {
			total = kvTiny
		}
		round16Generic(a.p[r*Page:(r+1)*Page], x[:], kvTop/total)
	}
}

// accumulateGeneric adds the products of a page, wide for each row, to the sums.
func accumulateGeneric(o, t []float32, state []rowState, wide int) {
	v := asInts(t)
	for r, st := range state {
		for i := r * wide; i < (r+1)*wide; i++ {
			o[i] = fma32(o[i], st.decay, float32(float32(v[i])*st.unit))
		}
	}
}
