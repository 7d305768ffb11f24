// Package blob keeps named bytes: input shards, output shards and the files of a run. What reads and writes them sees a [Store] and
// does not know whether a folder, memory, an embedded file system or an object store lies below.
//
// The verbs are those that a folder and S3 can both do atomically: range reads, a write that becomes visible whole at
// Commit, and one small put that fails when the name is taken. There is no rename and no append.
//
//	store := blob.Local("out")
//	w, err := store.Create(ctx, "part-00000.jsonl")
//	defer w.Close() // discards what was not committed
//	io.WriteString(w, "{}\n")
//	err = w.Commit() // on disk, whole, under its name
//
// [Resolve] turns the paths that users write (a file, a folder, a glob) into entries. [Faulty] makes a store fail on
// purpose. The package blobtest holds the suite that every store passes.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
)

// ErrExists says that a name is taken. Whoever wanted to be first with PutIfAbsent was not; read the name to learn what is there.
var ErrExists = errors.New("the name is taken")

// A Store keeps named bytes. Names are slash-separated paths without "." or ".." elements, as [fs.ValidPath] has them. A store is
// safe for concurrent use. An error for a missing name wraps [fs.ErrNotExist].
type Store interface {
	// Open returns the bytes of name for reading in ranges.
	Open(ctx context.Context, name string) (Object, error)
	// Create starts a new version of name, visible whole at Commit. Of several writers of one name the last commit wins.
	Create(ctx context.Context, name string) (Writer, error)
	// PutIfAbsent writes a small object in one step, or returns an error that wraps ErrExists.
	PutIfAbsent(ctx context.Context, name string, data []byte) error
	// List yields the entries whose names start with prefix, in byte order of their names. It stops at the first error.
	List(ctx context.Context, prefix string) iter.Seq2[Entry, error]
	// Stat describes one name.
	Stat(ctx context.Context, name string) (Entry, error)
	// Remove deletes a name. Removing what is not there is no error.
	Remove(ctx context.Context, name string) error
}

// An Object is open for reading. ReadAt is safe for concurrent use.
type Object interface {
	io.ReaderAt
	io.Closer
	Size() int64 // bytes
}

// A Writer writes one version of one name. It belongs to one goroutine.
type Writer interface {
	io.Writer
	// Commit makes what was written visible, whole and durable, in place of what stood there.
	Commit() error
	// Close discards what was not committed. After Commit it does nothing.
	Close() error
}

// An Entry describes one name.
type Entry struct {
	Name    string
	Size    int64  // bytes
	Version string // differs when the content differs: modification time and size, or an ETag
}

// Put writes a whole object.
func Put(ctx context.Context, s Store, name string, data []byte) error {
	w, err := s.Create(ctx, name)
	if err != nil {
		return err
	}
	if _, err = w.Write(data); err == nil {
		err = w.Commit()
	}
	return errors.Join(err, w.Close())
}

// Get reads a whole object of at most limit bytes.
func Get(ctx context.Context, s Store, name string, limit int64) ([]byte, error) {
	o, err := s.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	if o.Size() > limit {
		return nil, fmt.Errorf("read %s: it has %d bytes, at most %d are allowed", name, o.Size(), limit)
	}
	data := make([]byte, o.Size())
	n, err := o.ReadAt(data, 0)
	if n == len(data) {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}

// CheckName refuses names that mean something else on another store.
func CheckName(op, name string) error {
	if !fs.ValidPath(name) || name == "." || strings.ContainsRune(name, 0) {
		return fmt.Errorf("%s %q: %w: names are slash-separated paths without dot elements", op, name, fs.ErrInvalid)
	}
	return nil
}

// failed returns a sequence of one error.
func failed(err error) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) { yield(Entry{}, err) }
}
