//go:build !purego

package kernel

// setIntFull quantises the full groups and returns the number of their columns.
func setIntFull(row []byte, x []float32, group int, f Format) int {
	groups, size := len(x)/group, group+f.metaBytes()
	if groups == 0 || current < avx2 {
		return 0
	}
	minima := 0
	if f.minima() {
		minima = 1
	}
	row, x = row[:groups*size], x[:groups*group]
	switch {
	case group == 16 && current < avx512:
		setInt256x16(&row[0], &x[0], groups, f.times(), minima)
	case group == 16:
		setInt512x16(&row[0], &x[0], groups, f.times(), minima)
	case current < avx512:
		setInt256(&row[0], &x[0], groups, group, f.times(), minima)
	case group > 32:
		setInt512(&row[0], &x[0], groups, group, f.times(), minima)
	default:
		setFours(row, x, groups, f.times(), minima)
	}
	return groups * group
}

// setFours quantises groups of 32 columns, four at a time where they have nothing special.
func setFours(row []byte, x []float32, groups, times, minima int) {
	size := len(row) / groups
	for groups > 0 {
		if fours := groups / 4; fours > 0 {
			done := 4 * (fours - setInt512x4(&row[0], &x[0], fours, size, times, minima))
			if row, x, groups = row[done*size:], x[done*32:], groups-done; groups == 0 {
				return
			}
		}
		n := min(4, groups)
		setInt512(&row[0], &x[0], n, 32, times, minima)
		row, x, groups = row[n*size:], x[n*32:], groups-n
	}
}

// setInt512 is [setIntGeneric] for a number of full groups, with AVX-512.
//
//go:noescape
func setInt512(row *byte, x *float32, groups, size, times, minima int)

// setInt512x4 is setInt512 for groups of 32 columns, in fours; size is the bytes of a group in row. It stops at the first four that hold a zero
// scale or a NaN and returns how many fours are left.
//
//go:noescape
func setInt512x4(row *byte, x *float32, fours, size, times, minima int) (rest int)

// setInt256 is [setIntGeneric] for a number of full groups, with AVX2.
//
//go:noescape
func setInt256(row *byte, x *float32, groups, size, times, minima int)

// setInt512x16 is setInt512 for groups of 16 columns.
//
//go:noescape
func setInt512x16(row *byte, x *float32, groups, times, minima int)

// setInt256x16 is setInt256 for groups of 16 columns.
//
//go:noescape
func setInt256x16(row *byte, x *float32, groups, times, minima int)
