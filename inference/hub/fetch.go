package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/winnow-data/winnow/inference/internal/backoff"
)

// errChanged says that the file on the hub is another one than a moment ago.
var errChanged = errors.New("the file changed on the hub while it was fetched")

// fetch brings one file of a snapshot into the cache.
func (p *pull) fetch(ctx context.Context, e entry) (File, error) {
	f := File{Name: e.Name}
	path := p.store.pointer(p.commit, e.Name)
	want, known := e.bytes()
	if n, ok := size(path); ok && (!known || n == want) {
		f.Size, f.Cached = n, true
		p.have(e.Name, n)
		return f, nil
	}
	for changed := 0; ; changed++ {
		hd, err := p.hub.headAgain(ctx, p.want, p.commit, e)
		if err == nil {
			err = p.blob(ctx, e.Name, hd, &f)
		}
		switch {
		case errors.Is(err, errChanged) && changed < 2:
			continue
		case err != nil:
			return f, fmt.Errorf("%s: %w", e.Name, err)
		}
		return f, p.store.link(hd.etag, p.commit, e.Name)
	}
}

// bytes is the file's size as the listing has it.
func (e entry) bytes() (int64, bool) {
	switch {
	case e.LFS != nil:
		return e.LFS.Size, true
	case e.Size != nil:
		return *e.Size, true
	}
	return 0, false
}

func (h *Hub) headAgain(ctx context.Context, w Want, commit string, e entry) (hd head, err error) {
	err = h.retry(ctx, func() error {
		hd, err = h.head(ctx, w, commit, e)
		return err
	})
	return hd, err
}

// blob makes sure that the bytes of hd are in the cache. One process fetches; the others wait for it.
func (p *pull) blob(ctx context.Context, name string, hd head, f *File) error {
	path := p.store.blob(hd.etag)
	lock := p.store.lock(hd.etag)
	for _, d := range []string{filepath.Dir(path), filepath.Dir(lock)} {
		if err := os.MkdirAll(d, 0o777); err != nil {
			return err
		}
	}
	release, err := hold(ctx, lock, func() { p.note(name, "waiting for another pull of it") })
	if err != nil {
		return err
	}
	defer release()
	if n, ok := size(path); ok && (hd.size < 0 || n == hd.size) {
		f.Size, f.Cached = n, true
		p.have(name, n)
		return nil
	}
	for spoiled := 0; ; spoiled++ {
		n, err := p.download(ctx, name, hd, path+".incomplete")
		if err != nil {
			return err
		}
		f.Size = n
		f.Checksum, err = verify(path+".incomplete", hd)
		if err == nil {
			return settle(path+".incomplete", path)
		}
		p.lost(name)
		if rmErr := os.Remove(path + ".incomplete"); rmErr != nil {
			return errors.Join(err, rmErr)
		}
		if spoiled > 0 {
			return fmt.Errorf("%w (fetched twice)", err)
		}
		p.note(name, "checksum wrong, once more from the start")
	}
}

// settle gives a finished download its name.
func settle(from, to string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// download fills the file at path up to hd.size, beginning behind what is there. It tries again for as long as bytes come in between.
func (p *pull) download(ctx context.Context, name string, hd head, path string) (int64, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return 0, err
	}
	at, err := f.Seek(0, io.SeekEnd)
	if err == nil && hd.size >= 0 && at > hd.size {
		at, err = 0, f.Truncate(0)
	}
	if err != nil {
		return 0, errors.Join(err, f.Close())
	}
	p.have(name, at)
	for n := 0; ; n++ {
		before := at
		at, err = p.part(ctx, name, hd, f, at)
		if err == nil {
			return at, f.Close()
		}
		if at > before {
			n = 0
		}
		if giveUp := p.hub.pause(ctx, err, n); giveUp != nil {
			return at, errors.Join(giveUp, f.Close())
		}
		p.note(name, "going on after: "+oneLine(err.Error()))
	}
}

// part asks for the bytes from at on and appends what comes. It returns how far the file reaches then.
func (p *pull) part(ctx context.Context, name string, hd head, f *os.File, at int64) (int64, error) {
	if hd.size >= 0 && at == hd.size {
		return at, nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	idle := p.hub.idle()
	stalled := passing{fmt.Errorf("nothing came for %v", idle)}
	watch := time.AfterFunc(idle, func() { cancel(stalled) })
	defer watch.Stop()

	header := http.Header{"Accept-Encoding": {"identity"}}
	if at > 0 {
		header.Set("Range", "bytes="+strconv.FormatInt(at, 10)+"-")
	}
	r, err := p.hub.do(ctx, http.MethodGet, p.hub.fileURL(p.want, p.commit, name), header, followAll)
	if err != nil {
		return at, cause(ctx, err, stalled)
	}
	defer r.Body.Close()
	if at, err = p.begin(r, name, hd, f, at); err != nil {
		return at, err
	}
	body := io.Reader(r.Body)
	if hd.size >= 0 {
		body = io.LimitReader(body, hd.size-at+1)
	}
	buf := make([]byte, 1<<20)
	for {
		n, err := body.Read(buf)
		watch.Reset(idle)
		if hd.size >= 0 && at+int64(n) > hd.size {
			return 0, errors.Join(errChanged, f.Truncate(0))
		}
		if n > 0 {
			if _, werr := f.WriteAt(buf[:n], at); werr != nil {
				return at, werr
			}
			at += int64(n)
			p.came(name, int64(n))
		}
		switch {
		case err == io.EOF && (hd.size < 0 || at == hd.size):
			return at, nil
		case err == io.EOF:
			return at, passing{fmt.Errorf("the connection ended after %d of %d bytes", at, hd.size)}
		case err != nil:
			return at, cause(ctx, passing{clean(err)}, stalled)
		}
	}
}

// begin checks that the answer carries the bytes from at on; a server that sends the whole file instead makes the file start anew.
func (p *pull) begin(r *http.Response, name string, hd head, f *os.File, at int64) (int64, error) {
	if etag := normal(r.Header.Get("X-Linked-Etag")); etag != "" && etag != hd.etag {
		return 0, errors.Join(errChanged, f.Truncate(0))
	}
	restart := func() (int64, error) {
		p.lost(name)
		return 0, f.Truncate(0)
	}
	switch {
	case r.StatusCode == http.StatusOK && at > 0:
		return restart()
	case r.StatusCode == http.StatusOK:
		return 0, nil
	case r.StatusCode == http.StatusPartialContent && at > 0:
		if from, total, ok := contentRange(r.Header.Get("Content-Range")); !ok || from != at || hd.size >= 0 && total >= 0 && total != hd.size {
			_, err := restart()
			return 0, errors.Join(passing{fmt.Errorf("the server sends %q when asked for bytes from %d on", oneLine(r.Header.Get("Content-Range")), at)}, err)
		}
		return at, nil
	case r.StatusCode == http.StatusRequestedRangeNotSatisfiable && at > 0:
		_, err := restart()
		return 0, errors.Join(passing{errors.New("the server does not have so many bytes; once more from the start")}, err)
	case r.StatusCode < 400:
		return at, fmt.Errorf("unexpected status %s", r.Status)
	case r.StatusCode == http.StatusForbidden && r.Request != nil && !p.hub.own(r.Request.URL):
		return at, passing{errors.New("the link to its bytes has expired")}
	}
	return at, p.hub.fault(r, p.want, name)
}

// contentRange reads "bytes 5-9/10"; total is -1 for "*".
func contentRange(s string) (from, total int64, ok bool) {
	rest, ok := strings.CutPrefix(s, "bytes ")
	if !ok {
		return 0, 0, false
	}
	span, all, ok := strings.Cut(rest, "/")
	if !ok {
		return 0, 0, false
	}
	begin, _, _ := strings.Cut(span, "-")
	from, err := strconv.ParseInt(begin, 10, 64)
	if err != nil {
		return 0, 0, false
	}
	if all == "*" {
		return from, -1, true
	}
	total, err = strconv.ParseInt(all, 10, 64)
	return from, total, err == nil
}

// cause tells a stalled connection from an interrupted program.
func cause(ctx context.Context, err error, stalled passing) error {
	if c := context.Cause(ctx); c != nil {
		if errors.Is(c, stalled.error) {
			return stalled
		}
		return c
	}
	return err
}

// hold takes a file lock, by trying until it is free. waiting is called once if it is not free at once.
func hold(ctx context.Context, path string, waiting func()) (release func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o664)
	if err != nil {
		return nil, err
	}
	for n := 0; ; n++ {
		ok, err := tryLock(f)
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		if ok {
			return func() { f.Close() }, nil
		}
		if n == 0 {
			waiting()
		}
		if err := backoff.Sleep(ctx, 50*time.Millisecond); err != nil {
			f.Close()
			return nil, err
		}
	}
}
