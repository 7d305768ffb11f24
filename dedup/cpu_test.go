//go:build unix

package dedup_test

import (
	"syscall"
	"testing"
	"time"
)

// cpuTime returns the processor time of the process so far. Beside other work it tells more than the clock.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// reportCPU reports megabytes of text for each second of processor time since start.
func reportCPU(b *testing.B, start time.Duration, bytes int64) {
	b.ReportMetric(float64(bytes)*float64(b.N)/1e6/(cpuTime(b)-start).Seconds(), "cpu-MB/s")
}
