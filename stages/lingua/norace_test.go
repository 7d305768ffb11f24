//go:build !race

package lingua

const racing = false
