package inference

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// hanging answers one request and then nothing more.
type hanging struct{ parrot }

func (h *hanging) CompleteEach(ctx context.Context, rs []Request, done func(i int, r Reply)) error {
	done(0, Reply{Text: "paid", In: 1, Out: 1})
	<-ctx.Done()
	return ctx.Err()
}

// A reply is on the disk two seconds after it came, even where the next one of its batch never comes.
func TestRecordWritesWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		s := openStore(t, dir, "t")
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		rs := []Request{{Prompt: "a"}, {Prompt: "b"}}
		go func() {
			_, err := Record(&hanging{parrot{name: "p"}}, s).Complete(ctx, rs)
			ended <- err
		}()
		for _, c := range []struct {
			after time.Duration
			want  bool
		}{{0, false}, {flushTime + time.Millisecond, true}} {
			time.Sleep(c.after)
			synctest.Wait()
			reader := openStore(t, dir, "")
			r, found, err := reader.Find("p", rs[0].Hash())
			if err != nil || found != c.want || found && r.Text != "paid" {
				t.Errorf("after %v: reply %+v, found %v, %v, want found %v", c.after, r, found, err, c.want)
			}
			if err := reader.Close(); err != nil {
				t.Fatal(err)
			}
		}
		s.syncing.Lock()
		if s.synced == 0 || s.synced != s.written {
			t.Errorf("%d of %d bytes are known to be on the disk", s.synced, s.written)
		}
		s.syncing.Unlock()
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
