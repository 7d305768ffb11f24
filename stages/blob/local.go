package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// A Folder is a store in a local folder. A commit is: unique temporary file in the same folder, fsync, rename, fsync of the folder.
type Folder struct {
	Dir      string      // made at the first write
	FileMode fs.FileMode // before umask
	DirMode  fs.FileMode // of folders it makes, before umask
}

// Local returns a store in dir whose files others may read.
func Local(dir string) *Folder { return &Folder{Dir: dir, FileMode: 0o666, DirMode: 0o777} }

// Private returns a store in dir that only its owner may read.
func Private(dir string) *Folder { return &Folder{Dir: dir, FileMode: 0o600, DirMode: 0o700} }

const (
	tempPrefix = ".winnow-"
	tempSuffix = ".tmp"
)

// IsTemp says whether the last element of name is that of a write which was not committed: left by a kill, safe to
// delete when no writer lives.
func IsTemp(name string) bool {
	base := path.Base(filepath.ToSlash(name))
	return strings.HasPrefix(base, tempPrefix) && strings.HasSuffix(base, tempSuffix)
}

func (s *Folder) path(name string) string { return filepath.Join(s.Dir, filepath.FromSlash(name)) }

// Open implements [Store].
func (s *Folder) Open(ctx context.Context, name string) (Object, error) {
	if err := errors.Join(CheckName("open", name), ctx.Err()); err != nil {
		return nil, err
	}
	f, err := openFile(s.path(name))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = notAFile(s.path(name), info)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &localObject{f, info.Size()}, nil
}

// openFile opens a file or folder for reading. A named pipe or device is an error before it is opened: that could wait for ever.
func openFile(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return nil, notAFile(path, info)
	}
	return os.Open(path)
}

func notAFile(path string, info fs.FileInfo) error {
	what := "no regular file (" + info.Mode().Type().String() + ")"
	if info.IsDir() {
		what = "a folder; a file was expected"
	}
	return fmt.Errorf("open %s: it is %s", path, what)
}

type localObject struct {
	*os.File
	size int64
}

func (o *localObject) Size() int64 { return o.size }

// Create implements [Store].
func (s *Folder) Create(ctx context.Context, name string) (Writer, error) {
	if err := errors.Join(CheckName("create", name), ctx.Err()); err != nil {
		return nil, err
	}
	final := s.path(name)
	f, err := s.temp(filepath.Dir(final))
	if err != nil {
		return nil, err
	}
	return &localWriter{ctx: ctx, f: f, final: final}, nil
}

// temp makes a temporary file in dir, and dir if need be.
func (s *Folder) temp(dir string) (*os.File, error) {
	for range 100 {
		name := filepath.Join(dir, tempPrefix+strconv.FormatUint(rand.Uint64(), 36)+tempSuffix)
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, s.FileMode)
		if errors.Is(err, fs.ErrNotExist) {
			if err := s.mkdir(dir); err != nil {
				return nil, err
			}
			f, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, s.FileMode)
		}
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, fmt.Errorf("create a temporary file in %s: 100 random names are taken", dir)
}

// mkdir makes dir and its parents, each durable in its parent.
func (s *Folder) mkdir(dir string) error {
	err := os.Mkdir(dir, s.DirMode)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir {
		if err := s.mkdir(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, s.DirMode)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil // if it is a file, creating a file in it says so
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil // file systems whose folders cannot be synced keep names in order by themselves
	}
	return errors.Join(err, d.Close())
}

type localWriter struct {
	ctx   context.Context
	f     *os.File
	final string
	done  bool
}

func (w *localWriter) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.f.Write(p)
}

func (w *localWriter) Commit() error {
	if w.done {
		return fmt.Errorf("commit %s: %w", w.final, fs.ErrClosed)
	}
	if err := w.ctx.Err(); err != nil {
		return fmt.Errorf("commit %s: %w", w.final, err)
	}
	if err := w.f.Sync(); err != nil {
		return err
	}
	if err := os.Rename(w.f.Name(), w.final); err != nil {
		return err
	}
	w.done = true
	return errors.Join(w.f.Close(), syncDir(filepath.Dir(w.final)))
}

func (w *localWriter) Close() error {
	if w.done {
		return nil
	}
	w.done = true
	return errors.Join(w.f.Close(), os.Remove(w.f.Name()))
}

// PutIfAbsent implements [Store]: the finished temporary file is linked under its name, which fails when the name is taken.
func (s *Folder) PutIfAbsent(ctx context.Context, name string, data []byte) (err error) {
	if err := errors.Join(CheckName("put", name), ctx.Err()); err != nil {
		return err
	}
	final := s.path(name)
	f, err := s.temp(filepath.Dir(final))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name()), syncDir(filepath.Dir(final))) }()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.Link(f.Name(), final); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("put %s: %w", final, ErrExists)
	} else if err != nil {
		return err
	}
	return nil
}

// Stat implements [Store].
func (s *Folder) Stat(ctx context.Context, name string) (Entry, error) {
	if err := errors.Join(CheckName("stat", name), ctx.Err()); err != nil {
		return Entry{}, err
	}
	info, err := os.Stat(s.path(name))
	if err != nil {
		return Entry{}, err
	}
	if !info.Mode().IsRegular() {
		return Entry{}, notAFile(s.path(name), info)
	}
	return localEntry(name, info), nil
}

// localEntry joins time and size to a version: the clock of many file systems ticks in milliseconds.
func localEntry(name string, info fs.FileInfo) Entry {
	version := strconv.FormatInt(info.ModTime().UnixNano(), 10) + "-" + strconv.FormatInt(info.Size(), 10)
	return Entry{Name: name, Size: info.Size(), Version: version}
}

// Remove implements [Store].
func (s *Folder) Remove(ctx context.Context, name string) error {
	if err := errors.Join(CheckName("remove", name), ctx.Err()); err != nil {
		return err
	}
	if err := os.Remove(s.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// List implements [Store]. A folder that is not there has no entries. Links to files are followed, links to folders are not:
// they may lead in a circle.
func (s *Folder) List(ctx context.Context, prefix string) iter.Seq2[Entry, error] {
	dir := ""
	if i := strings.LastIndexByte(prefix, '/'); i >= 0 {
		dir = prefix[:i]
		if err := CheckName("list", dir); err != nil {
			return failed(err)
		}
	}
	return func(yield func(Entry, error) bool) { s.walk(ctx, dir, prefix, yield) }
}

func (s *Folder) walk(ctx context.Context, dir, prefix string, yield func(Entry, error) bool) bool {
	if err := ctx.Err(); err != nil {
		yield(Entry{}, err)
		return false
	}
	list, err := os.ReadDir(s.path(dir))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return true
	}
	if err != nil {
		yield(Entry{}, err)
		return false
	}
	// Full names sort as if folders ended in a slash.
	key := func(e fs.DirEntry) string {
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(key(a), key(b)) })
	for _, e := range list {
		name := path.Join(dir, e.Name())
		switch {
		case e.IsDir():
			if full := name + "/"; strings.HasPrefix(full, prefix) || strings.HasPrefix(prefix, full) {
				if !s.walk(ctx, name, prefix, yield) {
					return false
				}
			}
			continue
		case !strings.HasPrefix(name, prefix) || IsTemp(name):
			continue
		}
		info, err := os.Stat(s.path(name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed meanwhile, or a dangling link
		}
		if err == nil && !info.Mode().IsRegular() {
			continue
		}
		if err != nil {
			yield(Entry{}, err)
			return false
		}
		if !yield(localEntry(name, info), nil) {
			return false
		}
	}
	return true
}
