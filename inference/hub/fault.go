package hub

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/winnow-data/winnow/inference/internal/backoff"
)

// ErrAccess is in the chain of an error when the hub knows the model, or may know it, and does not give it to this token.
var ErrAccess = errors.New("no access")

// ErrUnknown is in the chain of an error when the hub has no such model, revision or file.
var ErrUnknown = errors.New("not on the hub")

// fault explains an answer that is no success, and what to do about it. file is "" for the repository itself.
func (h *Hub) fault(r *http.Response, w Want, file string) error {
	code, said := r.Header.Get("X-Error-Code"), oneLine(r.Header.Get("X-Error-Message"))
	page := h.Endpoint + "/" + w.Name
	withToken := h.secret() != ""
	switch {
	case code == "GatedRepo" && withToken:
		return fmt.Errorf("%w: it is gated, and the account of your token may not read it; accept its terms at %s and wait for the grant, and see that the token may read gated repositories", ErrAccess, page)
	case code == "GatedRepo":
		return fmt.Errorf("%w: it is gated; accept its terms at %s, then set HF_TOKEN to a token of that account", ErrAccess, page)
	case strings.Contains(said, "resource is disabled"):
		return fmt.Errorf("%w: the hub has disabled it (%s)", ErrAccess, page)
	case r.StatusCode == http.StatusUnauthorized && strings.Contains(said, "Invalid credentials"):
		return fmt.Errorf("%w: the hub does not know your token; set HF_TOKEN to a valid one, or unset it for public models", ErrAccess)
	case code == "RevisionNotFound":
		return fmt.Errorf("%w: it has no branch, tag or commit %q", ErrUnknown, w.revision())
	case code == "EntryNotFound":
		return fmt.Errorf("%w: it has no file %s", ErrUnknown, file)
	case code == "RepoNotFound" && withToken, r.StatusCode == http.StatusForbidden, r.StatusCode == http.StatusUnauthorized && withToken:
		return fmt.Errorf("%w: status %d%s: there is no such model, or your token may not read it; check the name, and the token's rights", ErrAccess, r.StatusCode, bracket(said))
	case code == "RepoNotFound", r.StatusCode == http.StatusUnauthorized:
		return fmt.Errorf("%w: there is no such model, or it is private; check the name, or set HF_TOKEN to a token that may read it", ErrAccess)
	case r.StatusCode == http.StatusNotFound:
		return fmt.Errorf("%w: status 404%s; check the name and HF_ENDPOINT", ErrUnknown, bracket(said))
	}
	err := fmt.Errorf("status %s%s", r.Status, bracket(said))
	switch {
	case r.StatusCode == http.StatusTooManyRequests, r.StatusCode == http.StatusServiceUnavailable:
		if after, ok := backoff.RetryAfter(r.Header, time.Now()); ok {
			return slow{err, after}
		}
		return passing{err}
	case r.StatusCode >= 500, r.StatusCode == http.StatusRequestTimeout, r.StatusCode == http.StatusTooEarly:
		return passing{err}
	}
	return err
}

func bracket(said string) string {
	if said == "" {
		return ""
	}
	return " (" + said + ")"
}

// oneLine makes what a server says safe to print.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 300 {
		s = string(r[:299]) + "…"
	}
	return strings.TrimSpace(s)
}
