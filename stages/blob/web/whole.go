package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/internal/remote"
)

// spool holds files that had to be read whole, by address and version, until the process ends: a plan looks at an input more than once.
var spool = struct {
	sync.Mutex
	files map[string]*spooled
}{files: map[string]*spooled{}}

// A spooled file lies in an unnamed temporary file, which all who open it share.
type spooled struct {
	sync.Mutex
	f       *os.File
	size    int64
	version string
}

func (s *spooled) ReadAt(p []byte, off int64) (int, error) { return s.f.ReadAt(p, off) }
func (s *spooled) Size() int64                             { return s.size }
func (s *spooled) Version() string                         { return s.version }

// Close leaves the file to the next who opens it.
func (s *spooled) Close() error { return nil }

// whole reads a file of a server without ranges.
func (s *Store) whole(ctx context.Context, name string, h head) (blob.Object, error) {
	key := s.where(name) + "\n" + s.query + "\n" + h.version
	spool.Lock()
	sp := spool.files[key]
	if sp == nil {
		sp = &spooled{}
		spool.files[key] = sp
	}
	spool.Unlock()
	sp.Lock()
	defer sp.Unlock()
	if sp.f != nil {
		return sp, nil
	}
	f, err := os.CreateTemp("", "winnow-web-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	var n int64
	err = s.do(ctx, "read", name, func(ctx context.Context) error {
		n, err = s.copy(ctx, name, h, f)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	sp.f, sp.size, sp.version = f, n, h.version
	return sp, nil
}

// copy reads the whole into a file, from its start.
func (s *Store) copy(ctx context.Context, name string, h head, f *os.File) (int64, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	if err := f.Truncate(0); err != nil {
		return 0, err
	}
	resp, err := s.get(ctx, name, 0, -1, "")
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if v := versionOf(resp); h.version != "" && v != h.version {
		return 0, fmt.Errorf("%w: its version was %.80q and is %.80q", ErrChanged, h.version, v)
	}
	n, err := io.Copy(f, remote.NewPatient(resp.Body, s.stall))
	if err == nil && resp.ContentLength >= 0 && n != resp.ContentLength {
		err = fmt.Errorf("%w: %d of %d bytes", remote.ErrShort, n, resp.ContentLength)
	}
	return n, err
}
