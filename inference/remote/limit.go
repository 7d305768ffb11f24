package remote

import (
	"context"
	"sync"
	"time"

	"github.com/winnow-data/winnow/inference/internal/backoff"
)

// A bucket is a token bucket that all goroutines share: it fills at rate a second up to burst, and whoever takes more than it holds waits until it has
// filled so far. golang.org/x/time/rate cannot take back what was reserved and not used, which an estimate of tokens needs.
type bucket struct {
	mu          sync.Mutex
	rate, burst float64
	level       float64 // below 0: promised to those who wait
	at          time.Time
}

func newBucket(rate, burst float64) *bucket {
	return &bucket{rate: rate, burst: burst, level: burst, at: time.Now()}
}

// take waits until n are there. A nil bucket has no limit.
func (b *bucket) take(ctx context.Context, n float64) error {
	if b == nil {
		return ctx.Err()
	}
	if err := backoff.Sleep(ctx, b.charge(n)); err != nil {
		b.charge(-n)
		return err
	}
	return nil
}

// charge takes n, or gives -n back, without waiting. It returns how long the bucket needs to fill up to 0.
func (b *bucket) charge(n float64) time.Duration {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.level = min(b.burst, b.level+now.Sub(b.at).Seconds()*b.rate) - n
	b.at = now
	if b.level >= 0 {
		return 0
	}
	return time.Duration(-b.level / b.rate * float64(time.Second))
}

// A gate holds all requests back until a time that the endpoint has set.
type gate struct {
	mu    sync.Mutex
	until time.Time
}

func (g *gate) shut(until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until.After(g.until) {
		g.until = until
	}
}

func (g *gate) pass(ctx context.Context) error {
	for {
		g.mu.Lock()
		wait := time.Until(g.until)
		g.mu.Unlock()
		if wait <= 0 {
			return ctx.Err()
		}
		if err := backoff.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}
