// Package blobtest holds the suite that every [blob.Store] passes.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/winnow-data/winnow/stages/blob"
)

// Run checks a writable store. open returns an empty store for each case.
func Run(t *testing.T, open func(t *testing.T) blob.Store) {
	cases := []struct {
		name string
		run  func(*testing.T, blob.Store)
	}{
		{"missing names", missingNames},
		{"bad names", badNames},
		{"nothing before commit", nothingBeforeCommit},
		{"whole after commit", wholeAfterCommit},
		{"empty object", emptyObject},
		{"overwrite changes the version", overwrite},
		{"old reader keeps old bytes", oldReader},
		{"ranges", ranges},
		{"put if absent", putIfAbsent},
		{"put if absent from many", putRace},
		{"list is sorted by whole names", list},
		{"list stops early", listStops},
		{"remove", remove},
		{"two writers of one name", twoWriters},
		{"many names at once", manyNames},
		{"cancelled", cancelled},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

func put(t *testing.T, s blob.Store, name, data string) {
	t.Helper()
	if err := blob.Put(t.Context(), s, name, []byte(data)); err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, s blob.Store, name, data string) {
	t.Helper()
	got, err := blob.Get(t.Context(), s, name, 1<<30)
	if err != nil || string(got) != data {
		t.Errorf("got %.80q, %v; want %.80q", got, err, data)
	}
}

func names(t *testing.T, s blob.Store, prefix string) string {
	t.Helper()
	var out []string
	for e, err := range s.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e.Name)
	}
	return strings.Join(out, " ")
}

func missingNames(t *testing.T, s blob.Store) {
	if _, err := s.Open(t.Context(), "a/b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open: got %v, want fs.ErrNotExist", err)
	}
	if _, err := s.Stat(t.Context(), "a/b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("stat: got %v, want fs.ErrNotExist", err)
	}
	if err := s.Remove(t.Context(), "a/b"); err != nil {
		t.Errorf("remove: got %v, want nil", err)
	}
	if got := names(t, s, "a/"); got != "" {
		t.Errorf("list: got %q, want nothing", got)
	}
}

func badNames(t *testing.T, s blob.Store) {
	for _, name := range []string{"", ".", "..", "/a", "a/", "a//b", "../a", "a/../b", "a\x00b"} {
		if _, err := s.Open(t.Context(), name); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("open %q: got %v, want fs.ErrInvalid", name, err)
		}
		if _, err := s.Create(t.Context(), name); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("create %q: got %v, want fs.ErrInvalid", name, err)
		}
		if err := s.PutIfAbsent(t.Context(), name, nil); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("put %q: got %v, want fs.ErrInvalid", name, err)
		}
		if err := s.Remove(t.Context(), name); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("remove %q: got %v, want fs.ErrInvalid", name, err)
		}
	}
}

func nothingBeforeCommit(t *testing.T, s blob.Store) {
	put(t, s, "d/old", "old")
	for _, name := range []string{"d/new", "d/old"} {
		w, err := s.Create(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, "half"); err != nil {
			t.Fatal(err)
		}
		if got := names(t, s, ""); got != "d/old" {
			t.Errorf("while writing: got %q, want d/old alone", got)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		if err := w.Commit(); err == nil {
			t.Error("commit after close: got nil, want an error")
		}
	}
	want(t, s, "d/old", "old")
	if got := names(t, s, ""); got != "d/old" {
		t.Errorf("after close: got %q, want d/old alone", got)
	}
}

func wholeAfterCommit(t *testing.T, s blob.Store) {
	w, err := s.Create(t.Context(), "x/y/z.bin")
	if err != nil {
		t.Fatal(err)
	}
	block := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	for range 20 {
		if n, err := w.Write(block); n != len(block) || err != nil {
			t.Fatalf("write: got %d, %v", n, err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if err := w.Commit(); err == nil {
		t.Error("second commit: got nil, want an error")
	}
	want(t, s, "x/y/z.bin", string(bytes.Repeat(block, 20)))
	if e, err := s.Stat(t.Context(), "x/y/z.bin"); err != nil || e.Size != int64(20*len(block)) || e.Version == "" || e.Name != "x/y/z.bin" {
		t.Errorf("stat: got %+v, %v", e, err)
	}
}

func emptyObject(t *testing.T, s blob.Store) {
	put(t, s, "empty", "")
	want(t, s, "empty", "")
	o, err := s.Open(t.Context(), "empty")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if n, err := o.ReadAt(make([]byte, 1), 0); n != 0 || err != io.EOF {
		t.Errorf("read: got %d, %v; want 0, EOF", n, err)
	}
}

func overwrite(t *testing.T, s blob.Store) {
	put(t, s, "a", "one")
	before, err := s.Stat(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "a", "two!")
	want(t, s, "a", "two!")
	if after, err := s.Stat(t.Context(), "a"); err != nil || after.Size != 4 || after.Version == before.Version {
		t.Errorf("got %+v after %+v, %v", after, before, err)
	}
}

func oldReader(t *testing.T, s blob.Store) {
	put(t, s, "a", "old bytes")
	o, err := s.Open(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	put(t, s, "a", "new bytes, longer")
	p := make([]byte, o.Size())
	if _, err := o.ReadAt(p, 0); err != nil && err != io.EOF || string(p) != "old bytes" {
		t.Errorf("got %q, %v; want the old bytes", p, err)
	}
}

func ranges(t *testing.T, s blob.Store) {
	put(t, s, "a", "0123456789")
	o, err := s.Open(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if o.Size() != 10 {
		t.Errorf("size: got %d, want 10", o.Size())
	}
	for _, c := range []struct {
		off, n int64
		want   string
		eof    bool
	}{{0, 3, "012", false}, {4, 4, "4567", false}, {8, 4, "89", true}, {10, 1, "", true}, {11, 1, "", true}} {
		p := make([]byte, c.n)
		n, err := o.ReadAt(p, c.off)
		if string(p[:n]) != c.want || (err == io.EOF) != c.eof {
			t.Errorf("%d bytes at %d: got %q, %v; want %q", c.n, c.off, p[:n], err, c.want)
		}
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 200 {
				p := make([]byte, 1)
				if _, err := o.ReadAt(p, int64(i)); err != nil || p[0] != '0'+byte(i) {
					t.Errorf("at %d: got %q, %v", i, p, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func putIfAbsent(t *testing.T, s blob.Store) {
	if err := s.PutIfAbsent(t.Context(), "m/done", []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := s.PutIfAbsent(t.Context(), "m/done", []byte("second")); !errors.Is(err, blob.ErrExists) {
		t.Errorf("got %v, want ErrExists", err)
	}
	want(t, s, "m/done", "first")
	if got := names(t, s, ""); got != "m/done" {
		t.Errorf("got %q, want m/done alone", got)
	}
}

func putRace(t *testing.T, s blob.Store) {
	var wg sync.WaitGroup
	won := make(chan string, 16)
	for i := range 16 {
		wg.Go(func() {
			data := strings.Repeat(fmt.Sprint(i%10), 1000)
			switch err := s.PutIfAbsent(t.Context(), "lock", []byte(data)); {
			case err == nil:
				won <- data
			case !errors.Is(err, blob.ErrExists):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(won) != 1 {
		t.Fatalf("%d puts succeeded, want 1", len(won))
	}
	want(t, s, "lock", <-won)
}

func list(t *testing.T, s blob.Store) {
	for _, name := range []string{"b", "a/z", "a.b", "a/b/c", "a-b/c", "ab", "a/b.c"} {
		put(t, s, name, name)
	}
	for _, c := range []struct{ prefix, want string }{
		{"", "a-b/c a.b a/b.c a/b/c a/z ab b"},
		{"a", "a-b/c a.b a/b.c a/b/c a/z ab"},
		{"a/", "a/b.c a/b/c a/z"},
		{"a/b", "a/b.c a/b/c"},
		{"a/b/", "a/b/c"},
		{"b", "b"},
		{"c", ""},
		{"a/z/", ""},
	} {
		if got := names(t, s, c.prefix); got != c.want {
			t.Errorf("prefix %q: got %q, want %q", c.prefix, got, c.want)
		}
	}
}

func listStops(t *testing.T, s blob.Store) {
	for _, name := range []string{"a/a", "b/b", "c"} {
		put(t, s, name, "")
	}
	n := 0
	for range s.List(t.Context(), "") {
		n++
		break
	}
	if n != 1 {
		t.Errorf("got %d, want 1", n)
	}
}

func remove(t *testing.T, s blob.Store) {
	put(t, s, "a/b", "x")
	put(t, s, "a/c", "x")
	if err := s.Remove(t.Context(), "a/b"); err != nil {
		t.Fatal(err)
	}
	if got := names(t, s, ""); got != "a/c" {
		t.Errorf("got %q, want a/c", got)
	}
}

func twoWriters(t *testing.T, s blob.Store) {
	var ws [2]blob.Writer
	for i := range ws {
		w, err := s.Create(t.Context(), "same")
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		ws[i] = w
	}
	for range 100 {
		for i, w := range ws {
			if _, err := io.WriteString(w, fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, w := range ws {
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		want(t, s, "same", strings.Repeat(fmt.Sprint(i), 100))
	}
	if got := names(t, s, ""); got != "same" {
		t.Errorf("got %q, want same alone", got)
	}
}

func manyNames(t *testing.T, s blob.Store) {
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			name := fmt.Sprintf("dir%d/file%02d", i%3, i)
			if err := blob.Put(t.Context(), s, name, []byte(name)); err != nil {
				t.Error(err)
			}
			for _, err := range s.List(t.Context(), "dir") {
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for i := range 16 {
		name := fmt.Sprintf("dir%d/file%02d", i%3, i)
		want(t, s, name, name)
	}
}

func cancelled(t *testing.T, s blob.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	w, err := s.Create(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := w.Commit(); !errors.Is(err, context.Canceled) {
		t.Errorf("commit: got %v, want context.Canceled", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.Open(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("open: got %v, want context.Canceled", err)
	}
	if got := names(t, s, ""); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}
