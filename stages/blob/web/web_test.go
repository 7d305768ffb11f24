package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/blobtest"
)

func noise(n int) []byte {
	r := rand.NewChaCha8([32]byte{2})
	p := make([]byte, n)
	_, _ = r.Read(p) // never fails
	return p
}

// host serves files, by ranges or whole, and says how often it was asked.
type host struct {
	files  map[string][]byte
	ranges bool
	etag   string
	query  string // without it nobody gets anything
	asked  atomic.Int64
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.asked.Add(1)
	data, ok := h.files[r.URL.Path]
	switch {
	case r.URL.RawQuery != h.query:
		http.Error(w, "no key", http.StatusForbidden)
	case !ok:
		http.NotFound(w, r)
	case h.ranges:
		if h.etag != "" {
			w.Header().Set("ETag", h.etag)
		}
		http.ServeContent(w, r, "", time.Unix(1700000000, 0), bytes.NewReader(data))
	default:
		w.(http.Flusher).Flush() // the size is not told
		_, _ = w.Write(data)
	}
}

// serve starts a host and returns a store of its files.
func serve(t *testing.T, h *host, query string) *Store {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return open(t, srv.URL+"/data", query)
}

func open(t *testing.T, folder, query string) *Store {
	t.Helper()
	s, err := Open(folder, query)
	if err != nil {
		t.Fatal(err)
	}
	s.stall = 200 * time.Millisecond
	s.pacer.Base, s.pacer.Limit = time.Millisecond, 10*time.Millisecond
	s.pacer.Patience, s.pacer.Doubt = 20*time.Second, 20*time.Second
	return s
}

func read(ctx context.Context, s *Store, name string) ([]byte, error) {
	o, err := s.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	return io.ReadAll(io.NewSectionReader(o, 0, o.Size()))
}

func TestRead(t *testing.T) {
	for _, ranges := range []bool{true, false} {
		h := &host{files: map[string][]byte{"/data/empty": nil, "/data/small": []byte("hello"), "/data/a b/big.gz": noise(9 << 20)}, ranges: ranges}
		s := serve(t, h, "")
		for name, want := range h.files {
			name = strings.TrimPrefix(name, "/data/")
			got, err := read(t.Context(), s, name)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("ranges %v: %s: got %d bytes, %v; want %d", ranges, name, len(got), err, len(want))
			}
			e, err := s.Stat(t.Context(), name)
			if err != nil || e.Size != int64(len(want)) || e.Name != name || ranges && len(want) > 0 && e.Version == "" {
				t.Errorf("ranges %v: stat %s: got %+v, %v", ranges, name, e, err)
			}
		}
		if _, err := s.Open(t.Context(), "nope"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a missing file: got %v", err)
		}
	}
}

// Only what is read is asked for.
func TestRangesAreAskedFor(t *testing.T) {
	h := &host{files: map[string][]byte{"/data/big": noise(32 << 20)}, ranges: true}
	s := serve(t, h, "")
	o, err := s.Open(t.Context(), "big")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	p := make([]byte, 100)
	if _, err := o.ReadAt(p, 31<<20); err != nil || !bytes.Equal(p, h.files["/data/big"][31<<20:31<<20+100]) {
		t.Errorf("got other bytes, %v", err)
	}
	if n := h.asked.Load(); n != 2 {
		t.Errorf("%d requests for the head and one place, want 2", n)
	}
}

func TestTrouble(t *testing.T) {
	h := &host{files: map[string][]byte{"/data/big": noise(6 << 20)}, ranges: true, etag: `"v1"`}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	for name, trouble := range map[string]blobtest.Trouble{
		"503": {Status: 503}, "429": {Status: 429}, "reset": {Reset: true}, "cut": {Cut: 100_000}, "stalled": {Stall: 500 * time.Millisecond}, "lost": {Lose: true},
	} {
		for _, ranges := range []bool{true, false} {
			h.ranges = ranges
			proxy := blobtest.NewProxy(t, strings.TrimPrefix(srv.URL, "http://"), func(n int64, _ *http.Request) blobtest.Trouble {
				if n%3 == 0 {
					return blobtest.Trouble{}
				}
				return trouble
			})
			ctx, retries := blob.CountRetries(t.Context())
			got, err := read(ctx, open(t, "http://"+proxy.Addr+"/data", ""), "big")
			if err != nil || !bytes.Equal(got, h.files["/data/big"]) {
				t.Errorf("%s, ranges %v: got %d bytes, %v", name, ranges, len(got), err)
			}
			if len(retries.Counts()) == 0 {
				t.Errorf("%s, ranges %v: no retry was counted", name, ranges)
			}
		}
	}
}

func TestChangeWhileReadIsAnError(t *testing.T) {
	h := &host{files: map[string][]byte{"/data/a": noise(6 << 20)}, ranges: true, etag: `"v1"`}
	s := serve(t, h, "")
	o, err := s.Open(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	h.etag = `"v2"`
	if n, err := o.ReadAt(make([]byte, 10), 5<<20); n != 0 || !errors.Is(err, ErrChanged) {
		t.Errorf("got %d bytes, %v; want ErrChanged", n, err)
	}
}

// A query that is as good as a key is sent and never told.
func TestQueryIsNeverTold(t *testing.T) {
	h := &host{files: map[string][]byte{"/data/a": []byte("x")}, ranges: true, query: "X-Amz-Signature=s3cret"}
	s := serve(t, h, h.query)
	if got, err := read(t.Context(), s, "a"); err != nil || string(got) != "x" {
		t.Fatalf("got %q, %v", got, err)
	}
	s.pacer.Patience, s.pacer.Doubt = 0, 0
	_, missing := s.Open(t.Context(), "b")
	_, refused := open(t, s.String(), "X-Amz-Signature=s3cret&wrong=1").Open(t.Context(), "a")
	down := httptest.NewServer(h)
	down.Close()
	gone := open(t, down.URL, h.query)
	gone.pacer.Patience, gone.pacer.Doubt = 0, 0
	_, unreached := gone.Open(t.Context(), "a")
	elsewhere := httptest.NewServer(http.RedirectHandler(down.URL+"/x?token=s3cret", http.StatusFound))
	t.Cleanup(elsewhere.Close)
	led := open(t, elsewhere.URL, "")
	led.pacer.Patience, led.pacer.Doubt = 0, 0
	_, redirected := led.Open(t.Context(), "a")
	for what, err := range map[string]error{"missing": missing, "refused": refused, "unreached": unreached, "redirected": redirected} {
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got %v, want an error without the key", what, err)
		}
	}
	if _, err := Open("https://me:s3cret@host/x", ""); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("an address with a password: got %v", err)
	}
}

func TestWritingIsNotSupported(t *testing.T) {
	s := serve(t, &host{}, "")
	_, create := s.Create(t.Context(), "a")
	var list error
	for _, err := range s.List(t.Context(), "") {
		list = err
	}
	for what, err := range map[string]error{"create": create, "put": s.PutIfAbsent(t.Context(), "a", nil), "remove": s.Remove(t.Context(), "a"), "list": list} {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: got %v, want ErrUnsupported", what, err)
		}
	}
}
