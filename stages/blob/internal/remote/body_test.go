package remote

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// slow gives one byte, then nothing until it is closed.
type slow struct {
	given  bool
	closed chan struct{}
}

func (s *slow) Read(p []byte) (int, error) {
	if !s.given {
		s.given = true
		return copy(p, "x"), nil
	}
	<-s.closed
	return 0, errors.New("closed")
}

func (s *slow) Close() error {
	close(s.closed)
	return nil
}

func TestFill(t *testing.T) {
	p := make([]byte, 5)
	if n, err := Fill(p, io.NopCloser(strings.NewReader("hello, and more")), time.Second); n != 5 || err != nil || string(p) != "hello" {
		t.Errorf("got %d, %v, %q", n, err, p)
	}
	if n, err := Fill(p, io.NopCloser(strings.NewReader("hel")), time.Second); n != 3 || !errors.Is(err, ErrShort) {
		t.Errorf("a body that is short: got %d, %v", n, err)
	}
	if n, err := Fill(p, &slow{closed: make(chan struct{})}, 20*time.Millisecond); n != 1 || !errors.Is(err, ErrStalled) {
		t.Errorf("a body that stalls: got %d, %v", n, err)
	}
	if _, err := NewPatient(&slow{given: true, closed: make(chan struct{})}, 20*time.Millisecond).Read(p); !errors.Is(err, ErrStalled) {
		t.Errorf("a body that stalls, read on: got %v", err)
	}
}

func TestJudge(t *testing.T) {
	_, refused := (&http.Client{}).Get("http://127.0.0.1:1/")
	_, other := (&http.Client{}).Get("ftp://127.0.0.1/")
	for _, c := range []struct {
		err  error
		kind string
	}{
		{ErrShort, "cut short"},
		{io.ErrUnexpectedEOF, "cut short"},
		{ErrStalled, "timeout"},
		{refused, "connection"},
		{other, ""},
		{errors.New("something else"), ""},
	} {
		if got := Judge(c.err).Kind; got != c.kind {
			t.Errorf("%v: got %q, want %q", c.err, got, c.kind)
		}
	}
	for status, kind := range map[int]string{200: "", 403: "", 404: "", 412: "", 408: "timeout", 429: "throttled", 500: "server error", 501: "", 502: "server error", 503: "throttled", 504: "timeout"} {
		if got := JudgeStatus(status, 0); got.Kind != kind || got.Slow != (kind == "throttled") {
			t.Errorf("status %d: got %+v, want %q", status, got, kind)
		}
	}
}
