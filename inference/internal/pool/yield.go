//go:build (amd64 || arm64) && !purego

package pool

import "time"

// procyield tells the core n times that the thread is waiting: PAUSE, YIELD. A sibling thread runs meanwhile and the core saves power.
//
//go:noescape
func procyield(n uint32)

// roundsIn returns how many rounds of waiting last d, by trying; PAUSE takes from 4 (Zen) to 140 (Skylake) cycles.
func roundsIn(d time.Duration) int32 {
	const try = 200
	best := time.Duration(1 << 62)
	for range 3 {
		begin := time.Now()
		for range try {
			procyield(pause)
		}
		best = min(best, max(time.Since(begin), 1))
	}
	return int32(max(d*try/best, 2*spinLeft))
}
