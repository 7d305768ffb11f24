package blobtest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"
)

// A Trouble is what a [Proxy] does to one request. The zero Trouble does nothing.
type Trouble struct {
	Status int           // answer with this instead of asking the server; 503 as SlowDown
	Reset  bool          // break the connection before the server is asked
	Lose   bool          // ask the server and break the connection without its answer
	Cut    int64         // break the connection after so many bytes of the answer's body; 0: not
	Stall  time.Duration // wait before the body's second half
	ETag   string        // pretend that the object has this ETag
}

// A Proxy stands between a client and a server and makes trouble.
type Proxy struct {
	Addr     string
	requests atomic.Int64
	troubled atomic.Int64
	plan     func(n int64, r *http.Request) Trouble
}

// NewProxy starts a proxy before the server at addr. plan says what happens to request n, counted from 1.
func NewProxy(t *testing.T, addr string, plan func(n int64, r *http.Request) Trouble) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Addr: l.Addr().String(), plan: plan}
	rp := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: addr})
			r.Out.Host = r.In.Host // it is part of what was signed
		},
		Transport:    &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 32},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(rp, w, r) })}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = srv.Serve(l) // ErrServerClosed
	}()
	t.Cleanup(func() { srv.Close(); <-ended })
	return p
}

// Requests returns how many requests came, and to how many trouble was made.
func (p *Proxy) Requests() (all, troubled int64) { return p.requests.Load(), p.troubled.Load() }

func (p *Proxy) serve(rp http.Handler, w http.ResponseWriter, r *http.Request) {
	tr := p.plan(p.requests.Add(1), r)
	if tr != (Trouble{}) {
		p.troubled.Add(1)
	}
	switch {
	case tr.Status != 0:
		_, _ = io.Copy(io.Discard, r.Body) // so that the client reads the answer
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(tr.Status)
		fmt.Fprint(w, `<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>`)
		return
	case tr.Reset:
		panic(http.ErrAbortHandler)
	case tr.Lose:
		rp.ServeHTTP(&deaf{header: http.Header{}}, r)
		panic(http.ErrAbortHandler)
	}
	rp.ServeHTTP(&troubled{ResponseWriter: w, tr: tr}, r)
}

// deaf takes an answer that nobody hears.
type deaf struct{ header http.Header }

func (d *deaf) Header() http.Header         { return d.header }
func (d *deaf) Write(p []byte) (int, error) { return len(p), nil }
func (d *deaf) WriteHeader(int)             {}

// troubled passes an answer on, not as it is.
type troubled struct {
	http.ResponseWriter
	tr   Trouble
	sent int64
}

// Unwrap lets the proxy flush.
func (w *troubled) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *troubled) WriteHeader(status int) {
	if w.tr.ETag != "" {
		w.Header().Set("ETag", w.tr.ETag)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *troubled) Write(p []byte) (int, error) {
	if w.tr.Stall > 0 {
		k := len(p) / 2
		n, err := w.ResponseWriter.Write(p[:k])
		if f, ok := w.ResponseWriter.(http.Flusher); ok {
			f.Flush()
		}
		if err != nil {
			return n, err
		}
		time.Sleep(w.tr.Stall)
		w.tr.Stall = 0
		m, err := w.ResponseWriter.Write(p[k:])
		return n + m, err
	}
	if left := w.tr.Cut - w.sent; w.tr.Cut > 0 && int64(len(p)) > left {
		_, _ = w.ResponseWriter.Write(p[:left])
		if f, ok := w.ResponseWriter.(http.Flusher); ok {
			f.Flush()
		}
		panic(http.ErrAbortHandler)
	}
	w.sent += int64(len(p))
	return w.ResponseWriter.Write(p)
}
