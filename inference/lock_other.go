//go:build !unix

package inference

import "os"

// lock takes an empty file only: without locks nobody knows whether the writer of another one still lives.
func lock(f *os.File) bool {
	st, err := f.Stat()
	return err == nil && st.Size() == 0
}
