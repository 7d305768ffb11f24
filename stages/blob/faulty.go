package blob

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync/atomic"
	"syscall"
	"time"
)

// ErrInjected is the error that a [Faulty] store returns by default.
var ErrInjected = errors.New("injected fault")

// A Plan says how a [Faulty] store fails. The zero Plan does not.
type Plan struct {
	FailAt  int64         // this call (1 = the first) of Open, Create, PutIfAbsent, List, Stat, Remove, ReadAt, Write or Commit fails; 0 = none
	Err     error         // what it fails with; nil = ErrInjected
	Stuck   bool          // every call from FailAt on fails
	Space   int64         // bytes that may be written until the disk is full; 0 = no limit
	Short   int           // a ReadAt of more bytes than this returns this many and io.ErrUnexpectedEOF, as a cut connection does; 0 = never
	Latency time.Duration // of each call
}

// Faulty returns a store that fails as planned.
func Faulty(s Store, p Plan) *FaultyStore { return &FaultyStore{s: s, plan: p} }

// A FaultyStore fails on purpose.
type FaultyStore struct {
	s     Store
	plan  Plan
	calls atomic.Int64
	bytes atomic.Int64
}

// Calls returns how many calls the store has seen, to choose a later FailAt from.
func (f *FaultyStore) Calls() int64 { return f.calls.Load() }

func (f *FaultyStore) call(ctx context.Context) error {
	if f.plan.Latency > 0 {
		t := time.NewTimer(f.plan.Latency)
		defer t.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
	}
	n := f.calls.Add(1)
	if f.plan.FailAt > 0 && (n == f.plan.FailAt || f.plan.Stuck && n > f.plan.FailAt) {
		if f.plan.Err != nil {
			return f.plan.Err
		}
		return ErrInjected
	}
	return nil
}

// fits takes n bytes of the space there is and returns how many fit.
func (f *FaultyStore) fits(n int) (int, error) {
	if f.plan.Space <= 0 {
		return n, nil
	}
	if over := f.bytes.Add(int64(n)) - f.plan.Space; over > 0 {
		f.bytes.Add(-min(over, int64(n)))
		return max(0, n-int(over)), syscall.ENOSPC
	}
	return n, nil
}

// Open implements [Store].
func (f *FaultyStore) Open(ctx context.Context, name string) (Object, error) {
	if err := f.call(ctx); err != nil {
		return nil, err
	}
	o, err := f.s.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	return &faultyObject{o, f, ctx}, nil
}

type faultyObject struct {
	Object
	f   *FaultyStore
	ctx context.Context
}

func (o *faultyObject) ReadAt(p []byte, off int64) (int, error) {
	if err := o.f.call(o.ctx); err != nil {
		return 0, err
	}
	if k := o.f.plan.Short; k > 0 && len(p) > k {
		n, err := o.Object.ReadAt(p[:k], off)
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		return n, err
	}
	return o.Object.ReadAt(p, off)
}

// Create implements [Store].
func (f *FaultyStore) Create(ctx context.Context, name string) (Writer, error) {
	if err := f.call(ctx); err != nil {
		return nil, err
	}
	w, err := f.s.Create(ctx, name)
	if err != nil {
		return nil, err
	}
	return &faultyWriter{w, f, ctx}, nil
}

type faultyWriter struct {
	Writer
	f   *FaultyStore
	ctx context.Context
}

func (w *faultyWriter) Write(p []byte) (int, error) {
	if err := w.f.call(w.ctx); err != nil {
		return 0, err
	}
	k, full := w.f.fits(len(p))
	n, err := w.Writer.Write(p[:k])
	return n, errors.Join(err, full)
}

func (w *faultyWriter) Commit() error {
	if err := w.f.call(w.ctx); err != nil {
		return err
	}
	return w.Writer.Commit()
}

// PutIfAbsent implements [Store].
func (f *FaultyStore) PutIfAbsent(ctx context.Context, name string, data []byte) error {
	if err := f.call(ctx); err != nil {
		return err
	}
	if _, err := f.fits(len(data)); err != nil {
		return err
	}
	return f.s.PutIfAbsent(ctx, name, data)
}

// List implements [Store].
func (f *FaultyStore) List(ctx context.Context, prefix string) iter.Seq2[Entry, error] {
	if err := f.call(ctx); err != nil {
		return failed(err)
	}
	return f.s.List(ctx, prefix)
}

// Stat implements [Store].
func (f *FaultyStore) Stat(ctx context.Context, name string) (Entry, error) {
	if err := f.call(ctx); err != nil {
		return Entry{}, err
	}
	return f.s.Stat(ctx, name)
}

// Remove implements [Store].
func (f *FaultyStore) Remove(ctx context.Context, name string) error {
	if err := f.call(ctx); err != nil {
		return err
	}
	return f.s.Remove(ctx, name)
}
