//go:build !purego

package kernel

// setIntFull quantises the full groups and returns the number of their columns.
func setIntFull(row []byte, x []float32, group int, f Format) int {
	groups := len(x) / group
	if groups == 0 || current < avx2 {
		return 0
	}
	minima := 0
	if f == Int4Min {
		minima = 1
	}
	_ = row[groups*(group+f.metaBytes())-1]
	if current >= avx512 {
		setInt512(&row[0], &x[0], groups, group, f.times(), minima)
	} else {
		setInt256(&row[0], &x[0], groups, group, f.times(), minima)
	}
	return groups * group
}

// setInt512 is [setIntGeneric] for a number of full groups, with AVX-512.
//
//go:noescape
func setInt512(row *byte, x *float32, groups, size, times, minima int)

// setInt256 is [setIntGeneric] for a number of full groups, with AVX2.
//
//go:noescape
func setInt256(row *byte, x *float32, groups, size, times, minima int)
