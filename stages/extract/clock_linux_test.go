package extract

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// TestClock checks that the clock of a thread counts its work, not its sleep, and can be read from another.
func TestClock(t *testing.T) {
	var stop atomic.Bool
	started := make(chan clock)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		c := startClock()
		started <- c
		started <- c
		for !stop.Load() {
		}
	}()
	c := <-started
	time.Sleep(200 * time.Millisecond) // it waits to send
	if u := c.used(); u > 100*time.Millisecond {
		t.Errorf("asleep for 200 ms the thread used %v", u)
	}
	<-started
	for deadline := time.Now().Add(time.Minute); c.used() < 20*time.Millisecond; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("at work for a minute the thread used %v", c.used())
		}
	}
	stop.Store(true)
}
