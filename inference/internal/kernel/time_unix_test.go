//go:build unix

package kernel

import "golang.org/x/sys/unix"

// cpuTime returns the CPU seconds of this process so far.
func cpuTime() float64 {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
