package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/winnow-data/winnow/inference/internal/backoff"
)

const longestWait = time.Minute

// A passing error may be gone at the next try.
type passing struct {
	error
	after time.Duration // how long the endpoint asks to wait
	busy  bool          // it asks everybody to wait
}

func (p passing) Unwrap() error { return p.error }

// A post is one call of the endpoint.
type post struct {
	call  string
	body  func() map[string]any // made anew for each try: the dialect may have been learned in between
	cost  float64               // tokens it will take, about
	parse func([]byte) (tokens int, err error)
}

// send asks the endpoint until there is an answer, tries or patience are used up, or asking is in vain.
func (m *Model) send(ctx context.Context, p post) error {
	var begun time.Time
	learned := 0
	for n := 0; ; n++ {
		if err := m.admit(ctx, p.cost); err != nil {
			return err
		}
		if begun.IsZero() {
			begun = time.Now()
		}
		tokens, err := m.attempt(ctx, p)
		m.tokens.charge(float64(tokens) - p.cost)
		if err == nil {
			m.answered.Store(time.Now().UnixNano())
			return nil
		}
		var again *relearned
		if errors.As(err, &again) {
			if learned++; learned > 5 {
				return &requestError{again.error}
			}
			n--
			continue
		}
		var pass passing
		if !errors.As(err, &pass) {
			return err
		}
		wait := max(pass.after, backoff.Jitter(m.o.Wait, longestWait, n))
		if pass.busy {
			m.gate.shut(time.Now().Add(wait))
		}
		if n+1 >= m.o.Tries || time.Since(begun)+wait > m.o.Patience {
			return m.exhausted(ctx, pass, n+1, time.Since(begun))
		}
		if err := backoff.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// admit waits for the limits that all requests share.
func (m *Model) admit(ctx context.Context, cost float64) error {
	if err := m.requests.take(ctx, 1); err != nil {
		return err
	}
	return m.tokens.take(ctx, cost)
}

// exhausted decides whose fault it was: an endpoint that answers other calls fails at this request alone, one that does
// not is gone.
func (m *Model) exhausted(ctx context.Context, p passing, n int, took time.Duration) error {
	err := fmt.Errorf("endpoint %s: %w (tried %d times in %v)", m.base, p.error, n, took.Round(time.Millisecond))
	if p.busy {
		return err
	}
	if time.Since(time.Unix(0, m.answered.Load())) < took {
		return &requestError{err}
	}
	ctx, cancel := context.WithTimeout(ctx, min(m.o.Timeout, 15*time.Second))
	defer cancel()
	var gone passing
	if _, listErr := m.list(ctx); ctx.Err() != nil || errors.As(listErr, &gone) {
		return err
	}
	return &requestError{err}
}

// attempt sends one request and reads the answer. tokens is what it took.
func (m *Model) attempt(ctx context.Context, p post) (tokens int, err error) {
	select {
	case m.slots <- struct{}{}:
		defer func() { <-m.slots }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if err := m.gate.pass(ctx); err != nil {
		return 0, err
	}
	m.mu.Lock()
	m.used.Tries++
	m.mu.Unlock()
	body := p.body()
	status, header, answer, err := m.exchange(ctx, http.MethodPost, p.call, body)
	if err != nil {
		return 0, err
	}
	if status != http.StatusOK {
		return 0, m.fault(p.call, status, header, answer, body)
	}
	if !json.Valid(answer) {
		return 0, passing{error: fmt.Errorf("%s: the answer is no JSON: %q", p.call, oneLine(string(answer), 80))}
	}
	if err := m.inside(p.call, header, answer, body); err != nil {
		return 0, err
	}
	return p.parse(answer)
}

// exchange sends body (nil: none) and returns status, header and answer, within Timeout and MaxReply.
func (m *Model) exchange(ctx context.Context, method, call string, body map[string]any) (int, http.Header, []byte, error) {
	tctx, cancel := context.WithTimeout(ctx, m.o.Timeout)
	defer cancel()
	var rd io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return 0, nil, nil, ownf("%s: %w", call, err)
		}
		rd = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(tctx, method, m.base.call(call), rd)
	if err != nil {
		return 0, nil, nil, err
	}
	req.Header.Set("User-Agent", "winnow")
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if k := m.key(); k != "" {
		req.Header.Set("Authorization", "Bearer "+k)
	}
	r, err := m.http.Do(req)
	if err != nil {
		return 0, nil, nil, m.broken(ctx, call, err)
	}
	defer r.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(r.Body, m.o.MaxReply+1))
	switch {
	case int64(len(answer)) > m.o.MaxReply:
		return 0, nil, nil, ownf("endpoint %s: %s: the answer is longer than %d bytes", m.base, call, m.o.MaxReply)
	case err != nil:
		return 0, nil, nil, m.broken(ctx, call, err)
	}
	return r.StatusCode, r.Header, answer, nil
}

// broken says what became of a connection; the caller's own end is told from a timeout of this try.
func (m *Model) broken(ctx context.Context, call string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %v", m.o.Timeout)
	}
	return passing{error: fmt.Errorf("%s: %w", call, err)}
}

// count adds an answer's tokens to what was used.
func (m *Model) count(in, out int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used.Calls++
	m.used.In += int64(in)
	m.used.Out += int64(out)
}
