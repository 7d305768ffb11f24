// Package remote holds what stores behind a network share: one back-off for all workers ([Pacer]), and reading an object in blocks
// ahead of who reads it ([Object]).
package remote

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/winnow-data/winnow/stages/blob"
)

// A Fault says what an error of a request means.
type Fault struct {
	Kind  string        // "" for one that trying again will not mend
	Slow  bool          // the server asks all to slow down
	After time.Duration // that the server asks to wait; 0 where it does not say
}

// A Pacer makes requests again that failed because of the world. Its back-off is shared: when the server asks one worker to slow
// down, all wait. It is safe for concurrent use.
type Pacer struct {
	Judge func(error) Fault
	// Patience is how long a request is tried before its error stands; Doubt the same until the first has succeeded, for an address that is wrong.
	Patience, Doubt time.Duration
	Base, Limit     time.Duration // of the waits

	mu    sync.Mutex
	level int       // how often the server has asked to slow down, less what went well since
	until time.Time // nobody asks before
	well  bool      // a request has succeeded
}

// NewPacer returns a pacer that waits for servers that come back within five minutes.
func NewPacer(judge func(error) Fault) *Pacer {
	return &Pacer{Judge: judge, Patience: 5 * time.Minute, Doubt: 10 * time.Second, Base: 100 * time.Millisecond, Limit: 20 * time.Second}
}

// Pacers has a pacer for every server.
type Pacers struct {
	judge func(error) Fault
	mu    sync.Mutex
	m     map[string]*Pacer
}

// NewPacers returns pacers that judge errors alike.
func NewPacers(judge func(error) Fault) *Pacers {
	return &Pacers{judge: judge, m: map[string]*Pacer{}}
}

// For returns the pacer of a server.
func (p *Pacers) For(server string) *Pacer {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.m[server] == nil {
		p.m[server] = NewPacer(p.judge)
	}
	return p.m[server]
}

// Do calls try until it succeeds, its error is one that trying again will not mend, or patience ends.
func (p *Pacer) Do(ctx context.Context, try func(context.Context) error) error {
	start := time.Now()
	for n := 1; ; n++ {
		if err := p.wait(ctx); err != nil {
			return err
		}
		err := try(ctx)
		if err == nil {
			p.succeeded()
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f := p.Judge(err)
		if f.Kind == "" {
			return err
		}
		if time.Since(start) > p.patience() {
			return fmt.Errorf("given up after %d tries in %.0f s: %w", n, time.Since(start).Seconds(), err)
		}
		blob.Retried(ctx, f.Kind)
		pause := max(f.After, rand.N(min(p.Limit, p.Base<<min(n, 20))+1))
		if f.Slow {
			p.slowDown(f.After)
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// wait waits until the server wants requests again.
func (p *Pacer) wait(ctx context.Context) error {
	p.mu.Lock()
	d := time.Until(p.until)
	p.mu.Unlock()
	return sleep(ctx, d)
}

// slowDown makes all wait, the longer the more often it comes.
func (p *Pacer) slowDown(after time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.level = min(p.level+1, 20)
	until := time.Now().Add(max(after, rand.N(min(p.Limit, p.Base<<p.level)+1)))
	if until.After(p.until) {
		p.until = until
	}
}

func (p *Pacer) succeeded() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.well = true
	p.level = max(0, p.level-1)
}

func (p *Pacer) patience() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.well {
		return p.Patience
	}
	return min(p.Patience, p.Doubt)
}

// sleep waits, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
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
