package extract

import (
	"time"

	"golang.org/x/sys/unix"
)

// A clock tells how much CPU time a thread has used since the clock was made.
type clock struct {
	id    int32
	start time.Duration
}

// startClock makes a clock of the thread that calls it, which must be locked to its goroutine.
func startClock() clock {
	// The kernel's MAKE_THREAD_CPUCLOCK(tid, CPUCLOCK_SCHED), which pthread_getcpuclockid(3) returns.
	c := clock{id: ^int32(unix.Gettid())<<3 | 6}
	c.start = c.read()
	return c
}

func (c clock) read() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(c.id, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// used may be called from any thread.
func (c clock) used() time.Duration { return c.read() - c.start }
