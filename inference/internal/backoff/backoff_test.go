package backoff

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
)

func TestJitterStaysBelowItsBounds(t *testing.T) {
	for n := range 100 {
		bound := time.Second
		if n < 4 {
			bound = 100 * time.Millisecond << n
		}
		var most time.Duration
		for range 200 {
			d := Jitter(100*time.Millisecond, time.Second, n)
			if d < 0 || d > bound {
				t.Fatalf("try %d: wait %v, want 0 to %v", n, d, bound)
			}
			most = max(most, d)
		}
		if most < bound/2 {
			t.Errorf("try %d: 200 waits of at most %v, want them spread up to %v", n, most, bound)
		}
	}
	if d := Jitter(0, 0, 3); d != 0 {
		t.Errorf("no base: wait %v, want none", d)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, header, value string
		want                time.Duration
		ok                  bool
	}{
		{"none", "X", "1", 0, false},
		{"seconds", "Retry-After", "7", 7 * time.Second, true},
		{"fraction", "Retry-After", " 0.5 ", 500 * time.Millisecond, true},
		{"milliseconds", "Retry-After-Ms", "250", 250 * time.Millisecond, true},
		{"date", "Retry-After", "Tue, 24 Nov 2026 10:00:30 GMT", 30 * time.Second, true},
		{"date gone by", "Retry-After", "Tue, 24 Nov 2026 09:00:30 GMT", 0, true},
		{"negative", "Retry-After", "-3", 0, false},
		{"words", "Retry-After", "soon", 0, false},
		{"no number", "Retry-After", "NaN", 0, false},
		{"absurd", "Retry-After", "1e300", 24 * time.Hour, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := RetryAfter(http.Header{c.header: {c.value}}, now)
			if got != c.want || ok != c.ok {
				t.Errorf("got %v %v, want %v %v", got, ok, c.want, c.ok)
			}
		})
	}
}

func TestSleepEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if err := Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if err := Sleep(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("no wait, ended context: got %v, want the context's error", err)
	}
	if err := Sleep(t.Context(), time.Microsecond); err != nil {
		t.Error(err)
	}
}
