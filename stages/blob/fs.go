package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strconv"
	"strings"
)

// FS returns a read-only store over fsys, such as sample data embedded in the binary. Writing is an error that wraps
// [errors.ErrUnsupported].
func FS(fsys fs.FS) Store { return fsStore{fsys} }

type fsStore struct{ fsys fs.FS }

func (s fsStore) Open(ctx context.Context, name string) (Object, error) {
	if err := errors.Join(CheckName("open", name), ctx.Err()); err != nil {
		return nil, err
	}
	f, err := s.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = notAFile(name, info)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	if r, ok := f.(io.ReaderAt); ok {
		return fsObject{r, f, info.Size()}, nil
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return Bytes(data), nil
}

type fsObject struct {
	io.ReaderAt
	io.Closer
	size int64
}

func (o fsObject) Size() int64 { return o.size }

func readOnly(op, name string) error {
	return fmt.Errorf("%s %s: a read-only store: %w", op, name, errors.ErrUnsupported)
}

func (fsStore) Create(_ context.Context, name string) (Writer, error) {
	return nil, readOnly("create", name)
}

func (fsStore) PutIfAbsent(_ context.Context, name string, _ []byte) error {
	return readOnly("put", name)
}
func (fsStore) Remove(_ context.Context, name string) error { return readOnly("remove", name) }

func (s fsStore) Stat(ctx context.Context, name string) (Entry, error) {
	if err := errors.Join(CheckName("stat", name), ctx.Err()); err != nil {
		return Entry{}, err
	}
	info, err := fs.Stat(s.fsys, name)
	if err != nil {
		return Entry{}, err
	}
	if !info.Mode().IsRegular() {
		return Entry{}, notAFile(name, info)
	}
	return fsEntry(name, info), nil
}

// fsEntry uses the size as version where files have no time, as embedded ones: the binary's own version covers the rest.
func fsEntry(name string, info fs.FileInfo) Entry {
	e := Entry{Name: name, Size: info.Size(), Version: strconv.FormatInt(info.Size(), 10)}
	if t := info.ModTime(); !t.IsZero() {
		e.Version = strconv.FormatInt(t.UnixNano(), 10)
	}
	return e
}

func (s fsStore) List(ctx context.Context, prefix string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		var entries []Entry
		err := fs.WalkDir(s.fsys, ".", func(name string, d fs.DirEntry, err error) error {
			if err := errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			if d.IsDir() || !strings.HasPrefix(path.Clean(name), prefix) {
				return nil
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			entries = append(entries, fsEntry(name, info))
			return nil
		})
		if err != nil {
			yield(Entry{}, err)
			return
		}
		slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}
