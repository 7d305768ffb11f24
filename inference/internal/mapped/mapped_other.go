//go:build !unix

package mapped

import (
	"fmt"
	"os"
)

// File reads a whole file into memory. The data stays valid for as long as something refers to it.
func File(path string) (data []byte, release func() error, err error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("read %s: it is no regular file", path)
	}
	data, err = os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	return data, func() error { return nil }, nil
}

// Huge returns n zero bytes from the heap.
func Huge(n int) []byte {
	if n <= 0 {
		return nil
	}
	return make([]byte, n)
}

// Free leaves data to the garbage collector.
func Free([]byte) {}

// DontNeed does nothing: the data is no mapped file.
func DontNeed([]byte) {}
