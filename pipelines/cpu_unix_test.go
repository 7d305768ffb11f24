//go:build unix

package pipelines_test

import (
	"syscall"
	"time"
)

// processorTime returns the processor time that this process has used: what a benchmark on a shared machine can be compared by.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
