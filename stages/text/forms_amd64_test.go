//go:build amd64 && !purego

package text

import "testing"

// eachForm runs a test with every form of the kernels that the machine has.
func eachForm(t *testing.T, f func(t *testing.T)) {
	best := useAVX2
	defer func() { useAVX2 = best }()
	if best {
		t.Run("avx2", f)
	}
	useAVX2 = false
	t.Run("generic", f)
}
