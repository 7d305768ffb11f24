//go:build !amd64 || purego

package shard

func plain(b []byte, i int) (end int, esc, high bool) { return plainGeneric(b, i) }
