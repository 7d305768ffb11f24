//go:build !linux

package extract

import "time"

// A clock tells the time since it was made: here the CPU time of a single thread is not to be had.
type clock struct{ start time.Time }

func startClock() clock { return clock{time.Now()} }

func (c clock) used() time.Duration { return time.Since(c.start) }
