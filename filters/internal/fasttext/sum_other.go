//go:build !amd64 || purego

package fasttext

func sum16(x *[16]float32, data []float32, rows []int32) { plainSum16(x, data, rows) }
