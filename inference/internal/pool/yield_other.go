//go:build !(amd64 || arm64) || purego

package pool

import (
	"runtime"
	"time"
)

// procyield gives other goroutines a turn: without assembly there is no PAUSE.
func procyield(uint32) { runtime.Gosched() }

// roundsIn returns how many rounds of waiting last about d, at a tenth of a microsecond for a Gosched that finds nothing to do.
func roundsIn(d time.Duration) int32 { return int32(max(d/(100*time.Nanosecond), 2*spinLeft)) }
