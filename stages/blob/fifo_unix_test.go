//go:build unix

package blob_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/winnow-data/winnow/stages/blob"
)

// A named pipe without a writer would make an open wait for ever.
func TestPipeIsRefusedAtOnce(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() error{
		"resolve file":   func() error { _, err := blob.Resolve(t.Context(), dir, "pipe"); return err },
		"resolve folder": func() error { _, err := blob.Resolve(t.Context(), dir, "."); return err },
		"open":           func() error { _, err := blob.Local(dir).Open(t.Context(), "pipe"); return err },
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan error, 1)
			go func() { done <- open() }()
			select {
			case err := <-done:
				if err == nil || !strings.Contains(err.Error(), "no regular file") {
					t.Errorf("got %v, want an error that it is no regular file", err)
				}
			case <-time.After(10 * time.Second):
				t.Error("opening a pipe waits for a writer")
			}
		})
	}
}
