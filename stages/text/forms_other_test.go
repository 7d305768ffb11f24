//go:build !amd64 || purego

package text

import "testing"

// eachForm runs a test with every form of the kernels that the machine has.
func eachForm(t *testing.T, f func(t *testing.T)) { t.Run("generic", f) }
