// Package backoff says how long to wait before the next try of a request over a network.
package backoff

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Jitter is the wait before try n+1, n counted from 0: uniform between 0 and base doubled n times, at most limit ("full jitter": many clients that
// failed together do not come back together; Brooker, Exponential Backoff And Jitter, 2015).
func Jitter(base, limit time.Duration, n int) time.Duration {
	most := limit
	if n < 30 && base<<n < limit && base<<n > 0 {
		most = base << n
	}
	if most <= 0 {
		return 0
	}
	return rand.N(most + 1)
}

// RetryAfter is the wait that a server asks for: header retry-after-ms, or Retry-After in seconds or as a date (RFC 9110, 10.2.3). ok says whether it asks.
func RetryAfter(h http.Header, now time.Time) (wait time.Duration, ok bool) {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms >= 0 {
		return duration(ms / 1e3), true
	}
	v := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(v, 64); err == nil && s >= 0 {
		return duration(s), true
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}

// duration is s seconds, at most a day: what no caller waits for anyway.
func duration(s float64) time.Duration {
	return time.Duration(min(s, 86_400) * float64(time.Second))
}

// Sleep waits for d, or until ctx ends: then it returns ctx's error.
func Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
