package mapped

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestRead: nothing beside a model's weights makes a loader wait or takes memory without end.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for name, n := range map[string]int64{"empty": 0, "fits": 100, "longer": 101, "sparse": 100 << 30} {
		if err := os.WriteFile(path(name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path(name), n); err != nil {
			t.Skipf("no sparse files here: %v", err)
		}
	}
	if err := unix.Mkfifo(path("pipe"), 0o600); err != nil {
		t.Skipf("no pipes here: %v", err)
	}
	if err := os.Symlink("/dev/zero", path("zero")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("fits", path("link")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"empty": 0, "fits": 100, "link": 100} {
		if data, err := Read(path(name), 100); err != nil || len(data) != want {
			t.Errorf("%s: %d bytes and error %v, want %d bytes", name, len(data), err, want)
		}
	}
	for name, want := range map[string]string{
		"longer": "has 101 bytes, want at most 100", "sparse": "has 107374182400 bytes, want at most 100", "pipe": "is no regular file", "zero": "is no regular file",
		".": "is a directory", "missing": "no such file",
	} {
		if _, err := Read(path(name), 100); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
}
