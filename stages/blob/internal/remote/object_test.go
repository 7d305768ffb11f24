package remote

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/winnow-data/winnow/stages/blob"
)

func whole(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i>>16) ^ byte(i>>8) ^ byte(i)
	}
	return p
}

func object(t *testing.T, data []byte, asked *atomic.Int64) *Object {
	o := NewObject(t.Context(), "o", int64(len(data)), "v", bytes.Clone(data[:min(len(data), Small)]), func(_ context.Context, p []byte, off int64) error {
		asked.Add(1)
		copy(p, data[off:])
		return nil
	})
	t.Cleanup(func() { o.Close() })
	return o
}

// Whatever is read in whatever order, the bytes are the object's.
func TestAnyReads(t *testing.T) {
	data := whole(3*Large + 4321)
	var asked atomic.Int64
	o := object(t, data, &asked)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(w)))
			for range 200 {
				p := make([]byte, 1+r.IntN(1<<r.IntN(22)))
				off := r.Int64N(int64(len(data)))
				n, err := o.ReadAt(p, off)
				want := data[off:min(off+int64(len(p)), int64(len(data)))]
				if !bytes.Equal(p[:n], want) || (err == io.EOF) != (len(want) < len(p)) || err != nil && err != io.EOF {
					t.Errorf("%d bytes at %d: got %d, %v", len(p), off, n, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// From front to back an object is asked for in large blocks, each once.
func TestFrontToBack(t *testing.T) {
	data := whole(5*Large + 100)
	var asked atomic.Int64
	o := object(t, data, &asked)
	got, err := io.ReadAll(io.NewSectionReader(o, 0, o.Size()))
	if err != nil || !bytes.Equal(got, data) {
		t.Fatalf("got %d bytes, %v", len(got), err)
	}
	if n := asked.Load(); n != 5 {
		t.Errorf("asked %d times, want 5", n)
	}
}

func TestErrorsAreNotKept(t *testing.T) {
	fails := true
	o := NewObject(t.Context(), "o", Small+10, "v", make([]byte, Small), func(context.Context, []byte, int64) error {
		if fails {
			return fs.ErrPermission
		}
		return nil
	})
	p := make([]byte, 10)
	if _, err := o.ReadAt(p, Small); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v", err)
	}
	fails = false
	if n, err := o.ReadAt(p, Small); n != 10 || err != nil {
		t.Errorf("the second time: got %d, %v", n, err)
	}
	before := held.Load()
	o.Close()
	if held.Load() >= before {
		t.Errorf("%d bytes are held after Close, %d before", held.Load(), before)
	}
	if _, err := o.ReadAt(p, 0); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("after Close: got %v", err)
	}
}

var errBusy = errors.New("busy")

// When one is told to slow down, all wait.
func TestSlowDownIsShared(t *testing.T) {
	p := NewPacer(func(err error) Fault {
		if errors.Is(err, errBusy) {
			return Fault{Kind: "throttled", Slow: true, After: 100 * time.Millisecond}
		}
		return Fault{}
	})
	ctx, retries := blob.CountRetries(t.Context())
	told := make(chan time.Time, 1)
	go func() {
		first := true
		_ = p.Do(ctx, func(context.Context) error {
			if first {
				first = false
				told <- time.Now()
				return errBusy
			}
			return nil
		})
	}()
	at := <-told
	time.Sleep(10 * time.Millisecond)
	if err := p.Do(ctx, func(context.Context) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(at); waited < 95*time.Millisecond {
		t.Errorf("the other request went out after %v, want 100ms", waited)
	}
	if n := retries.Counts()["throttled"]; n != 1 {
		t.Errorf("%d retries were counted, want 1", n)
	}
	if err := p.Do(ctx, func(context.Context) error { return fs.ErrNotExist }); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an error that waiting does not mend: got %v", err)
	}
}

func TestPatienceEnds(t *testing.T) {
	p := NewPacer(func(error) Fault { return Fault{Kind: "connection"} })
	p.Base, p.Limit, p.Patience, p.Doubt = time.Millisecond, time.Millisecond, time.Hour, 20*time.Millisecond
	if err := p.Do(t.Context(), func(context.Context) error { return errBusy }); !errors.Is(err, errBusy) {
		t.Errorf("an address that never answered: got %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	p.succeeded()
	if err := p.Do(ctx, func(context.Context) error { return errBusy }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a caller who goes: got %v", err)
	}
}
