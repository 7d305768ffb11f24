package pool

import "sync/atomic"

// A parking is where one goroutine sleeps until another wakes it.
type parking struct {
	asleep atomic.Bool
	wake   chan struct{} // holds one token for each asleep that was cleared by unpark
	_      [112]byte
}

// park sleeps until unpark, or not at all where still is false. Who makes still false must call unpark afterwards.
func (p *parking) park(still func() bool) {
	p.asleep.Store(true)
	if !still() && p.asleep.CompareAndSwap(true, false) {
		return
	}
	<-p.wake
}

// unpark wakes the sleeper, if there is one. It never blocks.
func (p *parking) unpark() {
	if p.asleep.Load() && p.asleep.CompareAndSwap(true, false) {
		p.wake <- struct{}{}
	}
}
