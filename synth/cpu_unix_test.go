//go:build unix

package synth

import (
	"syscall"
	"time"
)

// processTime returns the CPU time that the process has used, which neighbours on the machine do not change.
func processTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
