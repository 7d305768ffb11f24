package remote

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/winnow-data/winnow/inference/internal/backoff"
)

// What callers may look for in an error with errors.Is.
var (
	ErrContext    = errors.New("longer than the model's context")           // in a Reply: shorten the text, or set Truncate
	ErrRefused    = errors.New("the endpoint's content filter refused")     // in a Reply
	ErrAuth       = errors.New("the endpoint does not accept the key")      // of Complete: mend the key
	ErrQuota      = errors.New("the account behind the key is used up")     // of Complete: top it up; the run goes on where it stopped
	ErrNotOffered = errors.New("the endpoint does not offer what is asked") // of Complete: take another model, or another stage
)

// A requestError is about one request: it becomes its Reply's Err.
type requestError struct{ err error }

func (e *requestError) Error() string { return e.err.Error() }
func (e *requestError) Unwrap() error { return e.err }

func ownf(format string, args ...any) error { return &requestError{fmt.Errorf(format, args...)} }

// A complaint is what an endpoint says is wrong, in one of the forms in use.
type complaint struct {
	Message string
	Type    string
	Code    string
}

// readComplaint understands {"error": {message, type, code}}, {"error": "…"}, {"message": …}, {"detail": …} and plain text.
func readComplaint(b []byte) complaint {
	var whole struct {
		Error   json.RawMessage `json:"error"`
		Message json.RawMessage `json:"message"`
		Detail  json.RawMessage `json:"detail"`
		Type    json.RawMessage `json:"type"`
		Code    json.RawMessage `json:"code"`
	}
	if json.Unmarshal(b, &whole) != nil {
		return complaint{Message: oneLine(string(b), 200)}
	}
	var inner struct {
		Message json.RawMessage `json:"message"`
		Type    json.RawMessage `json:"type"`
		Code    json.RawMessage `json:"code"`
	}
	if json.Unmarshal(whole.Error, &inner) != nil {
		inner.Message = whole.Error
	}
	pick := func(raws ...json.RawMessage) string {
		for _, r := range raws {
			var s string
			if json.Unmarshal(r, &s) != nil {
				s = string(r)
			}
			if s != "" && s != "null" {
				return oneLine(s, 300)
			}
		}
		return ""
	}
	return complaint{
		Message: pick(inner.Message, whole.Message, whole.Detail),
		Type:    pick(inner.Type, whole.Type),
		Code:    pick(inner.Code, whole.Code),
	}
}

// has says whether the complaint mentions one of the words.
func (c complaint) has(words ...string) bool {
	text := strings.ToLower(c.Message + " " + c.Type + " " + c.Code)
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

func (c complaint) tooLong() bool {
	return c.has("context_length", "exceed_context_size", "context length", "context size", "context window", "maximum number of tokens", "prompt is too long", "input is too long", "too many tokens")
}

// inside finds an error that came with status 200, as some proxies send it.
func (m *Model) inside(call string, header http.Header, answer []byte, body map[string]any) error {
	var e struct {
		Error json.RawMessage `json:"error"`
	}
	if json.Unmarshal(answer, &e) != nil || len(e.Error) == 0 || string(e.Error) == "null" {
		return nil
	}
	status := http.StatusBadGateway
	if n, err := strconv.Atoi(readComplaint(answer).Code); err == nil && n >= 400 && n < 600 {
		status = n
	}
	return m.fault(call, status, header, answer, body)
}

// fault turns an answer that is no success into a passing error, one of the request, or one that stops.
func (m *Model) fault(call string, status int, header http.Header, answer []byte, body map[string]any) error {
	c := readComplaint(answer)
	said := fmt.Errorf("%s: status %d%s", call, status, bracket(m.withoutKey(c.Message)))
	world := func(kind error, advice string) error {
		return fmt.Errorf("endpoint %s: %w: %w; %s", m.base, kind, said, advice)
	}
	switch {
	case c.tooLong():
		return ownf("%w: %w", ErrContext, said)
	case status == http.StatusPaymentRequired, c.has("insufficient_quota", "billing_hard_limit"):
		return world(ErrQuota, "what was answered is kept")
	case status/100 == 4 && c.has("content_filter", "content management policy", "moderation", "content_policy"):
		return ownf("%w: %w", ErrRefused, said)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		if m.o.KeyEnv == "" {
			return world(ErrAuth, "it wants a key: put it into an environment variable and name that (key_env)")
		}
		return world(ErrAuth, "see what "+m.o.KeyEnv+" holds")
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		after, asked := backoff.RetryAfter(header, time.Now())
		return passing{error: said, after: after, busy: asked || status == http.StatusTooManyRequests}
	case status >= 500 && c.has("validation error", "response_format"): // Python servers that let what they do not know become a fault of theirs
		return &requestError{said}
	case status >= 500 && status != http.StatusNotImplemented, status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusConflict:
		after, _ := backoff.RetryAfter(header, time.Now())
		return passing{error: said, after: after}
	case status/100 == 4 && c.has("model") && c.has("not found", "not exist", "not_found", "unknown model", "invalid model"):
		return world(ErrNotOffered, fmt.Sprintf("it has no model %s; winnow doctor endpoint %s lists those it has", m.o.Model, m.base))
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed, status == http.StatusNotImplemented:
		return world(ErrNotOffered, fmt.Sprintf("winnow doctor endpoint %s shows what it offers", m.base))
	case status/100 == 3:
		return world(ErrNotOffered, fmt.Sprintf("it has moved to %s; write that address", oneLine(header.Get("Location"), 200)))
	}
	if m.dialect.learn(c, body) {
		return &relearned{said}
	}
	return &requestError{said}
}

// withoutKey takes the key out of a message: some endpoints repeat it.
func (m *Model) withoutKey(s string) string {
	if k := m.key(); k != "" {
		s = strings.ReplaceAll(s, k, "…")
	}
	return s
}

func bracket(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// oneLine makes what an endpoint says safe to print, in at most n characters.
func oneLine(s string, n int) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "�"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	}), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
