//go:build !unix

package synth

import "time"

var began = time.Now()

// processTime returns the time since the tests began: elsewhere the CPU time of a process is not asked for.
func processTime() time.Duration { return time.Since(began) }
