package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/winnow-data/winnow/inference/internal/backoff"
)

const (
	agent       = "winnow; go"
	maxListing  = 64 << 20 // bytes of a repository's listing
	maxHops     = 10
	maxAsked    = 10 * time.Minute // longest Retry-After that is waited for
	longestWait = time.Minute
)

// A listing is what the hub says of a repository at a revision.
type listing struct {
	Sha      string  `json:"sha"`
	Siblings []entry `json:"siblings"`
}

// An entry is one file of a listing. Size and hashes are there where the hub knows the parameter blobs.
type entry struct {
	Name string `json:"rfilename"`
	Size *int64 `json:"size"`
	Git  string `json:"blobId"`
	LFS  *struct {
		Sha256 string `json:"sha256"`
		Size   int64  `json:"size"`
	} `json:"lfs"`
}

// list asks which files a revision holds, and for its commit.
func (h *Hub) list(ctx context.Context, w Want) (listing, error) {
	var l listing
	address := h.Endpoint + "/api/models/" + w.Name + "/revision/" + url.PathEscape(w.revision()) + "?blobs=true"
	err := h.retry(ctx, func() error {
		ctx, cancel := context.WithTimeout(ctx, 4*h.idle())
		defer cancel()
		r, err := h.do(ctx, http.MethodGet, address, http.Header{"Accept": {"application/json"}}, followAll)
		if err != nil {
			return err
		}
		defer r.Body.Close()
		if r.StatusCode != http.StatusOK {
			return h.fault(r, w, "")
		}
		b, err := io.ReadAll(io.LimitReader(r.Body, maxListing+1))
		switch {
		case err != nil:
			return passing{err}
		case len(b) > maxListing:
			return fmt.Errorf("its listing is larger than %d MiB", maxListing>>20)
		}
		l = listing{}
		if err := json.Unmarshal(b, &l); err != nil {
			return passing{fmt.Errorf("the answer is no JSON: %w", err)}
		}
		return nil
	})
	if err != nil {
		return l, fmt.Errorf("model %s at %s: %w", w, h.Endpoint, err)
	}
	if err := plain(l.Sha); err != nil {
		return l, fmt.Errorf("model %s at %s: the commit %w", w, h.Endpoint, err)
	}
	for _, e := range l.Siblings {
		if err := localPath(e.Name); err != nil {
			return l, fmt.Errorf("model %s at %s: file %q: %w", w, h.Endpoint, e.Name, err)
		}
	}
	return l, nil
}

// A head is what the hub says of one file before it is fetched.
type head struct {
	etag, commit string
	size         int64  // -1: unknown
	sha256       string // of large files, from the listing; "": unknown
}

// head asks for a file's checksum and size without following the redirect to where its bytes lie.
func (h *Hub) head(ctx context.Context, w Want, commit string, e entry) (head, error) {
	hd := head{size: -1}
	ctx, cancel := context.WithTimeout(ctx, h.idle())
	defer cancel()
	r, err := h.do(ctx, http.MethodHead, h.fileURL(w, commit, e.Name), http.Header{"Accept-Encoding": {"identity"}}, followOwn)
	if err != nil {
		return hd, err
	}
	r.Body.Close()
	if r.StatusCode >= 400 {
		return hd, h.fault(r, w, e.Name)
	}
	hd.commit = r.Header.Get("X-Repo-Commit")
	hd.etag = normal(first(r.Header.Get("X-Linked-Etag"), r.Header.Get("Etag")))
	length := r.Header.Get("X-Linked-Size")
	if length == "" && r.StatusCode/100 == 2 {
		length = r.Header.Get("Content-Length")
	}
	if n, err := strconv.ParseInt(length, 10, 64); err == nil && n >= 0 {
		hd.size = n
	}
	hd.complete(e)
	if hd.commit != "" && hd.commit != commit {
		return hd, fmt.Errorf("%s: the hub gives commit %q for commit %s", e.Name, hd.commit, commit)
	}
	if err := plain(hd.etag); err != nil {
		return hd, fmt.Errorf("%s: the ETag %w", e.Name, err)
	}
	return hd, nil
}

// complete takes from the listing what the answer did not say.
func (hd *head) complete(e entry) {
	if e.LFS != nil && len(e.LFS.Sha256) == 64 && isHex(e.LFS.Sha256) {
		hd.sha256 = e.LFS.Sha256
		hd.etag = first(hd.etag, hd.sha256)
	}
	hd.etag = first(hd.etag, e.Git)
	if hd.size < 0 && e.Size != nil {
		hd.size = *e.Size
	}
}

// normal takes quotes and the mark of weakness off an ETag.
func normal(etag string) string {
	return strings.Trim(strings.TrimPrefix(etag, "W/"), `"`)
}

// fileURL is the address of a file at a commit.
func (h *Hub) fileURL(w Want, commit, file string) string {
	parts := strings.Split(file, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return h.Endpoint + "/" + w.Name + "/resolve/" + url.PathEscape(commit) + "/" + strings.Join(parts, "/")
}

// The redirects that do follows.
const (
	followAll = true
	followOwn = false // only those within the hub's own address
)

// do sends a request and follows redirects by hand: the token goes to addresses of the hub's own scheme and host, and nowhere else.
func (h *Hub) do(ctx context.Context, method, address string, header http.Header, follow bool) (*http.Response, error) {
	linked := http.Header{}
	for range maxHops {
		req, err := http.NewRequestWithContext(ctx, method, address, nil)
		if err != nil {
			return nil, err
		}
		req.Header = header.Clone()
		req.Header.Set("User-Agent", agent)
		if t := h.secret(); t != "" && h.own(req.URL) {
			req.Header.Set("Authorization", "Bearer "+t)
		}
		r, err := h.transport().RoundTrip(req)
		if err != nil {
			return nil, passing{clean(err)}
		}
		keepLinked(linked, r.Header)
		next, err := r.Location()
		if r.StatusCode/100 != 3 || err != nil {
			return r, nil
		}
		if !follow && !h.own(next) {
			return r, nil
		}
		r.Body.Close()
		if next.Scheme != "https" && next.Scheme != "http" {
			return nil, fmt.Errorf("it leads to %q, which is no web address", next.Scheme)
		}
		address = next.String()
	}
	return nil, fmt.Errorf("more than %d redirects", maxHops)
}

// own says whether an address is of the hub's own scheme and host.
func (h *Hub) own(u *url.URL) bool {
	home, err := url.Parse(h.Endpoint)
	return err == nil && u.Scheme == home.Scheme && strings.EqualFold(u.Host, home.Host)
}

// keepLinked carries what the hub says of a file over the redirects behind it: the first to say it is the hub.
func keepLinked(seen, h http.Header) {
	for _, k := range []string{"X-Linked-Etag", "X-Linked-Size", "X-Repo-Commit"} {
		if v := seen.Get(k); v != "" {
			h.Set(k, v)
		} else if v := h.Get(k); v != "" {
			seen.Set(k, v)
		}
	}
}

func (h *Hub) secret() string {
	if h.token == nil {
		return ""
	}
	return h.token()
}

func (h *Hub) transport() http.RoundTripper {
	if h.Transport == nil {
		return http.DefaultTransport
	}
	return h.Transport
}

// clean takes the address off an error: behind a redirect it holds a signature.
func clean(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// A passing error may be gone at the next try.
type passing struct{ error }

func (p passing) Unwrap() error { return p.error }

// A slow error is a passing one whose server says when to come back.
type slow struct {
	error
	after time.Duration
}

func (s slow) Unwrap() error { return s.error }

// retry calls f until it succeeds, fails for good, or has failed often enough.
func (h *Hub) retry(ctx context.Context, f func() error) error {
	for n := 0; ; n++ {
		err := f()
		if err == nil {
			return nil
		}
		if err := h.pause(ctx, err, n); err != nil {
			return err
		}
	}
}

// pause waits before try n+1 after err, or returns the error with which to give up.
func (h *Hub) pause(ctx context.Context, err error, n int) error {
	var p passing
	var s slow
	wait := backoff.Jitter(h.wait(), longestWait, n)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &s):
		if s.after > maxAsked {
			return fmt.Errorf("%w; the hub asks to come back in %v", s.error, s.after.Round(time.Second))
		}
		wait = max(wait, s.after)
	case !errors.As(err, &p):
		return err
	}
	if n+1 >= h.tries() {
		return fmt.Errorf("%w (tried %d times)", err, n+1)
	}
	return backoff.Sleep(ctx, wait)
}

func (h *Hub) tries() int {
	if h.Tries <= 0 {
		return 6
	}
	return h.Tries
}

func (h *Hub) wait() time.Duration {
	if h.Wait <= 0 {
		return time.Second
	}
	return h.Wait
}

func (h *Hub) idle() time.Duration {
	if h.Idle <= 0 {
		return 30 * time.Second
	}
	return h.Idle
}
