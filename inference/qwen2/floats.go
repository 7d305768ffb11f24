package qwen2

import "unsafe"

// This file encapsulates usage of unsafe.

// floatsOf views memory from mapped.Huge, which is aligned and outside Go's heap, as float32.
func floatsOf(b []byte) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/4)
}
