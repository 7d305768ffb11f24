package kernel

func scoresGeneric(s []float32, sStride int, q []float32, qStride, rows int, kpage []float32, n, dim int) {
	for r := range rows {
		row := q[r*qStride : r*qStride+dim]
		out := s[r*sStride : r*sStride+n]
		for j := range out {
			k := kpage[j/16*16*dim+j%16:]
			var c float32
			for d, v := range row {
				c = fma32(v, k[d*16], c)
			}
			out[j] = c
		}
	}
}

func weighGeneric(o []float32, oStride int, p []float32, pStride, rows int, vpage []float32, n, dim int) {
	for r := range rows {
		out := o[r*oStride : r*oStride+dim]
		for j, w := range p[r*pStride : r*pStride+n] {
			for d, v := range vpage[j*dim : (j+1)*dim] {
				out[d] = fma32(w, v, out[d])
			}
		}
	}
}
