package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// ErrStalled says that a body stopped coming.
var ErrStalled = errors.New("no byte came for too long")

// ErrShort says that a body ended before the bytes that were asked for.
var ErrShort = errors.New("the body ended early")

// Fill reads a body until p is full and says how far it came. A body that stalls for longer than stall is closed.
func Fill(p []byte, body io.ReadCloser, stall time.Duration) (int, error) {
	t := time.AfterFunc(stall, func() { body.Close() })
	defer t.Stop()
	n := 0
	for n < len(p) {
		k, err := body.Read(p[n:])
		n += k
		if n == len(p) {
			return n, nil
		}
		if err == io.EOF {
			return n, fmt.Errorf("%w: %d of %d bytes", ErrShort, n, len(p))
		}
		if !t.Stop() {
			return n, fmt.Errorf("%w: %d of %d bytes in, then nothing for %v", ErrStalled, n, len(p), stall)
		}
		if err != nil {
			return n, err
		}
		t.Reset(stall)
	}
	return n, nil
}

// NewPatient returns a reader of a body that ends with [ErrStalled] when no byte comes for so long.
func NewPatient(body io.ReadCloser, stall time.Duration) io.Reader { return &patient{body, stall} }

type patient struct {
	body  io.ReadCloser
	stall time.Duration
}

func (p *patient) Read(b []byte) (int, error) {
	t := time.AfterFunc(p.stall, func() { p.body.Close() })
	n, err := p.body.Read(b)
	if !t.Stop() && err != io.EOF {
		err = fmt.Errorf("%w: nothing for %v", ErrStalled, p.stall)
	}
	return n, err
}

// Judge says what errors of a connection and a body mean; Fault{} for others.
func Judge(err error) Fault {
	var timeout net.Error
	switch {
	case errors.Is(err, ErrShort), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return Fault{Kind: "cut short"}
	case errors.Is(err, ErrStalled), errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return Fault{Kind: "timeout"}
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EPIPE),
		errors.Is(err, net.ErrClosed), errors.Is(err, http.ErrServerClosed), errors.As(err, new(*net.OpError)):
		return Fault{Kind: "connection"}
	}
	// Whatever else ends a request without an answer is the network's, but for an address that speaks another protocol or cannot prove who it is.
	var asking *url.Error
	var unknown *tls.CertificateVerificationError
	if errors.As(err, &asking) && !errors.As(err, &unknown) && !strings.Contains(err.Error(), "server gave HTTP response") &&
		!strings.Contains(err.Error(), "unsupported protocol") {
		return Fault{Kind: "connection"}
	}
	return Fault{}
}

// JudgeStatus says what an HTTP status means.
func JudgeStatus(status int, after time.Duration) Fault {
	switch status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return Fault{Kind: "throttled", Slow: true, After: after}
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return Fault{Kind: "timeout"}
	case http.StatusInternalServerError, http.StatusBadGateway, 520:
		return Fault{Kind: "server error"}
	}
	return Fault{}
}

// Transport returns what requests of all remote stores travel over: many connections to one host, and no wait for a server that accepts and
// then says nothing.
func Transport(stall time.Duration) *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       60 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: 10 * time.Second,
		ResponseHeaderTimeout: stall,
		DisableCompression:    true, // bytes as they lie: ranges of compressed bodies mean something else
		ReadBufferSize:        64 << 10,
		WriteBufferSize:       64 << 10,
	}
}
