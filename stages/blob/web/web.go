// Package web reads files from web servers: by ranges where the server has them, else whole, through a temporary file that is gone with
// the process. Writing is an error that wraps [errors.ErrUnsupported], and so is listing: a web server does not say what it has.
//
// An address may carry a query that is as good as a key, as presigned ones do. It is sent and never told: not in errors, not in [Store.String].
package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/internal/remote"
)

// ErrChanged says that a file was written anew while it was read.
var ErrChanged = errors.New("the file changed while it was read")

// A Store is a folder of a web server. It implements [blob.Store], as far as it can.
type Store struct {
	base  *url.URL // without query
	query string   // of every file
	stall time.Duration
	pacer *remote.Pacer
}

// stalled is how long an answer or the next byte of one may take.
const stalled = 30 * time.Second

var (
	client = &http.Client{Transport: remote.Transport(stalled)}
	pacers = remote.NewPacers(judge)
)

// Open returns the store of a folder such as https://host/folder, whose files are asked for with a query, "" for none.
func Open(folder, query string) (*Store, error) {
	u, err := url.Parse(folder)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("this is no address of a web server; https://HOST/FOLDER is")
	}
	if u.User != nil {
		return nil, fmt.Errorf("%s://…@%s: an address with a name or password is not allowed, it would stand in plans and reports", u.Scheme, u.Host)
	}
	u.RawQuery, u.Fragment = "", ""
	return &Store{base: u, query: query, stall: stalled, pacer: pacers.For(u.Host)}, nil
}

// String is the folder's address, without the query.
func (s *Store) String() string { return s.base.String() }

func (s *Store) where(name string) string { return s.base.JoinPath(name).String() }

// An answer is what a server said to a request that was not served.
type answer struct {
	status int
	after  time.Duration
}

func (a answer) Error() string {
	return "the server answered with status " + strconv.Itoa(a.status) + " " + http.StatusText(a.status)
}

func judge(err error) remote.Fault {
	var a answer
	if errors.As(err, &a) {
		return remote.JudgeStatus(a.status, a.after)
	}
	return remote.Judge(err)
}

// do makes a request until it is served, and says what failed.
func (s *Store) do(ctx context.Context, op, name string, try func(context.Context) error) error {
	err := s.pacer.Do(ctx, try)
	var a answer
	switch {
	case err == nil || ctx.Err() != nil:
		return err
	case errors.As(err, &a) && (a.status == http.StatusNotFound || a.status == http.StatusGone):
		return &fs.PathError{Op: op, Path: s.where(name), Err: fs.ErrNotExist}
	case errors.As(err, &a) && (a.status == http.StatusForbidden || a.status == http.StatusUnauthorized):
		return fmt.Errorf("%s %s: %w: %w", op, s.where(name), fs.ErrPermission, err)
	}
	return fmt.Errorf("%s %s: %w", op, s.where(name), err)
}

// get asks for bytes from an offset, to is the last; -1 asks for the whole.
func (s *Store) get(ctx context.Context, name string, from, to int64, etag string) (*http.Response, error) {
	u := s.base.JoinPath(name)
	u.RawQuery = s.query
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%s: not an address", s.where(name))
	}
	req.Header.Set("User-Agent", "winnow")
	if to >= 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, to))
		if strings.HasPrefix(etag, `"`) {
			req.Header.Set("If-Match", etag)
		}
	}
	resp, err := client.Do(req)
	var asking *url.Error
	if errors.As(err, &asking) {
		asking.URL = s.where(name) // what it asked for, after redirects, may hold a key
		return nil, asking
	}
	if err != nil {
		return nil, err
	}
	switch resp.StatusCode {
	case http.StatusOK, http.StatusPartialContent:
		return resp, nil
	}
	resp.Body.Close()
	if resp.StatusCode == http.StatusPreconditionFailed {
		return nil, ErrChanged
	}
	after, _ := strconv.Atoi(resp.Header.Get("Retry-After")) // a date is as good as nothing: the pacer waits
	return nil, answer{resp.StatusCode, time.Duration(min(max(after, 0), 300)) * time.Second}
}

// Open implements [blob.Store]. It reads the first bytes, or all where the server has no ranges.
func (s *Store) Open(ctx context.Context, name string) (blob.Object, error) {
	if err := errors.Join(blob.CheckName("open", name), ctx.Err()); err != nil {
		return nil, err
	}
	var h head
	err := s.do(ctx, "open", name, func(ctx context.Context) (err error) {
		h, err = s.head(ctx, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !h.ranges {
		return s.whole(ctx, name, h)
	}
	fetch := func(ctx context.Context, p []byte, off int64) error {
		n := 0
		return s.do(ctx, "read", name, func(ctx context.Context) error {
			k, err := s.part(ctx, name, h, p[n:], off+int64(n))
			n += k
			return err
		})
	}
	return remote.NewObject(ctx, s.where(name), h.size, h.version, h.first, fetch), nil
}

// A head is what the first request learned.
type head struct {
	ranges  bool
	size    int64
	etag    string // as the server spells it
	version string
	first   []byte
}

func (s *Store) head(ctx context.Context, name string) (head, error) {
	resp, err := s.get(ctx, name, 0, remote.Small-1, "")
	var a answer
	if errors.As(err, &a) && a.status == http.StatusRequestedRangeNotSatisfiable {
		return head{}, nil // it is empty, or the server counts otherwise: asked for whole
	}
	if err != nil {
		return head{}, err
	}
	defer resp.Body.Close()
	h := head{etag: resp.Header.Get("ETag"), version: versionOf(resp)}
	if resp.StatusCode != http.StatusPartialContent {
		return h, nil
	}
	var from, to int64
	if _, err := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-%d/%d", &from, &to, &h.size); err != nil || from != 0 {
		return h, nil // a range of a size that is not known
	}
	h.ranges = true
	h.first = make([]byte, min(h.size, remote.Small))
	_, err = remote.Fill(h.first, resp.Body, s.stall)
	return h, err
}

// versionOf is what tells versions of a file apart.
func versionOf(resp *http.Response) string {
	if etag := resp.Header.Get("ETag"); etag != "" {
		return strings.Trim(strings.TrimPrefix(etag, "W/"), `"`)
	}
	return resp.Header.Get("Last-Modified")
}

// part fills p from an offset.
func (s *Store) part(ctx context.Context, name string, h head, p []byte, off int64) (int, error) {
	resp, err := s.get(ctx, name, off, off+int64(len(p))-1, h.etag)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if v := versionOf(resp); v != h.version {
		return 0, fmt.Errorf("%w: its version was %.80q and is %.80q", ErrChanged, h.version, v)
	}
	var from, to, size int64
	r := resp.Header.Get("Content-Range")
	if _, err := fmt.Sscanf(r, "bytes %d-%d/%d", &from, &to, &size); err != nil || from != off || size != h.size {
		return 0, fmt.Errorf("%w: bytes from %d of %d were asked for, the server answered with Content-Range %.80q", ErrChanged, off, h.size, r)
	}
	return remote.Fill(p, resp.Body, s.stall)
}

// Stat implements [blob.Store]. A size that the server does not tell is learned by reading the file.
func (s *Store) Stat(ctx context.Context, name string) (blob.Entry, error) {
	o, err := s.Open(ctx, name)
	if err != nil {
		return blob.Entry{}, err
	}
	defer o.Close()
	return blob.Entry{Name: name, Size: o.Size(), Version: o.(interface{ Version() string }).Version()}, nil
}

func (s *Store) readOnly(op, name string) error {
	return fmt.Errorf("%s %s: a web server: %w", op, s.where(name), errors.ErrUnsupported)
}

// Create implements [blob.Store]; it fails.
func (s *Store) Create(_ context.Context, name string) (blob.Writer, error) {
	return nil, s.readOnly("create", name)
}

// PutIfAbsent implements [blob.Store]; it fails.
func (s *Store) PutIfAbsent(_ context.Context, name string, _ []byte) error {
	return s.readOnly("put", name)
}

// Remove implements [blob.Store]; it fails.
func (s *Store) Remove(_ context.Context, name string) error { return s.readOnly("remove", name) }

// List implements [blob.Store]; it fails.
func (s *Store) List(_ context.Context, prefix string) iter.Seq2[blob.Entry, error] {
	return func(yield func(blob.Entry, error) bool) { yield(blob.Entry{}, s.readOnly("list", prefix)) }
}
