package blob_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/blobtest"
)

func TestStores(t *testing.T) {
	stores := map[string]func(t *testing.T) blob.Store{
		"local":  func(t *testing.T) blob.Store { return blob.Local(filepath.Join(t.TempDir(), "not", "yet")) },
		"memory": func(*testing.T) blob.Store { return blob.Memory() },
		"faulty": func(*testing.T) blob.Store {
			return blob.Faulty(blob.Memory(), blob.Plan{Latency: time.Microsecond, Space: 1 << 30})
		},
	}
	for name, open := range stores {
		t.Run(name, func(t *testing.T) { blobtest.Run(t, open) })
	}
}

func TestFS(t *testing.T) {
	s := blob.FS(fstest.MapFS{"a.b": {Data: []byte("x")}, "a/c": {Data: []byte("hello")}, "b": {}})
	var names []string
	for e, err := range s.List(t.Context(), "a") {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, e.Name)
	}
	if got := strings.Join(names, " "); got != "a.b a/c" {
		t.Errorf("list: got %q, want a.b a/c", got)
	}
	if got, err := blob.Get(t.Context(), s, "a/c", 5); err != nil || string(got) != "hello" {
		t.Errorf("get: got %q, %v", got, err)
	}
	if _, err := blob.Get(t.Context(), s, "a/c", 4); err == nil {
		t.Error("get over the limit: got nil, want an error")
	}
	if _, err := s.Open(t.Context(), "a"); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("open a folder: got %v, want an error that says so", err)
	}
	if _, err := s.Create(t.Context(), "n"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("create: got %v, want ErrUnsupported", err)
	}
	if err := s.PutIfAbsent(t.Context(), "n", nil); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("put: got %v, want ErrUnsupported", err)
	}
}

func TestLocalTempFiles(t *testing.T) {
	dir := t.TempDir()
	s := blob.Private(dir)
	w, err := s.Create(t.Context(), "sub/x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "left by a kill"); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Join(dir, "sub"))
	if err != nil || len(left) != 1 || !blob.IsTemp("sub/"+left[0].Name()) {
		t.Fatalf("got %v, %v; want one temporary file", left, err)
	}
	for e := range s.List(t.Context(), "") {
		t.Errorf("list shows %q", e.Name)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]fs.FileMode{"sub": 0o700 | fs.ModeDir, "sub/x": 0o600} {
		if info, err := os.Stat(filepath.Join(dir, path)); err != nil || info.Mode() != want {
			t.Errorf("%s: got mode %v, %v; want %v", path, info.Mode(), err, want)
		}
	}
	if _, err := s.Open(t.Context(), "sub"); err == nil || !strings.Contains(err.Error(), "a folder; a file was expected") {
		t.Errorf("open a folder: got %v", err)
	}
}

func TestFaults(t *testing.T) {
	mem := blob.Memory()
	if err := blob.Put(t.Context(), mem, "a", []byte("0123456789")); err != nil {
		t.Fatal(err)
	}
	t.Run("n-th call", func(t *testing.T) {
		s := blob.Faulty(mem, blob.Plan{FailAt: 2})
		for i, want := range []error{nil, blob.ErrInjected, nil} {
			if _, err := s.Stat(t.Context(), "a"); !errors.Is(err, want) {
				t.Errorf("call %d: got %v, want %v", i+1, err, want)
			}
		}
		if s.Calls() != 3 {
			t.Errorf("calls: got %d, want 3", s.Calls())
		}
	})
	t.Run("stuck", func(t *testing.T) {
		s := blob.Faulty(mem, blob.Plan{FailAt: 2, Stuck: true, Err: syscall.EIO})
		for i, want := range []error{nil, syscall.EIO, syscall.EIO} {
			if _, err := s.Stat(t.Context(), "a"); !errors.Is(err, want) {
				t.Errorf("call %d: got %v, want %v", i+1, err, want)
			}
		}
	})
	t.Run("disk full", func(t *testing.T) {
		s := blob.Faulty(blob.Memory(), blob.Plan{Space: 15})
		w, err := s.Create(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		if n, err := w.Write(make([]byte, 10)); n != 10 || err != nil {
			t.Errorf("first: got %d, %v", n, err)
		}
		if n, err := w.Write(make([]byte, 10)); n != 5 || !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("second: got %d, %v; want 5, ENOSPC", n, err)
		}
		if n, err := w.Write(make([]byte, 1)); n != 0 || !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("third: got %d, %v; want 0, ENOSPC", n, err)
		}
		if err := s.PutIfAbsent(t.Context(), "b", make([]byte, 1)); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("put: got %v, want ENOSPC", err)
		}
	})
	t.Run("short reads", func(t *testing.T) {
		s := blob.Faulty(mem, blob.Plan{Short: 4})
		o, err := s.Open(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		p := make([]byte, 10)
		if n, err := o.ReadAt(p, 0); n != 4 || err != io.ErrUnexpectedEOF {
			t.Errorf("got %d, %v; want 4, unexpected EOF", n, err)
		}
		if n, err := o.ReadAt(p[:4], 0); n != 4 || err != nil {
			t.Errorf("got %d, %v; want 4, nil", n, err)
		}
	})
}
