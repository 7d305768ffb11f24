package s3

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/blobtest"
)

// minio-go rests after a failed request even when it is not to make it again.
func init() { minio.DefaultRetryUnit = time.Millisecond }

// hasty returns a store that does not wait long, behind a proxy.
func hasty(t *testing.T, srv *blobtest.Server, plan func(int64, *http.Request) blobtest.Trouble) (*Store, *blobtest.Proxy) {
	p := blobtest.NewProxy(t, srv.Addr, plan)
	srv.Setenv(t, p.Addr)
	s := open(t, t.Name())
	s.c.stall, s.c.pacer.Base, s.c.pacer.Limit = 200*time.Millisecond, 2*time.Millisecond, 50*time.Millisecond
	s.c.pacer.Patience, s.c.pacer.Doubt = 20*time.Second, 20*time.Second
	return s, p
}

func noise(n int) []byte {
	r := rand.NewChaCha8([32]byte{1})
	p := make([]byte, n)
	_, _ = r.Read(p) // never fails
	return p
}

// readAll reads an object from front to back in odd steps.
func readAll(ctx context.Context, s blob.Store, name string) ([]byte, error) {
	o, err := s.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	return io.ReadAll(io.LimitReader(io.NewSectionReader(o, 0, o.Size()), 1<<30))
}

// Whatever the network does, the bytes are the same.
func TestTroubleChangesNoByte(t *testing.T) {
	want := noise(PartSize + 12345)
	troubles := map[string]blobtest.Trouble{
		"none":         {},
		"503":          {Status: http.StatusServiceUnavailable},
		"429":          {Status: http.StatusTooManyRequests},
		"500":          {Status: http.StatusInternalServerError},
		"reset":        {Reset: true},
		"lost answers": {Lose: true},
		"cut at once":  {Cut: 1},
		"cut late":     {Cut: 200_000},
		"stalled":      {Stall: 500 * time.Millisecond},
	}
	eachServer(t, func(t *testing.T, srv *blobtest.Server) {
		for name, trouble := range troubles {
			t.Run(name, func(t *testing.T) {
				if testing.Short() && name != "lost answers" && name != "cut late" && name != "503" {
					t.Skip("three of these are enough with -short")
				}
				s, p := hasty(t, srv, func(n int64, _ *http.Request) blobtest.Trouble {
					if n%3 == 0 {
						return blobtest.Trouble{}
					}
					return trouble
				})
				ctx, retries := blob.CountRetries(t.Context())
				if err := blob.Put(ctx, s, "big", want); err != nil {
					t.Fatal(err)
				}
				if got, err := readAll(ctx, s, "big"); err != nil || !bytes.Equal(got, want) {
					t.Fatalf("got %d bytes, %v; want the %d that were written", len(got), err, len(want))
				}
				if err := s.PutIfAbsent(ctx, "marker", []byte("done")); err != nil {
					t.Error(err)
				}
				if err := s.PutIfAbsent(ctx, "marker", []byte("again")); !errors.Is(err, blob.ErrExists) {
					t.Errorf("second put: got %v, want ErrExists", err)
				}
				var names []string
				for e, err := range s.List(ctx, "") {
					if err != nil {
						t.Fatal(err)
					}
					names = append(names, e.Name)
				}
				if got := strings.Join(names, " "); got != "big marker" {
					t.Errorf("list: got %q", got)
				}
				_, troubled := p.Requests()
				if n := retries.Counts(); (len(n) == 0) != (name == "none") || troubled == 0 && name != "none" {
					t.Errorf("retries: got %v, after trouble with %d requests", n, troubled)
				}
				if n, err := s.Sweep(ctx, ""); err != nil || n > 0 && name != "lost answers" && name != "cut at once" {
					t.Errorf("%d uploads were left, %v", n, err)
				}
			})
		}
	})
}

func TestChangeWhileReadIsAnError(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *blobtest.Server) {
		lie := ""
		s, _ := hasty(t, srv, func(int64, *http.Request) blobtest.Trouble { return blobtest.Trouble{ETag: lie} })
		for name, change := range map[string]func(){
			"written anew": func() {
				if err := blob.Put(t.Context(), s, "a", noise(6 << 20)[1:]); err != nil {
					t.Fatal(err)
				}
			},
			"another ETag": func() { lie = `"0123456789abcdef0123456789abcdef"` },
			"removed": func() {
				if err := s.Remove(t.Context(), "a"); err != nil {
					t.Fatal(err)
				}
			},
		} {
			t.Run(name, func(t *testing.T) {
				lie = ""
				if err := blob.Put(t.Context(), s, "a", noise(6<<20)); err != nil {
					t.Fatal(err)
				}
				o, err := s.Open(t.Context(), "a")
				if err != nil {
					t.Fatal(err)
				}
				defer o.Close()
				change()
				n, err := o.ReadAt(make([]byte, 1<<20), 5<<20)
				if want := map[bool]error{true: fs.ErrNotExist, false: ErrChanged}[name == "removed"]; n != 0 || !errors.Is(err, want) {
					t.Errorf("got %d bytes, %v; want 0, %v", n, err, want)
				}
			})
		}
	})
}

func TestGivesUpWithTheReason(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *blobtest.Server) {
		s, _ := hasty(t, srv, func(int64, *http.Request) blobtest.Trouble { return blobtest.Trouble{Status: 503} })
		s.c.pacer.Patience, s.c.pacer.Doubt = 200*time.Millisecond, 200*time.Millisecond
		_, err := s.Open(t.Context(), "a")
		if err == nil || !strings.Contains(err.Error(), "SlowDown") || !strings.Contains(err.Error(), "s3://test/") {
			t.Errorf("got %v, want what the server said about which object", err)
		}
	})
}

func TestClosedWithoutCommitLeavesNoUpload(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *blobtest.Server) {
		srv.Setenv(t, "")
		s := open(t, "p")
		for _, ended := range []bool{false, true} {
			ctx, cancel := context.WithCancel(t.Context())
			w, err := s.Create(ctx, "a/b")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(noise(PartSize + 1)); err != nil {
				t.Fatal(err)
			}
			if ended {
				cancel()
			}
			if err := w.Close(); err != nil {
				t.Error(err)
			}
			cancel()
		}
		if n, err := s.Sweep(t.Context(), ""); n != 0 || err != nil {
			t.Errorf("%d uploads were left, %v", n, err)
		}
		w, err := s.Create(t.Context(), "a/b")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(noise(PartSize + 1)); err != nil {
			t.Fatal(err)
		}
		w.(*writer).wg.Wait() // as a killed process leaves it
		if n, err := s.Sweep(t.Context(), "a/b"); n != 1 || err != nil {
			t.Errorf("%d uploads were swept, %v; want 1", n, err)
		}
	})
}
