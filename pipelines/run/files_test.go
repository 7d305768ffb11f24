package run

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/winnow-data/winnow/stages/blob"
)

// names lists what is visible in a store.
func names(t *testing.T, s blob.Store) string {
	t.Helper()
	var list []string
	for e, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e.Name)
	}
	return strings.Join(list, " ")
}

func TestCommits(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(c *commits, s blob.Store) // writes files
		ok   bool
		want string // visible after commit and discard
	}{
		{"none", func(*commits, blob.Store) {}, true, ""},
		{"two, by name", func(c *commits, s blob.Store) {
			for _, name := range []string{"b", "a"} {
				f := c.create(t.Context(), s, name, true)
				io.WriteString(f, name)
				f.Close()
			}
		}, true, "a b"},
		{"not closed", func(c *commits, s blob.Store) {
			io.WriteString(c.create(t.Context(), s, "a", true), "a")
		}, false, ""},
		{"a bad name", func(c *commits, s blob.Store) {
			f := c.create(t.Context(), s, "../a", true)
			if _, err := io.WriteString(f, "a"); err == nil {
				t.Error("a write to a file that could not be made succeeds")
			}
			f.Close()
		}, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := blob.Local(t.TempDir())
			var made commits
			c.make(&made, s)
			files, err := made.commit()
			if (err == nil) != c.ok {
				t.Errorf("commit: %v", err)
			}
			if err := made.discard(); err != nil {
				t.Errorf("discard: %v", err)
			}
			if got := names(t, s); got != c.want {
				t.Errorf("visible: %q, want %q", got, c.want)
			}
			if c.want != "" && (len(files) != 2 || files[0].Name != "a" || files[1].Name != "b" || files[0].Size != 1) {
				t.Errorf("files: %+v", files)
			}
		})
	}
}

// TestCommitsDiscarded: what is thrown away is never visible and leaves nothing behind.
func TestCommitsDiscarded(t *testing.T) {
	s := blob.Local(t.TempDir())
	var made commits
	f := made.create(t.Context(), s, "phase/a", true)
	io.WriteString(f, "a")
	f.Close()
	if err := made.discard(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, s); got != "" {
		t.Errorf("visible: %q", got)
	}
}

// TestCommitsFull: a full disk shows at the write and again at the commit, whatever the writer did with the first error.
func TestCommitsFull(t *testing.T) {
	s := blob.Faulty(blob.Memory(), blob.Plan{Space: 4})
	var made commits
	f := made.create(t.Context(), s, "a", true)
	if _, err := io.WriteString(f, "more than four"); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("write: %v", err)
	}
	if err := f.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("close: %v", err)
	}
	if _, err := made.commit(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("commit: %v", err)
	}
}

// TestCommitsTogether: a barrier's pass and the sink may make files at the same time.
func TestCommitsTogether(t *testing.T) {
	var made commits
	s := blob.Memory()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			f := made.create(t.Context(), s, fmt.Sprint(i), true)
			io.WriteString(f, "x")
			f.Close()
		})
	}
	wg.Wait()
	files, err := made.commit()
	if err != nil || len(files) != 8 || files[7].Name != "7" {
		t.Errorf("%d files, %v", len(files), err)
	}
}
