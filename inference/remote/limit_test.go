package remote

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/inference/remote/remotetest"
)

func TestRequestsAMinute(t *testing.T) {
	e := remotetest.New(t)
	m := open(t, e, func(o *Options) { o.RPM = 1200 }) // one each 50 ms
	rs := make([]inference.Request, 9)
	for i := range rs {
		rs[i] = chat("x")
	}
	if _, err := m.Complete(t.Context(), rs); err != nil {
		t.Fatal(err)
	}
	calls := e.Calls("")
	if span := calls[8].At.Sub(calls[0].At); span < 380*time.Millisecond {
		t.Errorf("9 requests within %v, want them 50ms apart", span)
	}
}

func TestTokensAMinute(t *testing.T) {
	e := remotetest.New(t)
	m := open(t, e, func(o *Options) { o.TPM = 60_000 }) // 1000 a second
	r := chat("x")
	r.MaxTokens = 300
	begun := time.Now()
	for range 6 {
		one(t, m, r) // asks for 300 and takes about 12: what was not used is given back
	}
	if took := time.Since(begun); took > 700*time.Millisecond {
		t.Errorf("six small replies took %v: tokens that were not used count", took)
	}
	begun = time.Now()
	rs := []inference.Request{r, r, r, r, r, r, r, r}
	if _, err := m.Complete(t.Context(), rs); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took < 900*time.Millisecond {
		t.Errorf("eight requests of up to 305 tokens at once took %v, at 1000 tokens a second", took)
	}
}

func TestBucket(t *testing.T) {
	b := newBucket(1000, 10)
	if w := b.charge(10); w != 0 {
		t.Errorf("a full bucket: wait %v", w)
	}
	if w := b.charge(100); w < 95*time.Millisecond || w > 100*time.Millisecond {
		t.Errorf("100 beyond an empty bucket of 1000 a second: wait %v, want 100ms", w)
	}
	b.charge(-100)
	time.Sleep(15 * time.Millisecond)
	if w := b.charge(10); w != 0 {
		t.Errorf("given back and filled: wait %v", w)
	}
	var none *bucket
	if none.charge(5) != 0 || none.take(t.Context(), 5) != nil {
		t.Error("no bucket is a limit")
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	before := b.level
	if err := b.take(ctx, 1e6); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's end", err)
	}
	if b.charge(0); b.level < before {
		t.Errorf("level %g after a wait that was cancelled, want at least %g", b.level, before)
	}
}
