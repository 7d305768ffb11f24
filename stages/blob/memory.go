package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A MemoryStore keeps objects in memory.
type MemoryStore struct {
	mu      sync.RWMutex
	objects map[string]version
	commits int64
}

type version struct {
	data   []byte // never changed once stored
	commit int64
}

// Memory returns an empty store in memory, for tests and previews.
func Memory() *MemoryStore { return &MemoryStore{objects: map[string]version{}} }

func missing(op, name string) error {
	return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

// Open implements [Store].
func (s *MemoryStore) Open(ctx context.Context, name string) (Object, error) {
	if err := errors.Join(CheckName("open", name), ctx.Err()); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	v, ok := s.objects[name]
	if !ok {
		return nil, missing("open", name)
	}
	return Bytes(v.data), nil
}

// Bytes returns an object that holds data, which must not change while it is in use.
func Bytes(data []byte) Object { return memoryObject{bytes.NewReader(data)} }

type memoryObject struct{ *bytes.Reader }

func (memoryObject) Close() error { return nil }

// Create implements [Store].
func (s *MemoryStore) Create(ctx context.Context, name string) (Writer, error) {
	if err := errors.Join(CheckName("create", name), ctx.Err()); err != nil {
		return nil, err
	}
	return &memoryWriter{ctx: ctx, s: s, name: name}, nil
}

type memoryWriter struct {
	ctx  context.Context
	s    *MemoryStore
	name string
	buf  bytes.Buffer
	done bool
}

func (w *memoryWriter) Write(p []byte) (int, error) {
	if w.done {
		return 0, fmt.Errorf("write %s: %w", w.name, fs.ErrClosed)
	}
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.buf.Write(p)
}

func (w *memoryWriter) Commit() error {
	if w.done {
		return fmt.Errorf("commit %s: %w", w.name, fs.ErrClosed)
	}
	if err := w.ctx.Err(); err != nil {
		return fmt.Errorf("commit %s: %w", w.name, err)
	}
	w.done = true
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	w.s.store(w.name, w.buf.Bytes())
	return nil
}

func (w *memoryWriter) Close() error {
	w.done = true
	return nil
}

func (s *MemoryStore) store(name string, data []byte) {
	s.commits++
	s.objects[name] = version{data, s.commits}
}

// PutIfAbsent implements [Store].
func (s *MemoryStore) PutIfAbsent(ctx context.Context, name string, data []byte) error {
	if err := errors.Join(CheckName("put", name), ctx.Err()); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.objects[name]; ok {
		return fmt.Errorf("put %s: %w", name, ErrExists)
	}
	s.store(name, bytes.Clone(data))
	return nil
}

// List implements [Store].
func (s *MemoryStore) List(ctx context.Context, prefix string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		s.mu.RLock()
		names := slices.Sorted(maps.Keys(s.objects))
		s.mu.RUnlock()
		for _, name := range names {
			if !strings.HasPrefix(name, prefix) {
				continue
			}
			e, err := s.Stat(ctx, name)
			if errors.Is(err, fs.ErrNotExist) {
				continue // removed meanwhile
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Stat implements [Store].
func (s *MemoryStore) Stat(ctx context.Context, name string) (Entry, error) {
	if err := errors.Join(CheckName("stat", name), ctx.Err()); err != nil {
		return Entry{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	v, ok := s.objects[name]
	if !ok {
		return Entry{}, missing("stat", name)
	}
	return Entry{Name: name, Size: int64(len(v.data)), Version: strconv.FormatInt(v.commit, 10)}, nil
}

// Remove implements [Store].
func (s *MemoryStore) Remove(ctx context.Context, name string) error {
	if err := errors.Join(CheckName("remove", name), ctx.Err()); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.objects, name)
	return nil
}
