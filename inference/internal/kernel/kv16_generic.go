package kernel

import (
	"math"
	"unsafe"
)

// moments16Generic adds the squares of x to the lanes of acc, and takes the greatest absolute values to those of m.
func moments16Generic(acc, m *[lanes]float32, x []float32) {
	for i, v := range x {
		acc[i%lanes] = fma32(v, v, acc[i%lanes])
		if v = float32(math.Abs(float64(v))); v > m[i%lanes] {
			m[i%lanes] = v
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
			out[r*Page+j] = sum
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

// softPageGeneric turns the scores of a page into weights: scales holds those of keys, then those of values.
func softPageGeneric(a *Attention, masks []uint64, scales []float32) {
	s := asInts(a.s)
	var x [Page]float32
	for r := range a.state {
		st := &a.state[r]
		before := st.max
		for j := range x {
			x[j] = negInf
			if masks[r]>>j&1 != 0 {
				x[j] = float32(s[r*Page+j]) * scales[j]
			}
			if x[j] > st.max {
				st.max = x[j]
			}
		}
		st.decay = exp32(float32(before-st.max) * st.scale)
		var sum, weight [lanes]float32
		for j := range x {
			e := exp32(float32(x[j]-st.max) * st.scale)
			sum[j%lanes] += e
			x[j] = 0
			if masks[r]>>j&1 != 0 {
				x[j] = e * scales[Page+j]
			}
			weight[j%lanes] += x[j]
		}
		for i, l := range a.l[r*lanes : (r+1)*lanes] {
			a.l[r*lanes+i] = fma32(l, st.decay, sum[i])
		}
		total := tree(&weight)
		st.unit = total * float32(1.0/kvTop)
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
