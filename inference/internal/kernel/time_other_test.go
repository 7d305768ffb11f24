//go:build !unix

package kernel

import "time"

var began = time.Now()

// cpuTime returns the seconds since the start.
func cpuTime() float64 { return time.Since(began).Seconds() }
