package blob

import (
	"context"
	"maps"
	"sync"
)

// Retries counts the requests to remote stores that were made again, by what was wrong: "throttled", "server error", "timeout",
// "connection", "cut short". It is safe for concurrent use.
type Retries struct {
	mu sync.Mutex
	n  map[string]int64
}

type retriesKey struct{}

// CountRetries returns a context whose requests are counted.
func CountRetries(ctx context.Context) (context.Context, *Retries) {
	r := &Retries{n: map[string]int64{}}
	return context.WithValue(ctx, retriesKey{}, r), r
}

// Retried counts one request of ctx, if somebody counts them.
func Retried(ctx context.Context, kind string) {
	if r, ok := ctx.Value(retriesKey{}).(*Retries); ok {
		r.mu.Lock()
		r.n[kind]++
		r.mu.Unlock()
	}
}

// Counts returns what has been counted so far, nil for nothing.
func (r *Retries) Counts() map[string]int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.n) == 0 {
		return nil
	}
	return maps.Clone(r.n)
}
