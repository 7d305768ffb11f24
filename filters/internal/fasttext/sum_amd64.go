//go:build amd64 && !purego

package fasttext

// sum16 is plainSum16, with instructions that every amd64 has.
func sum16(x *[16]float32, data []float32, rows []int32) {
	if len(rows) > 0 && len(data) > 0 {
		sumRows16(x, &data[0], &rows[0], len(rows))
	}
}

//go:noescape
func sumRows16(x *[16]float32, data *float32, rows *int32, n int)
